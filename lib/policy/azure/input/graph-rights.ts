import catalog from './graph-rights.json';

const RIGHTS: Readonly<Record<string, string>> = catalog.rights;

/** The right of Microsoft Graph that an app role stands for, where it leads to other identities. */
export function rightOf(appRole: string): string | undefined {
  return Object.hasOwn(RIGHTS, appRole.toLowerCase()) ? RIGHTS[appRole.toLowerCase()] : undefined;
}

/** The right that an expression names in quotes, as `app_role_ids["Application.ReadWrite.All"]` does. */
export function rightNamed(expression: string): string | undefined {
  return Object.values(RIGHTS).find((right) => expression.includes(`"${right}"`));
}
