import type { IAMClient } from '@aws-sdk/client-iam';
import type { ExpectedAgent } from '../../../lib/aws/runtime/governor/expected';
import { repair } from '../../../lib/aws/runtime/governor/repair';

const AGENT: ExpectedAgent = {
  name: 'reader',
  fleet: 'main',
  owner: 'team@example.com',
  roleArn: 'arn:aws:iam::111122223333:role/agentic-iam/main/main--reader',
  roleName: 'main--reader',
  attached: [],
  secrets: [],
  grants: [],
  pieces: [],
};

// What is put back against a real IAM: npm run test:integration -- governor.
test('a boundary that nobody declared is told and left: whoever may take boundaries away may take any', async () => {
  const sent: unknown[] = [];
  const iam = { send: async (command: unknown) => void sent.push(command) } as unknown as IAMClient;
  const drift = { what: 'boundary', problem: 'undeclared', control: 'ceiling' } as const;
  expect(await repair(iam, AGENT, [drift])).toEqual([{ drift, done: false, said: 'Error: taking a boundary away only a deployment does' }]);
  expect(sent).toEqual([]);
});
