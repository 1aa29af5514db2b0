import type { AccessRequest } from '../../../core/review/access';
import type { AwsPrincipal, PolicyText } from '../model';
import { Attacker } from './attacker';

/** A user as it is after it joined groups. */
export interface Joined {
  readonly user: PolicyText;
  readonly attacker: Attacker;
}

/** What users that the attacker holds may do once they are in the groups that it can put them in: their own denials still count. */
export class Memberships {
  private readonly known = new Map<string, Attacker>();

  constructor(private readonly attacker: Attacker) {}

  /** The users who are held and can be members of the group, in it and in all other groups that are held. */
  joined(group: AwsPrincipal, held: ReadonlySet<PolicyText>): readonly Joined[] {
    const { judge } = this.attacker.world;
    const inReach = [...held].flatMap((arn) => judge.principal(arn) ?? []).filter(({ account }) => account === group.account);
    const groups = inReach.filter(({ kind }) => kind === 'group').map(({ arn }) => arn);
    return inReach
      .filter(({ kind }) => kind === 'user')
      .map((user) => ({ user: user.arn, attacker: this.inGroups(user, [...new Set([group.arn, ...groups])].sort()) }));
  }

  private inGroups(user: AwsPrincipal, groups: readonly PolicyText[]): Attacker {
    const key = JSON.stringify([user.arn, groups]);
    const { estate } = this.attacker.world;
    const member = { ...user, groups: [...new Set([...user.groups, ...groups])] };
    const principals = estate.principals.map((one) => (one.arn === user.arn ? member : one));
    const known = this.known.get(key) ?? Attacker.in({ ...estate, principals }, this.attacker.lucky);
    this.known.set(key, known);
    return known;
  }
}

/** Whether a user that can join a group may then make a request: its own denials and boundary still count. */
export function forSomeMember(group: AwsPrincipal, request: AccessRequest, attacker: Attacker): boolean {
  const { estate, judge } = attacker.world;
  const users = estate.principals.filter(({ kind, account }) => kind === 'user' && account === group.account);
  const able = users.filter(({ arn, groups }) => {
    return groups.includes(group.arn) || attacker.try(arn, { action: 'iam:AddUserToGroup', resource: group.arn }) !== undefined;
  });
  return (able.length > 0 ? able : users).some(({ arn }) => judge.decideIf(arn, request, { add: group.policies }).effect === 'allowed');
}
