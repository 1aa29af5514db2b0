/** Factories of `AgentResource` for things outside the cloud, which its catalog has no kind for. */
export const OUTSIDE_FACTORIES: readonly string[] = ['vaultSecret'];
