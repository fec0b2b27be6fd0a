import { randomBytes } from 'node:crypto';
import { regionOf } from '../../aws/caller.ts';
import { defaultCredentials } from '../../aws/credentials.ts';
import { type Executions, openExecutions } from '../../aws/executions.ts';
import type { Screen } from '../../local/terminal/screen.ts';
import { asReplicationError } from '../../replication/errors.ts';
import { type Execution, resultOf } from '../../replication/execution.ts';
import { durationOf } from '../../replication/notice/times.ts';
import type { StartArguments } from '../arguments/start.ts';
import { failureToJson } from '../failure.ts';
import { describeEnd, endToJson } from '../text/execution.ts';
import { pauseUnless, waitForEnd } from '../wait.ts';

type Options = StartArguments & { json: boolean };
type Started = Awaited<ReturnType<Executions['start']>>;

const EXIT_CODE = { succeeded: 0, drifted: 1, failed: 2 } as const;

/** Starts an execution, and perhaps waits for its end; 0 started or succeeded, 1 drift, 2 failed. */
export async function start(options: Options, screen: Screen, signal: AbortSignal): Promise<number> {
  const region = regionOf(options.region, process.env);
  const executions = await openExecutions({ region, load: defaultCredentials(), signal });
  try {
    const machine = options.stateMachine ?? (await executions.find(options.machine));
    const started = await executions.start(machine, nameFor(options), options.input);
    if (!options.json) say(['Started:', ...[started.arn, started.consoleUrl ?? []].flat().map((one) => `  ${one}`)]);
    if (options.wait) return await waitFor(started, executions, options, screen, signal);
    if (options.json) say([asDocument('started', started)]);
    else say([`To see how it ends: ${statusCommand(options)}, or start with --wait.`]);
    return 0;
  } finally {
    executions.close();
  }
}

async function waitFor(
  started: Started,
  executions: Executions,
  { json }: Options,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const since = new Date().toISOString();
  let end: Execution;
  try {
    end = await waitForEnd(started.arn, {
      describe: (arn) => executions.describe(arn),
      pause: pauseUnless(signal),
      onRunning: (arn) => {
        const age = durationOf(since, new Date().toISOString()) || '0 seconds';
        const at = arn === started.arn ? 'Running' : `Left to ${arn.split(':').at(-1)}, running`;
        if (!json) screen.transient(`${at} for ${age} …`);
      },
    });
  } catch (caught) {
    // The execution has been started, and goes on: a script must not lose its name.
    const error = asReplicationError(caught);
    screen.settle();
    if (json) say([asDocument('unknown', started, { error: failureToJson(error) })]);
    else process.stderr.write(`error: ${error.message}; what was started goes on\n`);
    return 2;
  }
  screen.settle();
  const result = resultOf(end);
  const isOurs = end.arn === started.arn;
  if (json) say([asDocument(result, started, { ...(!isOurs && { coalescedInto: end.arn }), ...endToJson(end) })]);
  else say([...(isOurs ? [] : ['Left to the execution that was at work:', `  ${end.arn}`]), describeEnd(end)]);
  return EXIT_CODE[result];
}

/** The name tells people in the console what it is; it makes the request safe to repeat. */
function nameFor(options: Options): string {
  const what = replicaOf(options) ?? 'sweep';
  return `${what.replace(/[^\w-]/g, '-').slice(0, 54)}-start-${randomBytes(8).toString('hex')}`;
}

const statusCommand = (options: Options): string => `ccrepl status ${replicaOf(options) ?? ''}`.trimEnd();

const replicaOf = ({ input }: Options): string | undefined => ('replica' in input ? input.replica : undefined);

const say = (lines: readonly string[]): boolean => process.stdout.write(`${lines.join('\n')}\n`);

const asDocument = (result: string, { arn, consoleUrl }: Started, more: object = {}): string =>
  JSON.stringify({ result, execution: arn, ...(consoleUrl !== undefined && { consoleUrl }), ...more }, null, 2);
