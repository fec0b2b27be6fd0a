import { open, writeFile } from 'node:fs/promises';
import { printable } from '../../git/ref.ts';
import { parseArguments, type SmokeOptions, USAGE } from './arguments.ts';
import { agreed, announcement } from './consent.ts';
import { reportDocument } from './report/document.ts';
import { reportLines } from './report/lines.ts';
import { reportMarkdown } from './report/markdown.ts';
import { exitCodeOf, type Report } from './report/report.ts';
import { run, wantedOf } from './run.ts';
import { inventPair, removalOf } from './stage/throw-aways.ts';
import { onStopSignals } from './stop-signals.ts';

const stop = new AbortController();
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

// Who reads along may go away: that is no reason to leave repositories behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const code = await main().catch((error: unknown) => {
  tell(`error: ${printable((error as Error).message, 1000)}`);
  if (process.argv.includes('--json'))
    process.stdout.write(`${JSON.stringify({ exitCode: 2, error: (error as Error).message })}\n`);
  return 2;
});
// A check that was left behind may still wait for AWS.
process.exit(code);

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  // Before anything is made: a report that cannot be written is no reason to run at all.
  if (options.report !== undefined) await (await open(options.report, 'a')).close();
  const pair = inventPair(options.sourceRegion, options.destinationRegion);
  onStopSignals(stop, [removalOf(pair.source), removalOf(pair.destination)], tell);
  tell(announcement(pair, options, wantedOf(options).length).join('\n'));
  if (!(await agreed(options, { input: process.stdin, output: process.stderr }, stop.signal))) {
    throw new Error('nothing was made: expected the word "yes"');
  }
  const report = await run(options, pair, tell, stop.signal);
  await publish(report, options);
  return exitCodeOf(report);
}

async function publish(report: Report, { json, report: file }: SmokeOptions): Promise<void> {
  const lines = json
    ? [JSON.stringify(reportDocument(report), null, 2)]
    : reportLines(report, process.stdout.columns ?? Number.POSITIVE_INFINITY);
  await new Promise<void>((resolve) => process.stdout.write(`${lines.join('\n')}\n`, () => resolve()));
  if (file !== undefined) await writeFile(file, reportMarkdown(report));
}
