import { execFileSync } from 'node:child_process';
import { unreadableInput } from '../core/review-errors';
import { callFunctionUrl, credentialsOf, type UrlAnswer } from './function-url';

/** Whose function an address leads to. */
export type AddressCloud = 'aws' | 'azure' | 'gcp';

export interface AddressOptions {
  /** @default - told by the address */
  readonly cloud?: string;
  /** Profile of the AWS command line. @default - credentials of the environment, else its default profile */
  readonly profile?: string;
  /** Application of the directory whose tokens the responder on Azure takes. @default AGENTIC_IAM_CONTAINMENT_APPLICATION */
  readonly application?: string;
}

const CLOUDS: readonly AddressCloud[] = ['aws', 'azure', 'gcp'];
const HOSTS: readonly (readonly [RegExp, AddressCloud])[] = [
  [/\.(run\.app|cloudfunctions\.net)$/, 'gcp'],
  [/\.azurewebsites\.(net|us|cn)$/, 'azure'],
];

/** The cloud of an address, by its host; AWS where the host says nothing. */
export function cloudOf(url: string, given?: string): AddressCloud {
  const known = given === undefined ? HOSTS.find(([form]) => form.test(new URL(url).hostname))?.[1] : CLOUDS.find((one) => one === given);
  if (given !== undefined && known === undefined)
    throw unreadableInput('--cloud', {
      rule: `must be one of ${CLOUDS.join(', ')}`,
      value: given,
      fix: 'leave it out where the address tells',
    });
  return known ?? 'aws';
}

/** Asks a responder as whoever runs the command is known to its cloud. Tokens and keys are never printed. */
export async function askResponder(url: string, body: string, options: AddressOptions): Promise<UrlAnswer> {
  const cloud = cloudOf(url, options.cloud);
  if (cloud === 'aws') return callFunctionUrl(url, body, credentialsOf(options.profile));
  const headers = {
    authorization: `Bearer ${cloud === 'gcp' ? googleToken() : azureToken(options.application)}`,
    'content-type': 'application/json',
  };
  const answer = await fetch(url, { method: 'POST', headers, body });
  const text = await answer.text();
  try {
    return { code: answer.status, body: JSON.parse(text) };
  } catch {
    return { code: answer.status, body: { message: text.slice(0, 200) } };
  }
}

/** @see https://docs.cloud.google.com/run/docs/authenticating/developers */
function googleToken(): string {
  return printed('gcloud', ['auth', 'print-identity-token'], 'sign in (gcloud auth login)');
}

/** @see https://learn.microsoft.com/en-us/cli/azure/account#az-account-get-access-token */
function azureToken(application = process.env['AGENTIC_IAM_CONTAINMENT_APPLICATION']): string {
  if (!application)
    throw unreadableInput('--application', {
      rule: 'must be the application whose tokens the responder takes',
      value: '',
      fix: "give the client id of AgentContainment's people, here or in AGENTIC_IAM_CONTAINMENT_APPLICATION",
    });
  return printed(
    'az',
    ['account', 'get-access-token', '--resource', application, '--query', 'accessToken', '--output', 'tsv'],
    'sign in (az login)',
  );
}

function printed(command: string, args: readonly string[], fix: string): string {
  let text = '';
  try {
    text = execFileSync(command, args, { encoding: 'utf8', env: process.env, stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // Said below: what went wrong may hold what must not be printed.
  }
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return text;
  throw unreadableInput(`the command '${command}'`, { rule: 'must give a token of yours', value: args.slice(0, 2).join(' '), fix });
}
