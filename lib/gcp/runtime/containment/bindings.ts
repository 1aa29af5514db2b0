import { NotContained, tryEach } from '../../../core/containment/step';
import type { ContainableAgent } from '../../../core/containment/types';
import type { JsonObject } from '../../../core/json';
import { type GoogleApi, GoogleError } from '../google-api';
import { changeGrants, type Grant, grantsAt, lacking, nameOfPlace } from '../policies/grants';
import { type GrantedPlace, nativeOf } from './agent';

const ROLES = (count: number): string => `${count} ${count === 1 ? 'role' : 'roles'}`;
const NONE = 'its role bindings are left as they are: that they be taken away was not asked for';
const LAG = 'Google lets that hold within 2 minutes as a rule, and within 7 or more at times';

/** What the agent is granted now, wherever the template granted it something. What cannot be read is said, and keeps the rest of the evidence from nothing. */
export async function bindingsNow(api: GoogleApi, agent: ContainableAgent): Promise<JsonObject> {
  const { bindings } = nativeOf(agent);
  if (!bindings) return {};
  const { member, granted } = bindings;
  const found: JsonObject[] = [];
  for (const place of granted) {
    const { type, fields } = place;
    const read = await grantsAt(api, { place, member }).then(
      (grants) => ({ grants }),
      (error: Error) => ({ unread: error.message }),
    );
    found.push({ type, fields, ...read } as unknown as JsonObject);
  }
  return { bindings: found };
}

/**
 * Takes away whatever the agent is granted at the places where the template grants it something. First the roles of the template, which the responder may; then
 * what somebody else gave there, which it may not where its right is narrowed: the step fails and says so, and a person must.
 */
export async function takeBindings(api: GoogleApi, agent: ContainableAgent): Promise<string> {
  const { bindings } = nativeOf(agent);
  if (!bindings) return NONE;
  const said = await tryEach(bindings.granted, (place) => takeAt(api, bindings.member, place), 'no role was given');
  return `${said}; ${LAG}`;
}

async function takeAt(api: GoogleApi, member: string, place: GrantedPlace): Promise<string> {
  const at = { place, member };
  const isOwn = ({ role }: Grant): boolean => place.grants.some((one) => one.role === role);
  const before = await changeGrants(api, at, (grants) => grants.filter((grant) => !isOwn(grant)));
  if (!before) return `${nameOfPlace(place)} is not there`;
  const beyond = before.filter((grant) => !isOwn(grant));
  if (beyond.length > 0) await takeBeyond(api, at, beyond);
  return `${ROLES(before.length)} on ${nameOfPlace(place)} taken away${beyond.length > 0 ? `, ${beyond.length} of them given by nobody of the template` : ''}`;
}

async function takeBeyond(
  api: GoogleApi,
  at: { readonly place: GrantedPlace; readonly member: string },
  beyond: readonly Grant[],
): Promise<void> {
  try {
    await changeGrants(api, at, () => []);
  } catch (error) {
    if (!(error instanceof GoogleError) || error.status !== 403) throw error;
    const roles = beyond.map(({ role }) => role).join(', ');
    throw new NotContained(
      `on ${nameOfPlace(at.place)} the agent was also given ${roles}, by nobody of the template; the responder may not take that away, and a person must`,
    );
  }
}

/** Gives the roles of the template again, and no others. */
export async function giveBindings(api: GoogleApi, agent: ContainableAgent): Promise<string> {
  const { bindings } = nativeOf(agent);
  if (!bindings) return 'no role was taken away';
  const { member, granted } = bindings;
  return tryEach(
    granted,
    async (place) => {
      const before = await changeGrants(api, { place, member }, (grants) => [...grants, ...lacking(place.grants, grants)]);
      return before
        ? `${ROLES(place.grants.length)} on ${nameOfPlace(place)} given as the template says`
        : `${nameOfPlace(place)} is not there`;
    },
    'no role was given',
  );
}

/** Looks whether the agent is granted nothing where the template grants it something. */
export async function expectNoBindings(api: GoogleApi, agent: ContainableAgent): Promise<void> {
  const { bindings } = nativeOf(agent);
  const { member = '', granted = [] } = bindings ?? {};
  const open: string[] = [];
  for (const place of granted) for (const { role } of await grantsAt(api, { place, member })) open.push(`${role} on ${nameOfPlace(place)}`);
  if (open.length > 0) throw new NotContained(`still given: ${open.join(', ')}`);
}

/** Looks whether the agent is granted what the template says. */
export async function expectBindings(api: GoogleApi, agent: ContainableAgent): Promise<void> {
  const { bindings } = nativeOf(agent);
  const { member = '', granted = [] } = bindings ?? {};
  const missing: string[] = [];
  for (const place of granted)
    for (const { role } of lacking(place.grants, await grantsAt(api, { place, member }))) missing.push(`${role} on ${nameOfPlace(place)}`);
  if (missing.length > 0) throw new NotContained(`not given yet: ${missing.join(', ')}`);
}
