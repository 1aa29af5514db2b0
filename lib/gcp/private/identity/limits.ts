import facts from '../../catalog/identity.json';

/** A limit of the catalog, by its name there. */
export type IdentityLimit = keyof typeof facts.limits;

/** The number behind a limit; its unit, source and date stand in `catalog/identity.json`. */
export const limit = (name: IdentityLimit): number => facts.limits[name].value;
