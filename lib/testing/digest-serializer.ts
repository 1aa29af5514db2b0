import { fieldsOf, kindOf } from '../policy/documents/kinds';
import type { SnapshotSerializer } from './snapshot-serializer';

const HOLDERS = /^AWS::IAM::(Role|User)$/;

/**
 * Prints a CloudFormation template in a snapshot as what each of its roles and users can really do, after every layer: one line for each
 * level and set of resources, with conditions. Text that says the same prints the same; long lists of actions are cut and told apart by a
 * hash. Compare {@link policySerializer}, which prints one policy as it was written.
 *
 * @example
 * expect.addSnapshotSerializer(digestSerializer);
 * expect(Template.fromStack(stack).toJSON()).toMatchInlineSnapshot();
 */
export const digestSerializer: SnapshotSerializer = {
  test: (value) => kindOf(value) === 'template' && Object.values(fieldsOf(fieldsOf(value)?.['Resources']) ?? {}).some(holdsAccess),
  print: (value) => (require('./access-digest') as typeof import('./access-digest')).digestOf(value),
};

function holdsAccess(resource: unknown): boolean {
  return HOLDERS.test(String(fieldsOf(resource)?.['Type']));
}
