import { randomBytes } from 'node:crypto';
import { regionOf } from '../../aws/caller.ts';
import { defaultCredentials } from '../../aws/credentials.ts';
import { type Executions, openExecutions } from '../../aws/executions.ts';
import { printable } from '../../git/ref.ts';
import type { Screen } from '../../local/terminal/screen.ts';
import { asReplicationError } from '../../replication/errors.ts';
import { type Execution, resultOf } from '../../replication/execution.ts';
import { durationOf } from '../../replication/notice/times.ts';
import type { StartArguments } from '../arguments/start.ts';
import { failureToJson } from '../failure.ts';
import { describeEnd, endToJson } from '../text/execution.ts';
import { pauseUnless, waitForAnswer } from '../wait.ts';

type Options = StartArguments & { json: boolean };
type Started = Awaited<ReturnType<Executions['start']>>;

/** Executions that we started, and that left their work to another. */
type Left = { execution: string; leftTo: string | null }[];

const EXIT_CODE = { succeeded: 0, unproven: 1, drifted: 1, failed: 2, unknown: 2 } as const;

/** Starts an execution, and perhaps waits until one has answered; 0 started or proven in sync, 1 drift or not proven, 2 failed or not known. */
export async function start(options: Options, screen: Screen, signal: AbortSignal): Promise<number> {
  const region = regionOf(options.region, process.env);
  const executions = await openExecutions({ region, load: defaultCredentials(), signal });
  try {
    const machine = options.stateMachine ?? (await executions.find(options.machine));
    const begin = async (says: string): Promise<Started> => {
      const started = await executions.start(machine, nameFor(options), options.input);
      if (!options.json) say([says, ...[started.arn, started.consoleUrl ?? []].flat().map((one) => `  ${one}`)]);
      return started;
    };
    const started = await begin('Started:');
    if (options.wait) return await waitFor(started, () => begin('Started again:'), executions, options, screen, signal);
    if (options.json) say([asDocument('started', started)]);
    else say([`To see how it ends: ${statusCommand(options)}, or start with --wait.`]);
    return 0;
  } finally {
    executions.close();
  }
}

async function waitFor(
  first: Started,
  again: () => Promise<Started>,
  executions: Executions,
  { json }: Options,
  screen: Screen,
  signal: AbortSignal,
): Promise<number> {
  const since = new Date().toISOString();
  const left: Left = [];
  let last = first;
  const before = () => {
    const others = left.filter(({ execution }) => execution !== last.arn);
    return others.length > 0 && { before: others };
  };
  let end: Execution;
  try {
    const next = async () => {
      screen.settle();
      last = await again();
      return last.arn;
    };
    end = await waitForAnswer(first.arn, next, {
      describe: (arn) => executions.describe(arn),
      pause: pauseUnless(signal),
      onRunning: (arn) => {
        const age = durationOf(since, new Date().toISOString()) || '0 seconds';
        const at = arn === last.arn ? 'Running' : `Left to ${printable(arn.split(':').at(-1) ?? '')}, running`;
        if (!json) screen.transient(`${at} for ${age} …`);
      },
      onLeft: (execution, holder) => {
        left.push({ execution, leftTo: holder ?? null });
        screen.settle();
        if (!json) say(['Left to the execution that was at work:', `  ${printable(holder ?? 'not named')}`]);
      },
    });
  } catch (caught) {
    // The execution has been started: a script must not lose its name.
    const error = asReplicationError(caught);
    const goesOn = left.some(({ execution }) => execution === last.arn) ? '' : '; what was started goes on';
    screen.settle();
    if (json) say([asDocument('unknown', last, { ...before(), error: failureToJson(error) })]);
    else process.stderr.write(`error: ${error.message}${goesOn}\n`);
    return 2;
  }
  screen.settle();
  const result = resultOf(end);
  if (json) say([asDocument(result, last, { ...before(), ...endToJson(end) })]);
  else say([describeEnd(end)]);
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
