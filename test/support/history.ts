import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { git } from './repository.ts';
import { randomNumbers } from './seed.ts';

/**
 * Fills a bare repository with a history like a team's: a main line with short side branches that are merged, a long-lived
 * release branch, an unrelated history, and annotated tags. The same for the same seed; `words` is how much each commit writes.
 */
export async function teamHistory(path: string, commits: number, seed: number, words = 10): Promise<void> {
  const random = randomNumbers(seed);
  const child = spawn('git', ['-C', path, 'fast-import', '--quiet', '--done'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' },
  });
  const lines: string[] = [];
  let mark = 0;
  const commit = (branch: string, options: { from?: number; merge?: number; root?: boolean } = {}): number => {
    mark += 1;
    const text = Array.from({ length: words + random(words) }, () => random(1e9).toString(36)).join('\n');
    const file = `d${random(30)}/f${random(40)}.txt`;
    lines.push(
      ...(options.root ? [`reset refs/heads/${branch}`] : []),
      `commit refs/heads/${branch}`,
      `mark :${mark}`,
      `committer C O Mitter <committer@example.com> ${1_600_000_000 + mark * 60} +0000`,
      `data ${Buffer.byteLength(`commit ${mark}`)}`,
      `commit ${mark}`,
      ...(options.from === undefined ? [] : [`from :${options.from}`]),
      ...(options.merge === undefined ? [] : [`merge :${options.merge}`]),
      `M 100644 inline ${file}`,
      `data ${Buffer.byteLength(text)}`,
      text,
    );
    return mark;
  };
  let tip = commit('main');
  while (mark < commits * 0.9) {
    for (let n = 1 + random(12); n > 0; n--) tip = commit('main');
    if (random(3) === 0) {
      let side = commit('topic', { root: true, from: tip });
      for (let n = random(6); n > 0; n--) side = commit('topic');
      tip = commit('main');
      tip = commit('main', { merge: side });
    }
    if (random(40) === 0) {
      const tag = `tag v${Math.floor(mark / 100)}.${mark}`;
      lines.push(tag, `from :${tip}`, 'tagger T Agger <tagger@example.com> 1700000000 +0000', 'data 3', 'tag');
    }
  }
  commit('release', { root: true, from: Math.floor(mark / 2) });
  while (mark < commits * 0.95) commit('release');
  commit('pages', { root: true });
  while (mark < commits) commit('pages');
  lines.push('reset refs/heads/topic', `from ${'0'.repeat(40)}`, 'done', '');
  child.stdin.end(lines.join('\n'));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  await git(path, 'repack', '-adq', '--window=20');
  await git(path, 'pack-refs', '--all');
}

/** The bytes of a pack of everything, as CodeCommit would send it: without deltas by offset. */
export async function fullPackBytes(path: string): Promise<number> {
  const child = spawn('git', ['-C', path, 'pack-objects', '--all', '--stdout', '-q'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' },
  });
  let bytes = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) bytes += chunk.length;
  return bytes;
}
