import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPLICA } from '../../local/demonstration.ts';
import type { DeadLetter } from '../../local/lambda/asynchronous.ts';
import { type Invocation, LocalFunction } from '../../local/lambda/functions.ts';
import type { ComparisonQuestion } from '../../replication/contract.ts';
import type { Replica } from '../../replication/settings.ts';
import { COMPILE_CACHE } from './compile-cache.ts';
import { aFolder } from './repository.ts';

export interface FunctionOptions {
  folder: string;
  replicas: readonly Replica[];
  env: Record<string, string>;
  account?: string;
  onOutput?: (line: string) => void;
  /** Of an asynchronous invocation that failed every time; its attempts come at once. */
  onDeadLetter?: (letter: DeadLetter) => void;
}

/** A Lambda function of `functions/` in a process of its own, with these replicas configured. */
export async function aFunction(options: FunctionOptions): Promise<LocalFunction> {
  const { folder, replicas, env, account = '111122223333', onOutput = () => {}, onDeadLetter } = options;
  const settings = join(await aFolder(), 'replication.json');
  await writeFile(settings, JSON.stringify({ replicas }));
  return new LocalFunction({
    arn: `arn:aws:lambda:ap-northeast-1:${account}:function:${folder}`,
    folder,
    env: {
      ...COMPILE_CACHE,
      AWS_REGION: 'ap-northeast-1',
      AWS_ACCESS_KEY_ID: 'AKIATEST',
      AWS_SECRET_ACCESS_KEY: 'test-secret',
      CCREPL_SETTINGS: settings,
      ...env,
    },
    onOutput,
    ...(onDeadLetter && { onDeadLetter, pauseMs: 0 }),
  });
}

/** What a function gave, or the failure that it ended with. */
export const outcomeOf = (invocation: Invocation) =>
  'failure' in invocation ? invocation.failure : JSON.parse(invocation.payload);

/** What the state machine asks `compare-heads`, about the demonstration's replica unless told otherwise. */
export const aQuestion = (changes: Partial<ComparisonQuestion> = {}): ComparisonQuestion => ({
  run: { replica: REPLICA.id },
  wantedSince: new Date().toISOString(),
  ...changes,
});

/** What a function has written: its lines come when they come, also after its answer. */
export class Written {
  readonly #lines: string[] = [];
  #more = Promise.withResolvers<void>();

  readonly onOutput = (line: string): void => {
    this.#lines.push(line);
    this.#more.resolve();
    this.#more = Promise.withResolvers<void>();
  };

  /** The first so many lines, read; waits for them. */
  async records(count: number): Promise<Record<string, unknown>[]> {
    while (this.#lines.length < count) await this.#more.promise;
    return this.#lines.map((line) => JSON.parse(line));
  }

  get text(): string {
    return this.#lines.join('\n');
  }
}
