export { EXPECTED } from './expected';
export { Governor } from './governor';
export { Guardrails } from './guardrails';

/** Control that each part of the governor serves, by its path. */
export const PARTS: Readonly<Record<string, string>> = {
  Continuous: 'drift-found',
  'Continuous/Evidence': 'evidence-kept',
  'Continuous/Keep': 'evidence-kept',
  'Continuous/Records': 'tampering-answered',
  'Continuous/Recording': 'tampering-answered',
};
