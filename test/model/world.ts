/** What somebody starts an execution for. A push starts one by itself. */
export type Purpose = 'sweep' | 'force' | 'confirm';

/** What can go wrong, each so many times in one exploration. */
export interface Faults {
  /** An execution is aborted at any step; its task is stopped, or goes on with nobody waiting for it. */
  crash: number;
  /** A write to the table, or a start of an execution, was done and its answer is lost: the state tries again. */
  lostAnswer: number;
  /** A write to the table fails as often as the state tries it, done or not done. */
  outage: number;
  /** Step Functions calls an execution running that has just been aborted. */
  staleAnswer: number;
  /** Step Functions does not know an execution that runs. */
  hiddenExecution: number;
  /** A task ends with exit code 10, 11 or 19, before its push or after it: another one is worth it. */
  failingTask: number;
  /** A task ends with exit code 13: no other task is worth it. */
  refusingTask: number;
  /** The state stops waiting for a task that goes on, or a second one is started because an answer was lost. */
  strayTask: number;
  /** One side cannot be read. */
  unreadable: number;
  /** A message cannot be sent. */
  mutedAlert: number;
}

export const NO_FAULTS: Faults = {
  crash: 0,
  lostAnswer: 0,
  outage: 0,
  staleAnswer: 0,
  hiddenExecution: 0,
  failingTask: 0,
  refusingTask: 0,
  strayTask: 0,
  unreadable: 0,
  mutedAlert: 0,
};

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

/** What a task or a comparison under way has read so far: the version of the destination, then that of the source. */
export interface Reading {
  destination: number;
  source?: number;
}

export interface Run {
  status: Status;
  /** The number of its state. */
  at: number;
  /** The number of its data. None when it has ended: nobody reads it any more. */
  data: number;
  reading?: Reading | undefined;
  /** Whether it has told people something, and not yet written that down. */
  unremembered: boolean;
  /** Whether it could tell people by no way. */
  muted: boolean;
  /** What it was answered when it asked whether the holder of the lease lives. */
  answer?: Status | undefined;
}

export interface World {
  /** Versions; a push to the source makes the next one. */
  source: number;
  destination: number;
  /** Pushes whose triggers have started no execution yet. */
  owed: number;
  /** Executions that somebody is going to start. */
  planned: readonly Purpose[];
  /** All executions that were ever started. */
  runs: readonly Run[];
  /** The number of the table's content. */
  table: number;
  /** Tasks whose execution has ended, or waits no more. */
  strays: readonly Reading[];
  /** What may still go wrong. */
  faults: Faults;
  /** The youngest version of the source that a comparison has read and answered with. */
  seen: number;
  /** The verdict that people were last told. */
  told: string;
  /** How often a verdict may be told again: somebody was told, and the execution ended before it could write that down. */
  excuses: number;
}

const STATUSES: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED'];
const PURPOSES: readonly Purpose[] = ['sweep', 'force', 'confirm'];
const VERDICTS = ['', 'in-sync', 'behind', 'unknown'];
const FAULTS = Object.keys(NO_FAULTS) as (keyof Faults)[];

/** Two worlds with the same key are the same. One character a number. */
export function keyOf(world: World): string {
  const { source, destination, owed, planned, runs, table, strays, faults, seen, told, excuses } = world;
  const numbers = [source, destination, owed, table, seen, VERDICTS.indexOf(told), excuses];
  let left = 0;
  for (const name of FAULTS) left = left * 3 + faults[name];
  numbers.push(left, planned.length, ...planned.map((purpose) => PURPOSES.indexOf(purpose)), runs.length);
  for (const { status, at, data, reading, unremembered, muted, answer } of runs) {
    const marks = STATUSES.indexOf(status) * 10 + (answer === undefined ? 0 : STATUSES.indexOf(answer) * 2 + 2);
    numbers.push(marks + (unremembered ? 1 : 0) + (muted ? 100 : 0), at, data);
    pushReading(numbers, reading);
  }
  for (const reading of strays) pushReading(numbers, reading);
  for (const number of numbers) if (number < 0 || number > 0xffff) throw new Error(`${number} is no part of a key`);
  return String.fromCharCode(...numbers);
}

function pushReading(numbers: number[], reading: Reading | undefined): void {
  numbers.push(
    reading === undefined ? 0 : reading.destination + 1,
    reading?.source === undefined ? 0 : reading.source + 1,
  );
}

export const isRunning = ({ status }: Run): boolean => status === 'RUNNING';

/** Nobody works, and nobody is going to: what was pushed so far should be there. More may be pushed later. */
export const isAtRest = ({ owed, planned, runs, strays }: World): boolean =>
  owed === 0 && planned.length === 0 && strays.length === 0 && !runs.some(isRunning);

/** The name by which executions know one another. */
export const nameOf = (run: number): string => `e${run + 1}`;
export const runNamed = (name: string): number => Number(name.slice(1)) - 1;

export const withRun = (world: World, index: number, run: Run): World => ({
  ...world,
  runs: world.runs.with(index, run),
});

/** The world after one more fault of a kind, or undefined if there may be no more. */
export const withFault = (world: World, fault: keyof Faults): World | undefined =>
  world.faults[fault] > 0 ? { ...world, faults: { ...world.faults, [fault]: world.faults[fault] - 1 } } : undefined;
