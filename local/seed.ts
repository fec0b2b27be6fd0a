import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git.ts';

/** Refs of one push: what CodeCommit takes at most. */
const REFS_PER_PUSH = 4000;

export interface Seeded {
  branches: number;
  tags: number;
  /** False if the source had all of it already: then no trigger has fired. */
  pushed: boolean;
}

/**
 * Pushes all branches and tags of a repository, given by path or URL, into the look-alike, with stock git. The branch of its
 * HEAD goes first, and so becomes the default.
 */
export async function seed(from: string, to: { url: string; env: Record<string, string> }): Promise<Seeded> {
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-seed-'));
  try {
    const path = existsSync(from) ? from : join(scratch, 'mirror.git');
    if (path !== from) await git(['clone', '--quiet', '--mirror', '--', from, path]);
    return await pushAll(path, to);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function pushAll(path: string, { url, env }: { url: string; env: Record<string, string> }): Promise<Seeded> {
  const inside = await git(['-C', path, 'rev-parse', '--is-shallow-repository']).catch(() => undefined);
  if (inside === undefined)
    throw new Error(`"${path}" is not a git repository: expected the path or URL of one (--from)`);
  if (inside.trim() === 'true') {
    throw new Error(
      `"${path}" is a shallow clone: a source needs its whole history; run "git fetch --unshallow" there first`,
    );
  }
  const specs = await refspecs(path);
  if (specs.length === 0) throw new Error(`"${path}" has no branches and no tags: commit something first`);
  let pushed = false;
  for (let at = 0; at < specs.length; at += REFS_PER_PUSH) {
    const output = await git(['-C', path, 'push', '--porcelain', url, ...specs.slice(at, at + REFS_PER_PUSH)], env);
    pushed ||= /^[*+\- ]\t/m.test(output);
  }
  const tags = specs.filter((spec) => spec.includes(':refs/tags/')).length;
  return { branches: specs.length - tags, tags, pushed };
}

/** Branches (those that only a remote has, too: a fresh clone has but one of its own) and tags, HEAD's first. */
async function refspecs(path: string): Promise<string[]> {
  const list = await git([
    '-C',
    path,
    'for-each-ref',
    '--format=%(refname) %(symref)',
    'refs/heads',
    'refs/tags',
    'refs/remotes/origin',
  ]);
  const refs = list
    .split('\n')
    .filter((line) => line !== '' && line.endsWith(' '))
    .map((line) => line.trimEnd());
  const own = new Set(refs);
  const head = (await git(['-C', path, 'symbolic-ref', '--quiet', 'HEAD']).catch(() => '')).trim();
  const specs = refs.flatMap((ref) => {
    if (!ref.startsWith('refs/remotes/origin/')) return [`+${ref}:${ref}`];
    const branch = ref.replace('refs/remotes/origin/', 'refs/heads/');
    return own.has(branch) ? [] : [`+${ref}:${branch}`];
  });
  const first = specs.findIndex((spec) => spec.endsWith(`:${head}`));
  if (first > 0) specs.unshift(...specs.splice(first, 1));
  return specs;
}
