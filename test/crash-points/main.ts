import { removeFolders } from '../support/repository.ts';
import { parseArguments, USAGE } from './arguments.ts';
import { runCampaign } from './campaign.ts';
import { tableLines } from './table.ts';

const PROGRESS_EVERY = 50;

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  return 2;
});
await removeFolders();

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const onProgress = (done: number, of: number, plan: string) => {
    if (done % PROGRESS_EVERY === 0 || done === of) process.stderr.write(`${done} of ${of} points: ${plan}\n`);
  };
  const stop = new AbortController();
  // What was found until then is worth its time.
  process.once('SIGINT', () => stop.abort());
  const onViolation = (violation: string) => process.stderr.write(`${violation}\n`);
  process.stdout.write(`seed ${options.seed}\n`);
  const report = await runCampaign({ ...options, onProgress, onViolation, stop: stop.signal });
  const { violations } = report;
  process.stdout.write(`${[...tableLines(report), `${violations.length} violations`, ...violations].join('\n')}\n`);
  return violations.length === 0 ? 0 : 1;
}
