import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { git } from './git.ts';

/** Somebody works on the replica: a commit on top of its branch, pushed straight to the destination. */
export async function pushStrayCommit(
  branch: string,
  to: { url: string; env: Record<string, string> },
): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-stray-'));
  try {
    const at = (...args: string[]) => git(['-C', scratch, ...args], to.env);
    await at('init', '--quiet');
    await at('fetch', '--quiet', '--depth=1', to.url, `refs/heads/${branch}`);
    const identity = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.com'];
    const commit = (
      await at(...identity, 'commit-tree', 'FETCH_HEAD^{tree}', '-p', 'FETCH_HEAD', '-m', 'A fix made on the replica')
    ).trim();
    await at('push', '--quiet', to.url, `${commit}:refs/heads/${branch}`);
    return commit;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
