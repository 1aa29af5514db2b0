import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../lib/cli/program';

/** What a run of the command line did. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process. */
export async function cli(args: readonly string[], stdin = ''): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: () => stdin,
    width: 120,
    color: false,
    watched: false,
  });
  return { code, out: out.join(''), err: err.join('') };
}

/** A folder of the test's own; what is written to it is JSON unless it is text. */
export class Workbench {
  readonly path = mkdtempSync(join(tmpdir(), 'agentic-iam-'));

  write(name: string, content: unknown): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), 'utf8');
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A statement that allows. */
export function allow(action: string | readonly string[], resource: unknown = '*', more: object = {}): object {
  return { Effect: 'Allow', Action: action, Resource: resource, ...more };
}

/** A template with one role, `reader`, that holds these statements. */
export function template(...statements: readonly object[]): { readonly Resources: Record<string, unknown> } {
  return {
    Resources: {
      Reader: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'reader',
          AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
          Policies: [{ PolicyName: 'Read', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
        },
      },
    },
  };
}

function trust(service: string): object {
  return { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] };
}

/** Details of an account with these roles, each with the statements it holds. */
export function accountDetails(roles: Readonly<Record<string, readonly object[]>>, account = '111122223333'): object {
  return {
    UserDetailList: [],
    GroupDetailList: [],
    Policies: [],
    RoleDetailList: Object.entries(roles).map(([name, Statement]) => ({
      Path: '/',
      RoleName: name,
      Arn: `arn:aws:iam::${account}:role/${name}`,
      AssumeRolePolicyDocument: trust('ec2.amazonaws.com'),
      RolePolicyList: [{ PolicyName: 'inline', PolicyDocument: { Version: '2012-10-17', Statement } }],
      AttachedManagedPolicies: [],
      InstanceProfileList: [],
      Tags: [],
    })),
  };
}
