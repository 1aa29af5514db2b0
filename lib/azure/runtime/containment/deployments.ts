import { type AzureApi, AzureError, type ErrorBody, errorText, orNone } from '../azure-api';

const VERSION = '2022-09-01';
/** How long a step waits for its deployments; the rest of its minute is for what it asks before and after. */
const WAIT_SECONDS = 30;
const LOOK_MS = 2_000;

/** A template and where it is deployed, as Resource Manager takes it. */
export interface Deployment {
  /** `SCOPE/providers/Microsoft.Resources/deployments/NAME`. */
  readonly id: string;
  readonly body: object;
}

export interface DeploymentPorts {
  /** Azure Resource Manager. */
  readonly arm: AzureApi;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly now: () => Date;
}

interface State {
  readonly properties?: { readonly provisioningState?: string; readonly error?: ErrorBody };
}

/**
 * Deploys templates and waits until each came to its end; one that is refused or fails keeps no other from it. One of the same name that still runs was begun by an
 * earlier attempt, and is waited for. Throws what Azure says of those that failed, and the ids of those that still run.
 * @see https://learn.microsoft.com/en-us/rest/api/resources/deployments/create-or-update
 */
export async function deployAll(ports: DeploymentPorts, deployments: readonly Deployment[]): Promise<void> {
  const wrong: string[] = [];
  const note = (error: unknown): void => void wrong.push((error as Error).message);
  const begun: string[] = [];
  for (const deployment of deployments) await begin(ports.arm, deployment).then(() => begun.push(deployment.id), note);
  // What was begun a moment ago may not be found yet.
  const running = await untilEnded(ports, begun, (id) =>
    stateOf(ports.arm, id).then(
      (state) => {
        if (!hasEnded(state)) return false;
        if (!isState(state, 'succeeded')) wrong.push(failureOf(id, state));
        return true;
      },
      (error: unknown) => {
        note(error);
        return true;
      },
    ),
  );
  wrong.push(...running.map(stillRuns));
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}

/** Waits until none of these deployments runs: what one of them makes can only then be taken away for good. */
export async function awaitEnd(ports: DeploymentPorts, ids: readonly string[]): Promise<void> {
  const running = await untilEnded(ports, ids, async (id) => {
    const state = await stateOf(ports.arm, id);
    return state === undefined || hasEnded(state);
  });
  if (running.length > 0) throw new Error(running.map(stillRuns).join('; '));
}

async function begin(arm: AzureApi, { id, body }: Deployment): Promise<void> {
  try {
    await arm({ method: 'PUT', path: `${id}?api-version=${VERSION}`, body });
  } catch (error) {
    if (!(error instanceof AzureError && error.status === 409 && error.code === 'DeploymentActive')) throw error;
  }
}

/** @returns those that had not ended when the time was over */
async function untilEnded(
  { pause, now }: DeploymentPorts,
  ids: readonly string[],
  isOver: (id: string) => Promise<boolean>,
): Promise<readonly string[]> {
  const until = now().getTime() + WAIT_SECONDS * 1_000;
  let open = ids;
  for (;;) {
    const left: string[] = [];
    for (const id of open) if (!(await isOver(id))) left.push(id);
    open = left;
    if (open.length === 0 || now().getTime() >= until) return open;
    await pause(LOOK_MS);
  }
}

const stateOf = (arm: AzureApi, id: string): Promise<State | undefined> =>
  orNone(arm<State>({ method: 'GET', path: `${id}?api-version=${VERSION}` }));

const isState = (state: State | undefined, name: string): boolean => state?.properties?.provisioningState?.toLowerCase() === name;
/** @see https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/async-operations#provisioningstate-values */
const hasEnded = (state: State | undefined): boolean => ['succeeded', 'failed', 'canceled'].some((name) => isState(state, name));

const failureOf = (id: string, { properties = {} }: State = {}): string =>
  `the deployment ${id} ended as ${properties.provisioningState}: ${errorText(properties.error ?? {}) || 'Azure gives no reason'}`;

const stillRuns = (id: string): string => `the deployment ${id} still runs after ${WAIT_SECONDS} seconds, and is looked at again`;
