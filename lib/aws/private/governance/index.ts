export { registerExpected } from './expected';
export { Governor } from './governor';
export { attachGuardrails, guardrailDocuments } from './guardrails';
export { governTools } from './tools';

/** Control that each part of the governor serves, by its path. */
export const PARTS: Readonly<Record<string, string>> = {
  Continuous: 'drift-found',
  'Continuous/Evidence': 'evidence-kept',
  'Continuous/Tidy': 'unused-found',
  'Continuous/Tampering': 'tampering-answered',
};
