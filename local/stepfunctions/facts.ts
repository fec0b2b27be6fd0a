import { outputOf } from '../../replication/execution.ts';
import type { Execution } from './machine.ts';

/** The state that starts a task. */
const TASK_STATE = 'Replicate';

/** What an execution of `replicate` was started with, as far as it can be read: somebody may have typed it. */
const inputOf = ({ input }: Execution): Record<string, unknown> => {
  const value: unknown = JSON.parse(input);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
};

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

export const replicaOf = (execution: Execution): string | undefined => textIn(inputOf(execution)['replica']);

/** The execution that started this one, such as a sweep's. */
export const startedBy = (execution: Execution): string | undefined =>
  textIn(inputOf(execution)['AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID']);

/** `replicated`, `coalesced`, …; undefined for one that has not ended well. */
export const outcomeOf = (execution: Execution): string | undefined => textIn(outputOf(execution)['outcome']);

export const tasksOf = ({ states }: Execution): number => states.filter((state) => state === TASK_STATE).length;

export const secondsOf = ({ startDate, stopDate }: Execution): number =>
  ((stopDate?.getTime() ?? startDate.getTime()) - startDate.getTime()) / 1000;
