/** What lies below a management group is not known from names, so it is everything. */
export function namesAt(scope: string): readonly string[] {
  if (scope === '/' || /^\/providers\/Microsoft\.Management\/managementGroups\/|^\uE000[^\uE001]*azurerm_management_group\./i.test(scope))
    return ['*'];
  const text = scope.replace(/[\\*?]/g, '\\$&');
  return [text, `${text}/*`];
}

const MANAGEMENT = String.raw`\/providers\/Microsoft\.Management\/managementGroups\/[^/]+`;
const WHOLE = new RegExp(
  `^(\\/|\\/subscriptions\\/[^/]+|${MANAGEMENT}|\\$\\{[^}]*azurerm_(subscription|management_group)\\.[^}]*\\})$`,
  'i',
);
const GROUP =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+|\$\{[^}]*azurerm_resource_group\.[^}]*\}|\$\{[^}]*azurerm_subscription\.[^}]*\}\/resourceGroups\/[^/]+)$/i;

/** Whether a scope, as it is shown, is a subscription or holds some: whoever rules it rules all there is in view. */
export function isWhole(scope: string): boolean {
  return WHOLE.test(scope);
}

/** Whether a scope, as it is shown, holds resources that are not in view: a resource group, or what holds some. */
export function isWide(scope: string): boolean {
  return isWhole(scope) || GROUP.test(scope);
}
