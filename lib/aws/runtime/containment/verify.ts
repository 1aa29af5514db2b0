import { GetRolePolicyCommand, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { memoriesText, NotContained } from '../../../core/containment/step';
import type { ContainableAgent, Incident } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import { nativeOf } from './agent';
import { documentFor, INLINE, isAttached, isSame, readDefault } from './brake';
import { isFrozen } from './trust';
import { isWorkStopped, type WorkClients } from './work';

/** What a request of the agent would become: by the policy simulator of IAM. */
export type Simulate = (
  roleArn: string,
  actions: readonly string[],
) => Promise<readonly { readonly action: string; readonly decision: 'allowed' | 'explicitDeny' | 'implicitDeny' }[]>;

/** @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export function policySimulator(client: IAMClient): Simulate {
  return async (roleArn, actions) => {
    const { EvaluationResults = [] } = await client.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: roleArn,
        ActionNames: [...actions],
        MaxItems: 1000,
        // Without it the denial of other regions in the boundary would hold, and pass for the brake.
        ContextEntries: [
          { ContextKeyName: 'aws:RequestedRegion', ContextKeyType: 'string', ContextKeyValues: [await client.config.region()] },
        ],
      }),
    );
    return EvaluationResults.map(({ EvalActionName, EvalDecision }) => ({
      action: EvalActionName ?? '',
      decision: EvalDecision ?? 'implicitDeny',
    }));
  };
}

/**
 * Looks whether the agent is contained, by what is in force and by what its requests would become. What counts is an explicit deny: where an allow is only
 * missing, a policy of a resource may still let a session in.
 */
export async function verify(
  clients: WorkClients & { readonly iam: IAMClient; readonly simulate: Simulate },
  agent: ContainableAgent,
  { stage }: Pick<Incident, 'stage'>,
): Promise<string> {
  const { iam, simulate } = clients;
  const { roleArn, actions, reads } = nativeOf(agent);
  await readBack(iam, agent, stage);
  if (stage === 'quarantined') await isGoneFor(clients, agent);
  const denied = stage === 'restricted' ? actions.filter((action) => !reads.includes(action)) : actions;
  const results = denied.length > 0 ? await simulate(roleArn, denied) : [];
  const open = results.filter(({ decision }) => decision !== 'explicitDeny').map(({ action, decision }) => `${action} (${decision})`);
  if (open.length > 0) throw new NotContained(`not denied explicitly: ${open.join(', ')}`);
  return `${results.length} of ${actions.length} granted actions are denied explicitly${stage === 'quarantined' ? ', and nobody can become the agent' : ''}`;
}

/** In quarantine nobody becomes the agent, and nothing works for it. */
async function isGoneFor(clients: WorkClients & { readonly iam: IAMClient }, agent: ContainableAgent): Promise<void> {
  if (!(await isFrozen(clients.iam, agent))) throw new NotContained('somebody can become the agent again');
  for (const work of nativeOf(agent).work)
    if (!(await isWorkStopped(clients, work))) throw new NotContained(`what works for the agent runs: ${JSON.stringify(work)}`);
}

/** The brake is the default version of its policy, or, where that could not be used, the same words in the role itself. */
async function readBack(iam: IAMClient, agent: ContainableAgent, stage: Incident['stage']): Promise<void> {
  const { roleName, brake } = nativeOf(agent);
  const wanted = documentFor(agent, stage);
  if (isSame(await orNone(inlineOf(iam, roleName)), wanted)) return;
  const own = await orNone(readDefault(iam, brake.policyArn));
  if (own && isSame(own.document, wanted) && (await isAttached(iam, roleName, brake.policyArn))) return;
  throw new NotContained('the brake is not what it should be, or is not attached to the role');
}

async function inlineOf(iam: IAMClient, RoleName: string): Promise<JsonObject> {
  const { PolicyDocument = '{}' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: INLINE }));
  return JSON.parse(decodeURIComponent(PolicyDocument)) as JsonObject;
}

async function orNone<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error as Error).name === 'NoSuchEntityException') return undefined;
    throw error;
  }
}

/** Looks whether the agent works again. */
export async function verifyReleased(
  iam: IAMClient,
  agent: ContainableAgent,
  incident: Pick<Incident, 'triggers' | 'openedAt'>,
): Promise<string> {
  const { document } = await readDefault(iam, nativeOf(agent).brake.policyArn);
  if (!isSame(document, nativeOf(agent).brake.released)) throw new NotContained('the brake is still on');
  if (await isFrozen(iam, agent)) throw new NotContained('the trust is still frozen');
  return `the brake is off, and the trust is not frozen${memoriesText(nativeOf(agent).memories ?? [], incident)}`;
}
