import {
  AttachRolePolicyCommand,
  IAMClient as Client,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { driftOf } from '../../lib/aws/runtime/governor/drift';
import { type ExpectedAgent, expectedAgents } from '../../lib/aws/runtime/governor/expected';
import { type Evaluation, makeHandler } from '../../lib/aws/runtime/governor/handler';
import type { GovernanceEvent } from '../../lib/core/governance/look-after';
import type { JsonObject } from '../../lib/core/json';
import { createStack } from './containment-example';
import { FLEET, governedTemplate } from './governor-example';
import { startMoto } from './moto-server';
import type { Python } from './python';
import { expectEqual, type Report } from './report';

const AGENTS = 12;
const ALLOW = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] });
const OPEN = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }] });
const BRAKED = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Braked', Effect: 'Deny', Action: '*', Resource: '*' }] });

/** What somebody changes by hand, and what is to be said of it. */
const INJECTIONS: Readonly<
  Record<string, { readonly what: RegExp; readonly change: (iam: IAMClient, agent: ExpectedAgent, other: string) => Promise<unknown> }>
> = {
  'a policy that was widened': {
    what: /^inline \S+ changed$/,
    change: (iam, agent) =>
      iam.send(new PutRolePolicyCommand({ RoleName: agent.roleName, PolicyName: inlineOf(agent), PolicyDocument: ALLOW })),
  },
  'a policy that was taken away': {
    what: /^inline \S+ missing$/,
    change: (iam, agent) => iam.send(new DeleteRolePolicyCommand({ RoleName: agent.roleName, PolicyName: inlineOf(agent) })),
  },
  'a policy that nobody declared': {
    what: /^inline extra undeclared$/,
    change: (iam, agent) => iam.send(new PutRolePolicyCommand({ RoleName: agent.roleName, PolicyName: 'extra', PolicyDocument: ALLOW })),
  },
  'a policy that somebody attached': {
    what: /^attached arn:\S+ undeclared$/,
    change: (iam, agent, other) => iam.send(new AttachRolePolicyCommand({ RoleName: agent.roleName, PolicyArn: other })),
  },
  'a brake that somebody detached': {
    what: /^attached arn:\S+--brake missing$/,
    change: (iam, agent) => iam.send(new DetachRolePolicyCommand({ RoleName: agent.roleName, PolicyArn: agent.brake ?? '' })),
  },
  'a boundary that was taken off': {
    what: /^boundary missing$/,
    change: (iam, agent) => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: agent.roleName })),
  },
  'a boundary that was exchanged': {
    what: /^boundary changed$/,
    change: (iam, agent, other) =>
      iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: agent.roleName, PermissionsBoundary: other })),
  },
  'a boundary that was widened': {
    what: /^managed arn:\S+-boundary changed$/,
    change: (iam, agent) =>
      iam.send(new CreatePolicyVersionCommand({ PolicyArn: agent.boundary ?? '', PolicyDocument: ALLOW, SetAsDefault: true })),
  },
  'a trust that was opened': {
    what: /^trust changed$/,
    change: (iam, agent) => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: agent.roleName, PolicyDocument: OPEN })),
  },
};

const inlineOf = ({ pieces }: ExpectedAgent): string =>
  pieces.find(({ in: where }) => where.startsWith('inline '))?.in.slice('inline '.length) ?? '';

/** The governor against a real IAM: what CloudFormation made is compared, changed by hand, found, and put back. */
export async function checkGovernor(report: Report, python: Python): Promise<void> {
  if ('missing' in python) {
    report.skip('governor', python.missing);
    return;
  }
  const moto = await startMoto(python.bin('moto_server'));
  try {
    await createStack(moto.endpoint, 'desk', governedTemplate(AGENTS));
    const settings = { endpoint: moto.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    const iam = new Client(settings);
    const agents = () => expectedAgents(new SSMClient(settings), FLEET);
    // moto's CloudFormation makes a role without the managed policies that its template attaches.
    for (const agent of await agents())
      await iam.send(new AttachRolePolicyCommand({ RoleName: agent.roleName, PolicyArn: agent.brake ?? '' }));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'other', PolicyDocument: ALLOW }));
    const other = Policy?.Arn ?? '';
    const published: GovernanceEvent[] = [];
    const kept: JsonObject[] = [];
    const evaluated: Evaluation[] = [];
    const handlerWith = (repair: boolean) =>
      makeHandler({
        fleet: FLEET,
        repair,
        unusedDays: 90,
        secretDays: 90,
        iam,
        secrets: new SecretsManagerClient(settings),
        agents,
        publish: async (event) => void published.push(event),
        keep: async (_, body) => void kept.push(body),
        evaluate: async (evaluations) => void evaluated.push(...evaluations),
        now: () => new Date(),
        pause: async () => undefined,
      });

    await report.check(`${AGENTS} agents that CloudFormation made are as they were synthesised`, async () => {
      const all = await agents();
      expectEqual('agents', all.length, AGENTS);
      for (const agent of all) expectEqual(agent.name, await driftOf(iam, agent), []);
    });

    let injected = 0;
    let found = 0;
    let repaired = 0;
    for (const [name, { what, change }] of Object.entries(INJECTIONS))
      await report.check(`${name} is found and put back, on each of ${AGENTS} agents`, async () => {
        const all = await agents();
        for (const agent of all) await change(iam, agent, other);
        injected += all.length;
        published.length = 0;
        await handlerWith(true)({ sweep: 'drift' });
        const told = published.filter(({ said }) => what.test(said.replace(/ of agent \S+ is (\w+);.*$/, ' $1')));
        found += told.length;
        repaired += told.filter((one) => one.repaired).length;
        expectEqual('told', [told.length, published.length], [all.length, all.length]);
        for (const agent of all) expectEqual(agent.name, await driftOf(iam, agent), []);
      });
    await report.check(`drift injected ${injected}, found ${found}, put back ${repaired}, none missed`, () =>
      expectEqual('counts', [found, repaired], [injected, injected]),
    );

    const [first] = await agents();
    if (!first) throw new Error('no agents');
    await report.check('without repair it is told, and left', async () => {
      await iam.send(new PutRolePolicyCommand({ RoleName: first.roleName, PolicyName: 'extra', PolicyDocument: ALLOW }));
      published.length = 0;
      await handlerWith(false)({ sweep: 'drift' });
      expectEqual(
        'told',
        published.map(({ repaired: done, control }) => [done, control]),
        [[false, 'access-as-declared']],
      );
      await iam.send(new GetRolePolicyCommand({ RoleName: first.roleName, PolicyName: 'extra' }));
    });
    await report.check('a rule of Config is answered for its own control alone, and the role put back', async () => {
      const ask = (control: string, resourceName: string) => ({
        invokingEvent: JSON.stringify({
          messageType: 'ConfigurationItemChangeNotification',
          configurationItem: { resourceId: 'AROA1', resourceName, resourceType: 'AWS::IAM::Role', configurationItemStatus: 'OK' },
        }),
        ruleParameters: JSON.stringify({ control }),
        resultToken: 'token',
      });
      evaluated.length = 0;
      await handlerWith(false)(ask('ceiling', first.roleName));
      await handlerWith(true)(ask('access-as-declared', first.roleName));
      await handlerWith(true)(ask('access-as-declared', first.roleName));
      await handlerWith(true)(ask('access-as-declared', 'somebody-elses'));
      expectEqual(
        'answers',
        evaluated.map(({ compliance }) => compliance),
        ['COMPLIANT', 'NON_COMPLIANT', 'COMPLIANT', 'NOT_APPLICABLE'],
      );
      expectEqual('annotation', evaluated[1]?.annotation, 'inline extra undeclared, put back');
    });
    await report.check('an agent that is contained is left alone', async () => {
      await iam.send(new CreatePolicyVersionCommand({ PolicyArn: first.brake ?? '', PolicyDocument: BRAKED, SetAsDefault: true }));
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: first.roleName, PolicyDocument: OPEN }));
      published.length = 0;
      await handlerWith(true)({ sweep: 'drift' });
      expectEqual('told', published.length, 0);
      expectEqual('drift', await driftOf(iam, first), 'contained');
    });
    await report.check('what was found is kept, for each sweep', () =>
      expectEqual('kept', kept.length, Object.keys(INJECTIONS).length + 2),
    );
  } finally {
    moto.stop();
  }
}
