import type { DraftNames } from '../../core/detection/draft';
import table from './capability-actions.json';

const CAPABILITIES: Readonly<Record<string, string>> = table.actions;
const LONGEST_NAME = 40;

/** How actions and ARNs of AWS are named in a drafted declaration. */
export const AWS_DRAFT_NAMES: DraftNames = {
  capabilityOf: (action) => (Object.hasOwn(CAPABILITIES, action) ? CAPABILITIES[action] : undefined),
  containerOf: (arn) => {
    const [, service, path = arn] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.+)$/s.exec(arn) ?? [];
    const slash = path.indexOf('/', service === 's3' ? 0 : path.indexOf('/') + 1);
    return slash < 0 ? arn : arn.slice(0, arn.length - path.length + slash);
  },
  shortNameOf: (container) => {
    const last = container.split(/[:/]/).filter(Boolean).at(-1) ?? container;
    const name = last
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^[^a-z]+/, '')
      .replace(/-+$/, '')
      .slice(0, LONGEST_NAME)
      .replace(/-+$/, '');
    return name === '' ? 'resource' : name;
  },
};
