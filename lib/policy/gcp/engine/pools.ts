/** The pool of a federated principal, or of a set of them. */
export function poolOf(member: string): string | undefined {
  return /^principal(?:Set)?:\/\/iam\.googleapis\.com\/(.+?\/workloadIdentityPools\/[^/]+|.+?)\/(?:subject|group|attribute\.|\*)/.exec(
    member,
  )?.[1];
}

/** Whether two names may be of one pool: it may be named by the id of its project or by the number. */
export function mayBeSamePool(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  const [first, second] = [a, b].map((name) => /^projects\/([^/]+)\/(.*)$/.exec(name ?? ''));
  if (!first || !second || first[2] !== second[2]) return false;
  return [first[1], second[1]].some((project) => project !== undefined && /^\d+$|\uE000/.test(project));
}
