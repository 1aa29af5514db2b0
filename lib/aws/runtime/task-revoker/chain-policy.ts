import {
  CreatePolicyVersionCommand,
  DeletePolicyVersionCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  type IAMClient,
  ListPolicyVersionsCommand,
} from '@aws-sdk/client-iam';

/** What no chain can carry; the list is never empty. */
const NOBODY = '-@-';
/** Characters of a managed policy, less some room. @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST = 6_000;
const ATTEMPTS = 5;
const SID = 'DenyChains';

interface ChainDocument {
  readonly Statement: readonly {
    readonly Sid?: string;
    readonly Condition?: { readonly StringLike?: Readonly<Record<string, string | readonly string[]>> };
  }[];
}

/** What became of a stop: the version that holds it, and how many old ones had to go. */
export interface Stopped {
  readonly version: string;
  readonly dropped: number;
}

/**
 * Adds a source identity to those that the policy denies everything, and looks whether it is there. IAM is read again before each attempt.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html
 */
export async function stopChain(client: IAMClient, policyArn: string, sourceIdentity: string): Promise<Stopped> {
  let dropped = 0;
  const version = await change(client, policyArn, (stopped) => {
    if (stopped.includes(sourceIdentity)) return stopped;
    const list = withRoom([...stopped, sourceIdentity]);
    dropped += stopped.length + 1 - list.length;
    return list;
  });
  return { version, dropped };
}

/** Takes a source identity off the list again. */
export async function letChain(client: IAMClient, policyArn: string, sourceIdentity: string): Promise<string> {
  return change(client, policyArn, (stopped) => stopped.filter((one) => one !== sourceIdentity));
}

/** Writes the list anew until it reads as it should; two writers at once may each undo what the other wrote. */
async function change(client: IAMClient, policyArn: string, make: (stopped: readonly string[]) => readonly string[]): Promise<string> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const { version, stopped } = await read(client, policyArn);
    const list = make(stopped);
    if (JSON.stringify(list) === JSON.stringify(stopped)) return version;
    await makeRoom(client, policyArn);
    const document = JSON.stringify(documentOf(list));
    await client.send(new CreatePolicyVersionCommand({ PolicyArn: policyArn, PolicyDocument: document, SetAsDefault: true }));
  }
  throw new Error(`the policy did not hold what was written after ${ATTEMPTS} attempts`);
}

async function read(client: IAMClient, policyArn: string): Promise<{ readonly version: string; readonly stopped: readonly string[] }> {
  const { Policy } = await client.send(new GetPolicyCommand({ PolicyArn: policyArn }));
  const version = Policy?.DefaultVersionId ?? 'v1';
  const { PolicyVersion } = await client.send(new GetPolicyVersionCommand({ PolicyArn: policyArn, VersionId: version }));
  const document = JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? '{}')) as Partial<ChainDocument>;
  const statement = document.Statement?.find(({ Sid }) => Sid === SID);
  const list = statement?.Condition?.StringLike?.['aws:SourceIdentity'];
  if (list === undefined) throw new Error('the policy is not one that stops chains, and is left as it is');
  return { version, stopped: (typeof list === 'string' ? [list] : list).filter((one) => one !== NOBODY) };
}

/** Tasks end by themselves within an hour, so the oldest ones go first; an agent that is stopped stays so. */
function withRoom(list: readonly string[]): readonly string[] {
  let kept = list;
  while (JSON.stringify(documentOf(kept)).length > LONGEST) {
    const oldest = kept.slice(0, -1).findIndex((one) => !one.endsWith('*'));
    if (oldest < 0) throw new Error('no more agents can be stopped by one policy');
    kept = kept.filter((_, index) => index !== oldest);
  }
  return kept;
}

/** A policy has five versions at most; the one in force is never deleted. */
export async function makeRoom(client: IAMClient, policyArn: string): Promise<void> {
  const { Versions = [] } = await client.send(new ListPolicyVersionsCommand({ PolicyArn: policyArn }));
  if (Versions.length < 5) return;
  const others = Versions.filter(({ IsDefaultVersion }) => !IsDefaultVersion);
  const oldest = others.sort((a, b) => (a.CreateDate?.getTime() ?? 0) - (b.CreateDate?.getTime() ?? 0))[0];
  if (oldest?.VersionId) await client.send(new DeletePolicyVersionCommand({ PolicyArn: policyArn, VersionId: oldest.VersionId }));
}

function documentOf(stopped: readonly string[]): object {
  const Condition = { StringLike: { 'aws:SourceIdentity': stopped.length > 0 ? stopped : [NOBODY] } };
  return { Version: '2012-10-17', Statement: [{ Sid: SID, Effect: 'Deny', Action: '*', Resource: '*', Condition }] };
}
