import catalog from './identity.json';

/** Id of a change of IAM in the catalog. */
export type IdentityTechnique = keyof typeof catalog.techniques;

/** What is done, in words. */
export function saysOf(id: IdentityTechnique, target: string): string {
  return catalog.techniques[id].does.replaceAll('{target}', target);
}

/** What must be allowed. */
export function actionOf(id: IdentityTechnique): string {
  return catalog.techniques[id].action;
}

/** Every technique. */
export const IDENTITY_TECHNIQUES = Object.keys(catalog.techniques) as readonly IdentityTechnique[];
