import { setTimeout as after } from 'node:timers/promises';
import { Clone, fsck, git, removeFolders } from '../support/repository.ts';
import { randomNumbers, seed } from '../support/seed.ts';
import { runTask, startTask } from '../support/task.ts';
import { DESTINATION, SOURCE, TwoRegions } from '../support/two-regions.ts';

/** `npm run kills` makes 200. */
const RUNS = Number(process.env['CCREPL_KILLS'] ?? 25);

let two: TwoRegions;
beforeAll(async () => {
  two = await TwoRegions.start('codecommit');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

async function refsAt(path: string): Promise<Map<string, string>> {
  const lines = (await git(path, 'for-each-ref', '--format=%(refname) %(objectname)')).split('\n');
  return new Map(lines.filter((line) => line !== '').map((line) => line.split(' ') as [string, string]));
}

/** Creates, moves, rewrites and deletes branches and tags of the source at random. */
async function change(clone: Clone, random: (below: number) => number): Promise<void> {
  const specs: string[] = [];
  for (let n = 1 + random(6); n > 0; n--) {
    const branch = `refs/heads/b${random(8)}${random(4) === 0 ? '/x' : ''}`;
    const start = random(3) === 0 ? 'base' : `refs/remotes/origin/${branch.slice(11)}`;
    const known = await clone.git('rev-parse', '--verify', '--quiet', start).catch(() => 'base');
    await clone.git('checkout', '--quiet', '--detach', known);
    for (let commits = 1 + random(3); commits > 0; commits--) {
      const text = Array.from({ length: 1 + random(2000) }, () => random(1e9).toString(36)).join('\n');
      await clone.commit(text, `f${random(5)}.txt`);
    }
    const head = await clone.git('rev-parse', 'HEAD');
    const conflict = branch.endsWith('/x') ? branch.slice(0, -2) : `${branch}/x`;
    const kind = random(10);
    if (kind === 0) specs.push(`:${branch}`);
    else if (kind === 1) {
      await clone.git('tag', '-f', '-a', '-m', 'tag', `t${random(5)}`, head);
      specs.push(`+refs/tags/*:refs/tags/*`);
    } else {
      await clone.git('push', '--quiet', two.sourceUrl, `:${conflict}`).catch(() => '');
      specs.push(`+${head}:${branch}`);
    }
  }
  for (const spec of specs) await clone.git('push', '--quiet', two.sourceUrl, spec).catch(() => '');
  await clone.git('fetch', '--quiet', '--prune', two.sourceUrl, '+refs/heads/*:refs/remotes/origin/*');
}

it(`leaves only old or new tips, each whole, after each of ${RUNS} kills (seed ${seed}), and the next run converges`, async () => {
  const random = randomNumbers(seed);
  const clone = await Clone.init();
  await clone.commit();
  await clone.git('tag', 'base');
  await clone.push(two.sourceUrl, 'main', 'base');
  const task = (rewrites: string) => ({ source: SOURCE, destination: DESTINATION, policy: { rewrites } });
  let whole = 1000;
  let killed = 0;
  for (let run = 0; run < RUNS; run++) {
    const rewrites = ['mirror', 'archive'][random(2)] as string;
    await change(clone, random);
    const [before, source] = [await refsAt(two.destinationPath), await refsAt(two.sourcePath)];
    const { child, ended } = await startTask(two, task(rewrites));
    await Promise.race([after(random(whole)), ended]);
    if (child.exitCode === null) killed += 1;
    child.kill('SIGKILL');
    await ended;

    const where = `run ${run} of seed ${seed}`;
    const old = new Set(before.values());
    const left = await refsAt(two.destinationPath);
    for (const [ref, oid] of left) {
      const archived = ref.startsWith('refs/tags/ccrepl-archive/') && old.has(oid);
      const known = before.get(ref) === oid || source.get(ref) === oid || archived;
      if (!known) throw new Error(`${where}: ${ref} is at ${oid}, which is neither its old nor its new tip`);
    }
    const lost = [...before.keys()].filter((ref) => source.has(ref) && !left.has(ref));
    if (lost.length > 0) throw new Error(`${where}: ${lost.join(', ')} are gone`);
    await fsck(two.destinationPath);

    const started = Date.now();
    const { code, result } = await runTask(two, task(rewrites));
    whole = Math.max(100, Date.now() - started);
    if (code !== 0) throw new Error(`${where}: the next run ended with ${code}: ${JSON.stringify(result)}`);
    const settled = await refsAt(two.destinationPath);
    for (const ref of settled.keys()) if (ref.startsWith('refs/tags/ccrepl-archive/')) settled.delete(ref);
    expect(settled).toEqual(await refsAt(two.sourcePath));
  }
  expect(killed).toBeGreaterThan(RUNS / 4);
}, 1_200_000);
