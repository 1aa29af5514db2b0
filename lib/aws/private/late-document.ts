import type { IResolveContext } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Statement } from './statement';

/** A policy document whose statements are asked for when the template is written, so that what is granted late counts. */
export class LateDocument extends iam.PolicyDocument {
  constructor(private readonly produce: () => readonly Statement[]) {
    super();
  }

  override resolve(context: IResolveContext): unknown {
    return context.resolve(this.toJSON());
  }

  override toJSON(): { readonly Version: string; readonly Statement: readonly unknown[] } {
    return { Version: '2012-10-17', Statement: this.produce().map(writeStatement) };
  }

  override get isEmpty(): boolean {
    return false;
  }

  override validateForAnyPolicy(): string[] {
    return [];
  }

  override validateForIdentityPolicy(): string[] {
    return [];
  }
}

/** A statement as CDK writes it: a list of one is that one. */
export function writeStatement(statement: Statement): Readonly<Record<string, unknown>> {
  const entries = Object.entries(statement).map(([element, value]: [string, unknown]) => [
    element,
    Array.isArray(value) && value.length === 1 ? value[0] : value,
  ]);
  return Object.fromEntries(entries);
}
