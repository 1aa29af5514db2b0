import { Construct } from 'constructs';
import type { AgentSpec } from '../../../core/agent-spec';
import { emptyField } from '../../../core/errors';
import { checkLiteral } from '../../../core/names';
import { invalidTrust, openTrust, unresolvedToken } from '../../../core/native-errors';
import { Token } from '../../../terraform/core';
import type { IAgentIdentity } from '../../agent-identity';
import { checkProject } from './check-project';
import type { NativeGrant } from './native-grant';
import { checkAgent, LIFE, register } from './registration';

/** An identity made elsewhere. Give `email` or `member`, not both. */
export interface IdentityAttributes {
  readonly agent: AgentSpec;
  /** Project id the identity belongs to. */
  readonly project: string;
  /** Address of its service account. @default - taken from `member` */
  readonly email?: string;
  /** `serviceAccount:EMAIL` or `principal://...`; for a reference to a service account give `email`. @default - the service account of `email` */
  readonly member?: string;
  /** Name of the fleet. @default - the environment of the agent's scope, else `main` */
  readonly fleet?: string;
}

const ACCOUNT = 'serviceAccount:';
const AGENT_PRINCIPAL = 'principal://agents.';
const EMAIL = /^[a-z]([a-z0-9-]*[a-z0-9])?@[a-z0-9.-]+\.iam\.gserviceaccount\.com$/;
const GOOGLE_MANAGED = /@gcp-sa-/;
const PRINCIPAL =
  /^principal:\/\/(iam\.googleapis\.com\/projects\/\d+\/locations\/global\/workloadIdentityPools\/[a-z0-9.-]+\/subject\/|agents\.global\.(org|proj|project)-\d+\.system\.id\.goog\/)[^*?"'\s]+$/;

/** See `AgentIdentity.fromIdentityAttributes`. */
export class ImportedIdentity extends Construct implements IAgentIdentity {
  readonly agent: AgentSpec;
  readonly fleet: string;
  readonly member: string;
  readonly project: string;
  readonly email?: string;
  readonly kind: string;
  private readonly record: (grant: NativeGrant) => void;

  constructor(scope: Construct, id: string, attributes: IdentityAttributes) {
    super(scope, id);
    const { agent } = attributes;
    this.agent = agent;
    this.fleet = checkAgent(agent, attributes.fleet);
    this.project = checkProject(agent.name, 'project', attributes.project);
    this.member = checkMember(agent.name, attributes);
    const email = this.member.startsWith(ACCOUNT) ? this.member.slice(ACCOUNT.length) : undefined;
    if (email !== undefined) checkHome(agent.name, email, this.project);
    if (email !== undefined) this.email = email;
    this.kind =
      email !== undefined ? 'service-account' : this.member.startsWith(AGENT_PRINCIPAL) ? 'agent-identity' : 'federated-principal';
    const life = email !== undefined ? LIFE.serviceAccount : this.kind === 'agent-identity' ? LIFE.agentIdentity : LIFE.federated;
    const { kind, member, fleet } = this;
    const trust = [{ kind: 'imported', bounds: {} }];
    this.record = register(this, { agent, fleet, kind, name: email ?? member, member, trust, life });
  }

  recordNativeGrant(grant: NativeGrant): void {
    this.record(grant);
  }
}

function checkMember(agent: string, { email, member }: IdentityAttributes): string {
  const subject = `agent '${agent}'`;
  if (email !== undefined && member !== undefined) {
    throw invalidTrust(agent, {
      rule: "needs 'email' or 'member', not both",
      reason: 'they could differ',
      value: { email, member },
      fix: "remove 'email'",
    });
  }
  const given = member ?? (email ? `${ACCOUNT}${email}` : '');
  if (given.trim() === '') throw emptyField(subject, 'member', 'grants must go to someone');
  if (/^principalSet:|^all(Authenticated)?Users$|\*/.test(given)) {
    throw openTrust(agent, { field: 'member', value: given, reason: 'whoever else it covers would hold the access of the agent' });
  }
  if (!Token.isUnresolved(given)) checkLiteralMember(agent, checkLiteral(subject, 'member', given));
  // What kind of principal it is decides what is made; a reference may end it, never begin it.
  else if (!given.startsWith(ACCOUNT) && !given.startsWith('principal://')) throw unresolvedToken(subject, 'member');
  return given;
}

/** An account's address names its project; `example.com:web` stands there as `web.example.com`. */
function checkHome(agent: string, email: string, project: string): void {
  if (Token.isUnresolved(email) || Token.isUnresolved(project)) return;
  if (email.endsWith(`@${project.split(':').reverse().join('.')}.iam.gserviceaccount.com`)) return;
  throw invalidTrust(agent, {
    rule: "needs the 'project' its service account belongs to",
    reason: 'the account is addressed through its project',
    value: { email, project },
    fix: 'give the project that stands in the address, and name other projects on the resources',
  });
}

function checkLiteralMember(agent: string, member: string): void {
  const account = member.startsWith(ACCOUNT) ? member.slice(ACCOUNT.length) : undefined;
  if (account === undefined ? PRINCIPAL.test(member) : EMAIL.test(account) && !GOOGLE_MANAGED.test(account)) return;
  throw invalidTrust(agent, {
    rule: 'needs a service account of its own project, a federated principal or an agent identity',
    reason: 'default accounts, accounts Google manages, people and groups are shared with others',
    value: member,
    fix: "write it as 'serviceAccount:NAME@PROJECT.iam.gserviceaccount.com' or 'principal://...'",
  });
}
