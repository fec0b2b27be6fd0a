import { setTimeout as pause } from 'node:timers/promises';
import type { Check, Finding } from '../check.ts';
import { notAsked, tell } from '../check.ts';
import { packOf } from '../objects/pack.ts';
import type { Stage } from '../stage/stage.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

const MINUTES = 16;
const PIECES = 64;

export const longRequest: Check = {
  name: 'long-request',
  area: 'limits',
  question: 'May a request run longer than 15 minutes, the life of the password that it was begun with?',
  expects: 'it is written: the password is looked at when a request begins',
  means: {
    asExpected: 'a push may take as long as it takes, up to the 20 minutes that ccrepl allows it',
    different:
      'a push that takes over 15 minutes fails, and ccrepl sends less the next time; see after how long it broke',
  },
  run: async (stage) =>
    stage.asked.slow ? slowPush(stage, MINUTES * 60_000) : notAsked(`--slow: it takes ${MINUTES} minutes`),
};

/** A push whose pack trickles for so long. */
export async function slowPush(stage: Stage, ms: number): Promise<Finding> {
  const { tip, objects } = stage.change('long-request');
  const pack = packOf(objects);
  const command = creation('refs/heads/long-request', tip);
  const started = Date.now();
  const size = Math.ceil(pack.length / PIECES);
  const sent = await stage.source.send([command], async function* () {
    for (let at = 0; at < pack.length; at += size) {
      yield pack.subarray(at, at + size);
      await pause(ms / PIECES, undefined, { signal: stage.signal });
    }
  });
  const took = `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const done = isDone(command, await stage.source.read());
  return tell(done, `${done ? 'written' : 'not written'} after ${took}: "${wordsFor(command.ref, sent)}"`);
}
