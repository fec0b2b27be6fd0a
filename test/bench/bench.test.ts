import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Results } from '../../bench/results.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

afterAll(removeFolders);

const fail = () => {
  throw new Error('nothing was measured');
};

const MAIN = join(import.meta.dirname, '..', '..', 'bench', 'main.ts');

it('lets every contestant do the same work with real git, proves each run, and keeps what was measured', async () => {
  const [cache, out] = [await aFolder(), await aFolder()];
  const args = ['--scale', '0.02', '--rounds', '1', '--shapes', 'small', '--works', 'nothing,hundred'];

  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, ...args, '--cache', cache, '--out', out]);
  const results = JSON.parse(await readFile(join(out, 'own.json'), 'utf8')) as Results;
  const of = (work: string) =>
    new Map(results.cells.filter((cell) => cell.work === work).map((cell) => [cell.contestant, cell.runs[0]]));

  expect([...of('hundred').keys()].sort()).toEqual(['ccrepl', 'clone-and-push', 'floor', 'stale-image', 'warm-mirror']);
  expect([...of('nothing').keys()].sort()).toEqual(['ccrepl', 'clone-and-push', 'stale-image', 'warm-mirror']);
  // Nothing to do is two requests, and whatever there is to do, nothing is written.
  expect(of('nothing').get('ccrepl')).toMatchObject({ requests: 2, diskBytes: 0 });
  expect(of('hundred').get('ccrepl')).toMatchObject({ diskBytes: 0 });
  expect(of('hundred').get('clone-and-push')?.diskBytes).toBeGreaterThan(100_000);
  const carried = of('hundred').get('ccrepl');
  const must = results.cells.find(
    ({ contestant, work }) => contestant === 'ccrepl' && work === 'hundred',
  )?.mustCarryBytes;
  expect((carried?.down ?? 0) + (carried?.up ?? 0)).toBeGreaterThan(must ?? Number.POSITIVE_INFINITY);
  // Its time is divided without a rest.
  const { start, lists, objects, proof, end } = carried?.phases ?? fail();
  expect(Math.min(start, lists, objects, proof, end)).toBeGreaterThan(0);
  expect(start + lists + objects + proof + end).toBeCloseTo(carried?.seconds ?? 0);
  expect(Object.values(results.startUp.profile).reduce((sum, share) => sum + share)).toBeCloseTo(1);
  expect(stdout).toContain('ccrepl, to its first request');
  // Nobody's targets are of a repository of any size.
  expect(stdout).not.toContain('target');
  expect(stdout).toContain('small: 100 commits, new branch, tag, delete, force-push');
  expect(await readFile(join(out, 'own.svg'), 'utf8')).toContain('<svg ');
});
