import { bigCommits } from '../../bench/big-commit.ts';
import { BLOCKS_OF_READING, type MeasuredProgram, measuredProgram, type Usage } from '../../bench/measured-program.ts';
import { startProgram } from '../support/program.ts';
import { aFolder, git, removeFolders } from '../support/repository.ts';
import { startTask } from '../support/task.ts';
import { TwoRegions } from '../support/two-regions.ts';

const [SMALL_MB, BIG_MB] = [20, 80];

afterAll(removeFolders);

/** Replicates a repository of so many megabytes; gives what the task took, and what it carried. */
async function replicated(megabytes: number, { program, usage }: MeasuredProgram): Promise<Usage & { packMB: number }> {
  const two = await TwoRegions.start('codecommit');
  try {
    await bigCommits(two.sourcePath, { megabytes: megabytes });

    const { code, stdout } = await (await startTask(two, {}, {}, program)).ended;

    const { packBytes, ...result } = JSON.parse(stdout) as { packBytes: number };
    expect({ code, ...result }).toMatchObject({ code: 0, result: 'replicated' });
    expect(await git(two.destinationPath, 'for-each-ref')).toBe(await git(two.sourcePath, 'for-each-ref'));
    return { ...(await usage()), packMB: packBytes / 1_000_000 };
  } finally {
    await two.stop();
  }
}

it('the peak of memory does not follow the size of a pack that comes faster than it is taken, and nothing is written', async () => {
  const measured = await measuredProgram(await aFolder());

  const small = await replicated(SMALL_MB, measured);
  const big = await replicated(BIG_MB, measured);

  expect(big.packMB - small.packMB).toBeGreaterThanOrEqual(BIG_MB - SMALL_MB);
  // Measured: 5 to 15 MiB, for read buffers that V8 has not collected yet. Whoever holds the pack needs 57 MiB for the difference.
  expect(big.peakMiB - small.peakMiB).toBeLessThan(36);
  expect(big.blocksWritten).toBeLessThanOrEqual(BLOCKS_OF_READING);
});

it('the peak that is measured is the task’s own, however much the process that starts it holds', async () => {
  const { program, usage } = await measuredProgram(await aFolder());
  const ballast = Buffer.alloc(300 * 2 ** 20, 1);

  const { code } = await startProgram([program], {}).ended;

  // The environment says nothing: wrong input. Node and the bundle need some 70 MiB.
  expect(code).toBe(2);
  expect((await usage()).peakMiB).toBeLessThan(150);
  expect(ballast.at(-1)).toBe(1);
});
