import { GitError } from '../../git/errors.ts';
import type { Stage } from './stage/stage.ts';
import { Unprepared } from './stage/unprepared.ts';

export type Result = 'as-expected' | 'different' | 'could-not-tell';

export const AREAS = [
  'reading',
  'pushing',
  'names',
  'fetching',
  'access',
  'the API',
  'triggers',
  'replication',
  'limits',
] as const;
export type Area = (typeof AREAS)[number];

/** An answer of real CodeCommit to one question. */
export interface Finding {
  result: Result;
  /** What was seen; the server's own words where they matter. */
  found: string;
  /** In place of what the check says of its result. */
  means?: string;
  /** The option without which the question is not asked. */
  needs?: string;
}

/** One question that only real CodeCommit can answer. */
export interface Check {
  name: string;
  area: Area;
  question: string;
  /** What ccrepl relies on, or takes either way. */
  expects: string;
  /** What a user has from the answer. */
  means: { asExpected: string; different: string };
  run(stage: Stage): Promise<Finding>;
}

export const asExpected = (found: string, means?: string): Finding => ({
  result: 'as-expected',
  found,
  ...(means && { means }),
});

export const different = (found: string, means?: string): Finding => ({
  result: 'different',
  found,
  ...(means && { means }),
});

export const couldNotTell = (found: string): Finding => ({ result: 'could-not-tell', found });

/** For a question that costs something, and is asked only on request. */
export const notAsked = (needs: string): Finding => ({
  result: 'could-not-tell',
  found: `not asked: it needs ${needs}`,
  needs,
});

export const tell = (good: boolean, found: string): Finding => (good ? asExpected(found) : different(found));

/** Failures that say nothing about the question: of rights, of the network, of a look-alike that does not support the operation. */
const SAYS_NOTHING: ReadonlySet<string> = new Set([
  'unauthorized',
  'connection',
  'timeout',
  'tls',
  'throttled',
  'server-error',
]);

/** What an error means that a check did not reckon with: the server's refusal is an answer, a failure on the way is none. */
export function findingOf(error: unknown): Finding {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof GitError && !SAYS_NOTHING.has(error.code) && error.code !== 'input') return different(said);
  const isOurs = error instanceof GitError || error instanceof Unprepared || isReplicationError(error);
  return couldNotTell(isOurs ? said : `a defect of this check: ${said}`);
}

const isReplicationError = (error: unknown): boolean => error instanceof Error && error.name === 'ReplicationError';
