import { whyTooBig } from '../../../container/relay/outcome.ts';
import type { Check } from '../check.ts';
import { asExpected, different, notAsked } from '../check.ts';
import { bigCommit } from '../objects/big-commit.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

export const bigPush: Check = {
  name: 'big-push',
  area: 'limits',
  question:
    'Is there a limit of size or time for a push, how does it show, and how long is the server silent after the last byte?',
  expects: 'the push is written, or it fails in a way that ccrepl knows for "too big", and then sends less',
  means: {
    asExpected: 'a push of this size goes through, or is brought in steps',
    different: 'ccrepl does not understand this limit: a first replication of such a size fails; seed it once by hand',
  },
  run: async (stage) => {
    const { bigMegabytes } = stage.asked;
    if (bigMegabytes === undefined) return notAsked('--big MB, such as --big 500');
    const { tip, objects, packBytes, chunks } = await bigCommit(bigMegabytes, stage.id);
    const command = creation('refs/heads/big-push', tip);
    const started = Date.now();
    let lastByte = started;
    let carried = 0;
    const sent = await stage.source.send([command], async function* () {
      for await (const chunk of chunks()) {
        carried += chunk.length;
        yield chunk;
        lastByte = Date.now();
      }
    });
    const answered = Date.now();
    const after = await stage.source.read();
    const times = `${Math.round(carried / 1e6)} of ${Math.round(packBytes / 1e6)} MB in ${seconds(lastByte - started)}, and the answer ${seconds(answered - lastByte)} after the last byte`;
    if (isDone(command, after)) return asExpected(`written: ${times}`);
    const why = whyTooBig({ ...sent, sourceFailed: false, packBytes: carried, objects });
    const found = `${times}: "${wordsFor(command.ref, sent)}"`;
    return why === undefined ? different(found) : asExpected(`known for too big: ${found}`);
  },
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
