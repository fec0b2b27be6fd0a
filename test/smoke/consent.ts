import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import type { SmokeOptions } from './arguments.ts';
import { MANY } from './stage/stage.ts';
import type { Pair } from './stage/throw-aways.ts';

/** What will be made, before anything is. */
export function announcement(pair: Pair, options: SmokeOptions, checks: number): string[] {
  const both = [pair.source, pair.destination].map(({ region, repository }) => `  ${region}  ${repository}`);
  return [
    `${checks} ${checks === 1 ? 'check' : 'checks'} on the AWS account of your credentials. This makes two CodeCommit repositories, and touches no other:`,
    ...both,
    `with up to ${MANY.toLocaleString('en')} small branches and some hundred requests${options.bigMegabytes === undefined ? '' : `, and ${options.bigMegabytes} MB in one push`}: cents at most.`,
    `One check signs wrongly and one uses an access key that nobody has, which CloudTrail may show.`,
    ...(options.topic === undefined ? [] : [`A test event is sent to ${options.topic}.`]),
    options.keep
      ? 'They are kept at the end (--keep).'
      : 'Both are removed at the end, also after a failure or Ctrl-C.',
  ];
}

/** Where a person may be asked. */
export interface Terminal {
  input: Readable & { isTTY?: boolean };
  output: Writable;
}

/** Whether a person has agreed. @throws Error where nobody can be asked */
export async function agreed(
  { yes }: SmokeOptions,
  { input, output }: Terminal,
  signal: AbortSignal,
): Promise<boolean> {
  if (yes) return true;
  if (input.isTTY !== true) {
    throw new Error('nothing was made: there is no terminal to ask on; if this is wanted, give --yes');
  }
  const asking = createInterface({ input, output });
  try {
    return (await asking.question('Type "yes" to go on: ', { signal })).trim() === 'yes';
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    asking.close();
  }
}
