import { AgenticIamError } from '../core/errors';
import { fillPattern, type ParameterShape, readValues } from '../core/task-values';
import { correlationOf, type DelegationKey, sign, VERSION } from './azure-signature';

export { correlationOf } from './azure-signature';

/** What one signature is for, as `TaskAccess.configuration` lists it. */
export interface SignaturePart {
  readonly resource: string;
  readonly account: string;
  readonly container: string;
  readonly hierarchical: boolean;
  readonly kind: 'c' | 'd' | 'b';
  readonly prefix: string;
  readonly permissions: string;
}

/** A kind of task, as `TaskAccess.configuration` lists it. */
export interface SignatureTemplate {
  readonly agent: string;
  readonly template: string;
  readonly parameters: Readonly<Record<string, ParameterShape>>;
  /** Longest life, in seconds. */
  readonly seconds: number;
  readonly parts: readonly SignaturePart[];
}

/** What is asked for. */
export interface SignatureRequest {
  readonly agent: string;
  readonly template: string;
  /** Id of the task; the logs of the account keep what {@link correlationOf} makes of it. */
  readonly task: string;
  /** Name of the resource in the spec. */
  readonly resource: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Name of the blob below the part of the task; needed where there are no directories. @default - the whole part */
  readonly blob?: string;
  /** Life, in seconds. @default - the longest the template allows */
  readonly seconds?: number;
  /** Object id of the user or workload that the work is for; the logs keep it. Stores with a hierarchical namespace only. @default - nobody */
  readonly authorizedFor?: string;
  /** As `authorizedFor`, and what POSIX rights do not give it is refused. @default - nobody's rights are checked */
  readonly checkedAs?: string;
}

/** An address with a signature. */
export interface TaskSignature {
  /** Address of container, directory or blob, without the signature. */
  readonly url: string;
  /** The query to add to an address: the credential. */
  readonly query: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** The part of `fetch` that is used. */
export type Fetch = (
  url: string,
  init: { readonly method: string; readonly headers: Readonly<Record<string, string>>; readonly body: string },
) => Promise<{ readonly ok: boolean; readonly status: number; readonly text: () => Promise<string> }>;

export interface TaskSignaturesOptions {
  /** Text of `TaskAccess.configuration`. */
  readonly configuration: string;
  /** Access token of the agent for `https://storage.azure.com/`. */
  readonly ownToken: () => Promise<string>;
  /** Suffix of the blob service. @default blob.core.windows.net */
  readonly suffix?: string;
  /** @default - that of the platform */
  readonly fetch?: Fetch;
  /** @default - the clock of the machine */
  readonly now?: () => Date;
}

const SHORTEST_SECONDS = 1;
/** A key that begins now is refused by clocks that are behind. */
const EARLIER_SECONDS = 900;
const BLOB = /^[A-Za-z0-9][A-Za-z0-9._=-]*(\/[A-Za-z0-9][A-Za-z0-9._=-]*)*$/;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Signs for tasks, as the agent: asks for a key that ends with the task, and signs with it for the task's part of a container. The key stays here.
 *
 * @throws AgenticIamError `invalid-parameter`, `unknown-parameter` and `invalid-signature-request` before anything is sent, `key-refused` where
 *   Azure says no; none of their texts holds a credential
 * @see https://learn.microsoft.com/en-us/rest/api/storageservices/get-user-delegation-key
 */
export class TaskSignatures {
  private readonly templates: readonly SignatureTemplate[];
  private readonly fetch: Fetch;
  private readonly now: () => Date;

  constructor(private readonly options: TaskSignaturesOptions) {
    this.templates = JSON.parse(options.configuration) as readonly SignatureTemplate[];
    this.fetch = options.fetch ?? ((url, init) => globalThis.fetch(url, init));
    this.now = options.now ?? (() => new Date());
  }

  async issue(request: SignatureRequest): Promise<TaskSignature> {
    const { template, part } = this.find(request);
    const values = readValues({ name: template.template, parameters: template.parameters }, request.parameters ?? {});
    const target = targetOf(part, request, fillPattern(part.prefix, values));
    const expiry = seconds(this.now().getTime() + lifeOf(template, request) * 1000);
    const correlation = correlationOf({ agent: request.agent, task: request.task });
    checkPerson(part, request);
    const key = await this.askForKey(part.account, { expiry, correlation });
    const { account, container, permissions } = part;
    const { authorizedFor, checkedAs } = request;
    const query = sign(
      {
        account,
        container,
        ...target,
        permissions: target.kind === 'b' ? permissions.replace('l', '') : permissions,
        expiry,
        correlation,
        ...(authorizedFor === undefined ? {} : { authorizedFor }),
        ...(checkedAs === undefined ? {} : { checkedAs }),
      },
      key,
    );
    return { url: this.addressOf(account, [container, ...target.path.split('/').filter((name) => name !== '')]), query, expiresAt: expiry };
  }

  private find({ agent, template, resource }: SignatureRequest): { readonly template: SignatureTemplate; readonly part: SignaturePart } {
    const found = this.templates.find((one) => one.agent === agent && one.template === template);
    const part = found?.parts.find((one) => one.resource === resource);
    if (found && part) return { template: found, part };
    const known = this.templates.flatMap((one) => one.parts.map((inner) => `${one.agent} ${one.template} ${inner.resource}`)).join(', ');
    throw invalidRequest(template, { rule: `must be a task that agent '${agent}' offers for '${resource}'`, value: known || 'none' });
  }

  private addressOf(account: string, path: readonly string[]): string {
    return `https://${account}.${this.options.suffix ?? 'blob.core.windows.net'}/${path.map(encodeURIComponent).join('/')}`;
  }

  private async askForKey(
    account: string,
    { expiry, correlation }: { readonly expiry: string; readonly correlation: string },
  ): Promise<DelegationKey> {
    const start = seconds(this.now().getTime() - EARLIER_SECONDS * 1000);
    const response = await this.fetch(`${this.addressOf(account, [])}?restype=service&comp=userdelegationkey`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await this.options.ownToken()}`,
        'content-type': 'application/xml',
        'x-ms-client-request-id': correlation,
        'x-ms-version': VERSION,
      },
      body: `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${start}</Start><Expiry>${expiry}</Expiry></KeyInfo>`,
    });
    const text = await response.text();
    if (!response.ok) throw refused(account, response.status, elementOf(text, 'Code') ?? 'no code');
    const field = (name: string): string => {
      const value = elementOf(text, name);
      if (value === undefined) throw refused(account, response.status, `the answer holds no '${name}'`);
      return value;
    };
    return {
      objectId: field('SignedOid'),
      tenantId: field('SignedTid'),
      start: field('SignedStart'),
      expiry: field('SignedExpiry'),
      service: field('SignedService'),
      version: field('SignedVersion'),
      value: field('Value'),
    };
  }
}

/** The part itself, or one blob of it. */
function targetOf(
  { kind }: SignaturePart,
  { template, blob }: SignatureRequest,
  prefix: string,
): { readonly kind: SignaturePart['kind']; readonly path: string } {
  if (blob === undefined) {
    if (kind !== 'b') return { kind, path: prefix.replace(/\/$/, '') };
    throw invalidRequest(template, { rule: "must name a 'blob'", value: null });
  }
  if (!BLOB.test(blob))
    throw invalidRequest(template, { rule: "must name a blob by letters, digits, '.', '_', '=', '-' and single '/'", value: blob });
  return { kind: 'b', path: `${prefix}${blob}` };
}

function lifeOf({ template, seconds: longest }: SignatureTemplate, { seconds: asked = longest }: SignatureRequest): number {
  if (Number.isSafeInteger(asked) && asked >= SHORTEST_SECONDS && asked <= longest) return asked;
  throw invalidRequest(template, { rule: `must live ${SHORTEST_SECONDS} to ${longest} whole seconds`, value: asked });
}

function checkPerson({ hierarchical }: SignaturePart, { template, authorizedFor, checkedAs }: SignatureRequest): void {
  const named = [authorizedFor, checkedAs].filter((one) => one !== undefined);
  if (named.length === 2) throw invalidRequest(template, { rule: "must give 'authorizedFor' or 'checkedAs', not both", value: named });
  const [person] = named;
  if (person === undefined) return;
  if (!GUID.test(person)) throw invalidRequest(template, { rule: 'must name a person by an object id in lower case', value: person });
  if (!hierarchical)
    throw invalidRequest(template, { rule: 'cannot name a person where the store has no hierarchical namespace', value: person });
}

/** Whole seconds, as signatures write time. */
function seconds(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The text of the first element of a name; the answers of Azure hold plain texts. */
function elementOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function invalidRequest(task: string, { rule, value }: { readonly rule: string; readonly value: unknown }): AgenticIamError {
  return new AgenticIamError({
    code: 'invalid-signature-request',
    subject: `a request for task '${task}'`,
    rule,
    value,
    fix: 'correct the request',
  });
}

/** Says what Azure said, without anything that was sent. */
function refused(account: string, status: number, code: string): AgenticIamError {
  return new AgenticIamError({
    code: 'key-refused',
    subject: `a key to sign with of storage account '${account}'`,
    rule: 'was not given',
    reason: `Azure answered ${status}`,
    value: code,
    fix: 'check that the agent may generate user delegation keys of the account; a new assignment takes up to ten minutes',
  });
}
