import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measuredProgram } from '../../bench/measured-program.ts';
import { REFS_MAX } from '../../git/protocol/advertisement.ts';
import { aFolder, Clone, git, removeFolders } from '../support/repository.ts';
import { startTask } from '../support/task.ts';
import { TwoRegions } from '../support/two-regions.ts';

/** Beside `main`. */
const REFS = REFS_MAX - 1;
let two: TwoRegions;
beforeEach(async () => {
  two = await TwoRegions.start('codecommit');
});
afterEach(() => two.stop());
afterAll(removeFolders);

it('replicates between repositories of 200,000 refs within 256 MiB', async () => {
  const clone = await Clone.init();
  const [old, next] = [await clone.commit(), await clone.commit()];
  await clone.push(two.sourceUrl, 'main');
  await two.relay();
  const refs = (first: string) =>
    Array.from({ length: REFS }, (_, n) => `${n < 3000 ? first : old} refs/tags/build-${String(n).padStart(6, '0')}\n`);
  await writeFile(join(two.sourcePath, 'packed-refs'), refs(next).join(''));
  await writeFile(join(two.destinationPath, 'packed-refs'), refs(old).join(''));
  const { program, usage } = await measuredProgram(await aFolder());

  const { code, stdout } = await (await startTask(two, {}, {}, program)).ended;

  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, result: 'replicated', counts: { update: 3000 } });
  expect(await git(two.destinationPath, 'for-each-ref', 'refs/tags')).toBe(
    await git(two.sourcePath, 'for-each-ref', 'refs/tags'),
  );
  expect((await usage()).peakMiB).toBeLessThan(256);
});

it('refuses a repository of more refs than it holds in memory, by name', async () => {
  const clone = await Clone.init();
  const oid = await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  const lines = Array.from({ length: REFS_MAX + 1 }, (_, n) => `${oid} refs/tags/t${String(n).padStart(6, '0')}\n`);
  await writeFile(join(two.sourcePath, 'packed-refs'), lines.join(''));

  const result = await two.relay();

  expect(result).toMatchObject({ result: 'failed', error: { code: 'quota' } });
  expect(result.error?.message).toContain('source http');
  expect(result.error?.message).toContain('more than 200000 refs');
});
