import { setTimeout } from 'node:timers/promises';
import { ManagedIdentityCredential, type TokenCredential } from '@azure/identity';

/** A setting that the function must have. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`the function lacks its setting ${name}`);
  return value;
}

/** The function's own identity. @see https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity */
export const ownCredential = (): TokenCredential => new ManagedIdentityCredential({ clientId: setting('AZURE_CLIENT_ID') });

export const pause = (milliseconds: number): Promise<void> => setTimeout(milliseconds);

/** One line of the log, as JSON: Application Insights keeps it as a trace. */
export function log(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
