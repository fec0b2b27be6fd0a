import { setTimeout } from 'node:timers/promises';
import {
  GetRepositoryTriggersCommand,
  PutRepositoryTriggersCommand,
  type RepositoryTrigger,
} from '@aws-sdk/client-codecommit';
import { ReplicationError } from '../../replication/errors.ts';
import type { Ask } from './ask.ts';
import { missingIn, sameTriggers, type Triggers } from './trigger-list.ts';

/** The list as it should be; undefined if it is so already. May throw. */
export type Change = (found: Triggers) => Triggers | undefined;

/** What became of a list of triggers. */
export interface Rewritten {
  puts: number;
  triggers: Triggers;
  /** Of what was written, what somebody else took away or changed before it was read again. */
  takenAway: Triggers;
}

/** With two readings each, and the patience of each question, these are five and a half minutes at most, and pauses. */
const PUTS_MAX = 5;

/** Lets other writers end, and keeps two of us from meeting again and again. */
export const randomPause = (puts: number): Promise<void> => setTimeout(Math.random() * 1000 * puts);

/**
 * Reads, changes and writes all triggers of a repository, until a reading after the last write shows what was wanted. CodeCommit
 * replaces the whole list and takes no condition. So what somebody writes after us is seen and begun from anew; but what somebody
 * writes between our reading and our write, one round trip, is lost, and nothing shows it.
 *
 * @throws ReplicationError `conflict`, and whatever `change` and `ask` throw
 */
export async function rewriteTriggers(
  repositoryName: string,
  change: Change,
  { ask, pause }: { ask: Ask; pause: (puts: number) => Promise<void> },
): Promise<Rewritten> {
  const read = async (): Promise<Triggers> => {
    const command = new GetRepositoryTriggersCommand({ repositoryName });
    const { triggers = [] } = await ask('GetRepositoryTriggers', (client, abort) => client.send(command, abort));
    return triggers;
  };
  let found = await read();
  const written: RepositoryTrigger[] = [];
  for (let puts = 0; ; ) {
    const wanted = change(found);
    if (wanted === undefined) return { puts, triggers: found, takenAway: missingIn(found, written) };
    if (puts === PUTS_MAX) {
      throw new ReplicationError(
        'conflict',
        `the triggers of the repository "${repositoryName}" were written ${puts} times, and each time were others when they were read again: expected nobody else to write them now. Deploy again when nobody does`,
      );
    }
    const command = new PutRepositoryTriggersCommand({ repositoryName, triggers: [...wanted] });
    await ask('PutRepositoryTriggers', (client, abort) => client.send(command, abort));
    puts += 1;
    written.push(...wanted);
    found = await read();
    if (sameTriggers(found, wanted)) return { puts, triggers: found, takenAway: missingIn(found, written) };
    await pause(puts);
    found = await read();
  }
}
