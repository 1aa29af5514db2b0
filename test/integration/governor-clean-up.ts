import {
  AttachRolePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  GenerateServiceLastAccessedDetailsCommand,
  GetServiceLastAccessedDetailsCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, DescribeSecretCommand, RotateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DeleteParametersCommand, GetParametersByPathCommand, type Parameter, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { driftOf } from '../../lib/aws/runtime/governor/drift';
import { evidenceIn } from '../../lib/aws/runtime/governor/evidence';
import { type ExpectedAgent, expectedAgents, partialAgents } from '../../lib/aws/runtime/governor/expected';
import { makeHandler } from '../../lib/aws/runtime/governor/handler';
import type { GovernanceEvent } from '../../lib/core/governance/look-after';
import { createStack } from './containment-example';
import { FLEET, governedTemplate } from './governor-example';
import { startMoto } from './moto-server';
import type { Python } from './python';
import { expectEqual, type Report } from './report';

const DAY = 86_400_000;
const DENY_ALL = 'arn:aws:iam::aws:policy/AWSDenyAll';
const BUCKET = 'evidence';
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const BRAKED = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Braked', Effect: 'Deny', Action: '*', Resource: '*' }] });
/** What agents say that their own stack did not. */
type Changes = Map<string, Partial<ExpectedAgent>>;

/** A fleet that a stack deployed, its registry, and a governor whose clock can be moved. */
class Fleet {
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
  readonly s3: S3Client;
  readonly changes: Changes = new Map();
  readonly published: GovernanceEvent[] = [];
  private readonly ssm: SSMClient;
  private now = Date.now() + 365 * DAY;

  constructor(endpoint: string) {
    const settings = { endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
    this.iam = new IAMClient(settings);
    this.secrets = new SecretsManagerClient(settings);
    this.s3 = new S3Client({ ...settings, forcePathStyle: true });
    this.ssm = new SSMClient(settings);
  }

  async agents(): Promise<readonly ExpectedAgent[]> {
    return (await expectedAgents(this.ssm, FLEET)).map((agent) => ({ ...agent, ...this.changes.get(agent.name) }));
  }

  async agent(name: string): Promise<ExpectedAgent> {
    const found = (await this.agents()).find((one) => one.name === name);
    if (!found) throw new Error(`no agent ${name}`);
    return found;
  }

  /** Parameters of an agent, taken out of the registry; `part` only the first. */
  async forget(name: string, part = false): Promise<() => Promise<void>> {
    const { Parameters = [] } = await this.ssm.send(
      new GetParametersByPathCommand({ Path: `/agentic-iam/${FLEET}/expected/${name}`, Recursive: true }),
    );
    const gone = Parameters.filter(({ Name = '' }: Parameter) => !part || Name.endsWith('/0'));
    await this.ssm.send(new DeleteParametersCommand({ Names: gone.map(({ Name = '' }) => Name) }));
    return async () => {
      for (const { Name, Value } of gone) await this.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));
    };
  }

  async attached(RoleName: string): Promise<readonly string[]> {
    const { AttachedPolicies = [] } = await this.iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return AttachedPolicies.map(({ PolicyArn = '' }) => PolicyArn).sort();
  }

  async sweep(sweep: 'drift' | 'tidy', days = 0): Promise<readonly string[]> {
    this.now += days * DAY;
    this.published.length = 0;
    const { keep, recall, remember } = evidenceIn(this.s3, BUCKET, FLEET);
    const handler = makeHandler({
      fleet: FLEET,
      repair: true,
      unusedDays: 90,
      secretDays: 90,
      iam: withoutUse(this.iam),
      secrets: this.secrets,
      agents: () => this.agents(),
      cleanUp: { recall, remember, partial: () => partialAgents(this.ssm, FLEET) },
      publish: async (event) => void this.published.push(event),
      keep,
      evaluate: async () => undefined,
      now: () => new Date(this.now),
      pause: async () => undefined,
    });
    await handler({ sweep });
    return this.published.filter(({ control }) => sweep === 'drift' || control === 'credentials-tidied').map(({ said }) => said);
  }
}

/** moto does not know what was last used: here, nothing that anybody asks for. */
function withoutUse(iam: IAMClient): IAMClient {
  const send = async (command: object): Promise<unknown> =>
    command instanceof GenerateServiceLastAccessedDetailsCommand || command instanceof GetServiceLastAccessedDetailsCommand
      ? { JobId: '1', JobStatus: 'COMPLETED', ServicesLastAccessed: [] }
      : iam.send(command as ListAttachedRolePoliciesCommand);
  return Object.create(iam, { send: { value: send } }) as IAMClient;
}

/** What was forgotten, put away and given back against a real IAM, Secrets Manager, S3 and registry. */
export async function checkCleanUp(report: Report, python: Python): Promise<void> {
  if ('missing' in python) {
    report.skip('governor, clean-up', python.missing);
    return;
  }
  const moto = await startMoto(python.bin('moto_server'), { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' });
  try {
    const fleet = new Fleet(moto.endpoint);
    await createStack(moto.endpoint, 'desk', governedTemplate(4));
    await fleet.s3.send(
      new CreateBucketCommand({
        Bucket: BUCKET,
        CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' },
        ObjectLockEnabledForBucket: true,
      }),
    );
    for (const { roleName, brake } of await fleet.agents())
      await fleet.iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: brake ?? '' }));
    await orphans(report, fleet);
    await windows(report, fleet);
    await secrets(report, fleet);
    await report.check('what a sweep found is kept once a day', async () => {
      const { Contents = [] } = await fleet.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `governance/${FLEET}/found/` }));
      await fleet.sweep('tidy');
      const again = await fleet.s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `governance/${FLEET}/found/` }));
      expectEqual(
        'objects',
        again.Contents?.map(({ ETag }) => ETag),
        Contents.map(({ ETag }) => ETag),
      );
    });
  } finally {
    moto.stop();
  }
}

async function orphans(report: Report, fleet: Fleet): Promise<void> {
  const { roleName } = await fleet.agent('agent-0');
  const before = await fleet.attached(roleName);
  const declare = await fleet.forget('agent-0');
  await report.check('a role of no agent is told, denied everything a day later, and told no more', async () => {
    expectEqual('first', (await fleet.sweep('tidy')).length, 1);
    expectEqual('not yet', await fleet.attached(roleName), before);
    const [said = ''] = await fleet.sweep('tidy', 1);
    expectEqual('said', /AWSDenyAll is attached.*to undo that, declare its agent again, or detach it/.test(said), true);
    expectEqual('attached', await fleet.attached(roleName), [...before, DENY_ALL].sort());
    expectEqual(
      'repaired',
      fleet.published.filter(({ control }) => control === 'credentials-tidied').map(({ repaired }) => repaired),
      [true],
    );
    expectEqual('no more', await fleet.sweep('tidy', 1), []);
  });
  await report.check('declared again it gets back all it had, by repair', async () => {
    await declare();
    await fleet.sweep('drift');
    expectEqual('attached', await fleet.attached(roleName), before);
    expectEqual('drift', await driftOf(fleet.iam, await fleet.agent('agent-0')), []);
  });
  await report.check('of an agent of which only a part is written down, nobody is put away', async () => {
    const back = await fleet.forget('agent-0', true);
    await fleet.sweep('tidy', 1);
    const [said = ''] = await fleet.sweep('tidy', 1);
    expectEqual('said', /only a part is written down of agent-0/.test(said), true);
    expectEqual('attached', await fleet.attached(roleName), before);
    await back();
  });
  await report.check('of six roles at once none is put away', async () => {
    const names = Array.from({ length: 6 }, (_, at) => `main--orphan-${at}`);
    for (const RoleName of names)
      await fleet.iam.send(new CreateRoleCommand({ RoleName, Path: `/agentic-iam/${FLEET}/`, AssumeRolePolicyDocument: TRUST }));
    await fleet.sweep('tidy', 1);
    const said = await fleet.sweep('tidy', 1);
    expectEqual('said', said.filter((one) => /more than 5 identities are due/.test(one)).length, 6);
    for (const name of names) expectEqual(name, await fleet.attached(name), []);
    // One of them is put away by hand, so that five are left.
    await fleet.iam.send(new AttachRolePolicyCommand({ RoleName: names[0], PolicyArn: DENY_ALL }));
    await fleet.sweep('tidy', 1);
    for (const name of names) expectEqual(name, await fleet.attached(name), [DENY_ALL]);
  });
}

async function windows(report: Report, fleet: Fleet): Promise<void> {
  const agent = await fleet.agent('agent-1');
  const before = await fleet.attached(agent.roleName);
  await report.check('a role whose window has passed is denied everything, which no repair undoes', async () => {
    fleet.changes.set('agent-1', { notAfter: '2026-01-01T00:00:00Z' });
    await fleet.sweep('tidy', 1);
    await fleet.sweep('tidy', 1);
    expectEqual('attached', await fleet.attached(agent.roleName), [...before, DENY_ALL].sort());
    expectEqual('told', await fleet.sweep('drift'), []);
    expectEqual('still', await fleet.attached(agent.roleName), [...before, DENY_ALL].sort());
  });
  await report.check('with a longer window it may work again', async () => {
    fleet.changes.delete('agent-1');
    expectEqual('told', (await fleet.sweep('drift')).length, 1);
    expectEqual('attached', await fleet.attached(agent.roleName), before);
  });
  await report.check('an agent that is contained is left alone, window or not', async () => {
    const other = await fleet.agent('agent-2');
    const had = await fleet.attached(other.roleName);
    await fleet.iam.send(new CreatePolicyVersionCommand({ PolicyArn: other.brake ?? '', PolicyDocument: BRAKED, SetAsDefault: true }));
    fleet.changes.set('agent-2', { notAfter: '2026-01-01T00:00:00Z' });
    await fleet.sweep('tidy', 1);
    const [said = ''] = await fleet.sweep('tidy', 1);
    expectEqual('said', /it is contained, and left alone/.test(said), true);
    expectEqual('attached', await fleet.attached(other.roleName), had);
    fleet.changes.delete('agent-2');
  });
}

async function secrets(report: Report, fleet: Fleet): Promise<void> {
  const make = async (Name: string): Promise<string> =>
    (await fleet.secrets.send(new CreateSecretCommand({ Name, SecretString: 's' }))).ARN ?? '';
  const versionOf = async (SecretId: string): Promise<string | undefined> => {
    const { VersionIdsToStages = {} } = await fleet.secrets.send(new DescribeSecretCommand({ SecretId }));
    return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
  };
  await report.check('an old secret is rotated where rotation is set up, and told where it is not', async () => {
    const turning = await make('turning');
    const still = await make('still');
    await fleet.secrets.send(new RotateSecretCommand({ SecretId: turning, RotationRules: { AutomaticallyAfterDays: 30 } }));
    const before = [await versionOf(turning), await versionOf(still)];
    fleet.changes.set('agent-3', { secrets: [turning, still] });
    await fleet.sweep('tidy', 1);
    expectEqual('not yet', [await versionOf(turning), await versionOf(still)], before);
    const said = await fleet.sweep('tidy', 1);
    expectEqual(
      'said',
      said.map((one) => /rotation was started|nothing rotates it/.exec(one)?.[0]),
      ['rotation was started', 'nothing rotates it'],
    );
    expectEqual('changed', [(await versionOf(turning)) !== before[0], (await versionOf(still)) !== before[1]], [true, false]);
  });
}
