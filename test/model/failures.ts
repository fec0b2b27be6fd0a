import { isObject, type Json, type JsonObject } from './json.ts';
import { NotModelled } from './paths.ts';

/** What a task failed with. */
export type Failure = { Error: string; Cause: string };

export interface Catcher {
  names: readonly string[];
  resultPath: string | null;
  next: string;
}

export interface Retrier {
  names: readonly string[];
  attempts: number;
}

const RETRIER_FIELDS = [
  'ErrorEquals',
  'IntervalSeconds',
  'MaxAttempts',
  'BackoffRate',
  'MaxDelaySeconds',
  'JitterStrategy',
];
const CATCHER_FIELDS = ['ErrorEquals', 'ResultPath', 'Next'];

export const parseRetriers = (list: Json | undefined): Retrier[] =>
  entries(list, RETRIER_FIELDS).map((entry) => ({
    names: entry['ErrorEquals'] as string[],
    attempts: (entry['MaxAttempts'] as number | undefined) ?? 3,
  }));

export const parseCatchers = (list: Json | undefined): Catcher[] =>
  entries(list, CATCHER_FIELDS).map((entry) => ({
    names: entry['ErrorEquals'] as string[],
    resultPath: entry['ResultPath'] === undefined ? '$' : (entry['ResultPath'] as string | null),
    next: entry['Next'] as string,
  }));

/** Errors of the definition itself: no wildcard stands for them. */
const FATAL = ['States.Runtime', 'States.DataLimitExceeded'];

/** The first that names the error decides. Two names are wildcards; only one of them stands for a timeout. */
export function firstFor<T extends { names: readonly string[] }>(list: readonly T[], error: string): T | undefined {
  const matches = (name: string): boolean =>
    name === error ||
    (!FATAL.includes(error) && (name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout')));
  return list.find(({ names }) => names.some(matches));
}

function entries(list: Json | undefined, known: readonly string[]): JsonObject[] {
  if (list === undefined) return [];
  return (list as readonly Json[]).map((entry) => {
    if (!isObject(entry)) throw new NotModelled(JSON.stringify(entry));
    const unknown = Object.keys(entry).filter((field) => !known.includes(field));
    if (unknown.length > 0) throw new NotModelled(`${unknown.join()} of a Retry or Catch`);
    return entry;
  });
}
