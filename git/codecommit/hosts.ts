/** CodeCommit's own hosts, whole: a suffix match would sign for "…amazonaws.com.example.net". */
const HOST = /^(?:vpce-[\w-]+\.)?git-codecommit(?:-fips)?\.([a-z0-9-]+)\.(?:vpce\.)?amazonaws\.com(?:\.cn)?$/;

/**
 * The repository that a URL means at CodeCommit: at a region's usual host, its FIPS host or a VPC endpoint. Undefined at any
 * other host or path. The names are as the URL has them, decoded, and still to be checked.
 */
export function codeCommitRepository(url: URL): { region: string; repository: string } | undefined {
  const region = HOST.exec(url.hostname)?.[1];
  const name = /^\/v1\/repos\/([^/]+)\/*$/.exec(url.pathname)?.[1];
  if (region === undefined || name === undefined) return undefined;
  return { region, repository: decode(name) };
}

/** An escape that is broken stays as it is: no rule for names takes a "%". */
function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
