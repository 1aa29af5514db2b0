/** What SARIF calls the place of a file. */
export interface ArtifactLocation {
  readonly uri: string;
  readonly uriBaseId?: string;
}

/** A file's place as a URI: relative to the root where it lies below it, as code scanning wants, and `file:` otherwise. */
export function fileUri(path: string, root: string | undefined): ArtifactLocation {
  const clean = path.replace(/\\/g, '/');
  const base = root?.replace(/\\/g, '/').replace(/\/*$/, '/');
  const below = base !== undefined && clean.startsWith(base) ? clean.slice(base.length) : clean;
  const relative = below.replace(/^(\.\/)+/, '');
  if (/^([a-zA-Z]:)?\//.test(relative)) return { uri: `file://${relative.startsWith('/') ? '' : '/'}${encodePath(relative)}` };
  return { uri: encodePath(relative) || '.', ...(base === undefined || relative.startsWith('../') ? {} : { uriBaseId: 'SRCROOT' }) };
}

/** Lone halves of a surrogate pair cannot be encoded; they become the replacement character. */
function encodePath(path: string): string {
  return path
    .replace(/\p{Cs}/gu, '\uFFFD')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([a-zA-Z])%3A\//, '$1:/');
}
