import { randomBytes } from 'node:crypto';
import { encodePushCommands } from '../../../git/protocol/push-request.ts';
import type { Check } from '../check.ts';
import { asExpected, different } from '../check.ts';
import { changeOf } from '../objects/change.ts';
import { packOf } from '../objects/pack.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';
import { describeAnswer } from '../wire/raw.ts';

/** More than stock git sends with a length (http.postBuffer, 1 MiB). */
const BYTES = 1_500_000;

export const chunkedPush: Check = {
  name: 'chunked-push',
  area: 'pushing',
  question: "Does receive-pack take a chunked request of Node's, small and of more than 1 MiB?",
  expects: 'both are written, and reported as such',
  means: {
    asExpected: 'packs stream through ccrepl without a disk',
    different: 'ccrepl cannot push to CodeCommit at all: do not use it, and report this',
  },
  run: async (stage) => {
    const { source } = stage;
    const big = changeOf(randomBytes(BYTES), [], 'chunked-push, big');
    const small = stage.change('chunked-push, small');
    const found: string[] = [];
    let good = true;
    for (const [label, { tip, objects }] of [
      ['small', small],
      ['big', big],
    ] as const) {
      const command = creation(`refs/heads/chunked-push/${label}`, tip);
      const pushed = await source.push([command], objects);
      good &&= isDone(command, pushed.after);
      found.push(`${label}: "${wordsFor(command.ref, pushed)}"`);
    }
    if (good) return asExpected(found.join(' | '));
    const again = creation('refs/heads/chunked-push/length', small.tip);
    const body = Buffer.concat([encodePushCommands([again], await source.read()), packOf(small.objects)]);
    const headers = { 'Content-Type': 'application/x-git-receive-pack-request' };
    const whole = await source.raw('git-receive-pack', { method: 'POST', headers, body });
    return different(`${found.join(' | ')} | the small one with its length: ${describeAnswer(whole)}`);
  },
};
