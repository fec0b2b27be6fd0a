import { setTimeout as pause } from 'node:timers/promises';
import { GetBranchCommand } from '@aws-sdk/client-codecommit';
import type { Oid } from '../../../git/oid.ts';
import { refFromText } from '../../../git/ref.ts';
import type { Check } from '../check.ts';
import { different, tell } from '../check.ts';
import type { Place } from '../stage/place.ts';
import { wordsFor } from '../wire/push.ts';

const TRIES = 10;
const WAIT_MS_MAX = 30_000;
const NAME = 'read-after-push';

export const readAfterPush: Check = {
  name: NAME,
  area: 'pushing',
  question: `Does the next reading after a push show it, by receive-pack, by upload-pack and by the API? (${TRIES} tries)`,
  expects: 'the first reading of each shows it, every time',
  means: {
    asExpected: 'what a run reports as written is there for everybody',
    different:
      'a run may report heads as not written that are, and the next run sees it; the times say how long to wait',
  },
  run: async (stage) => {
    const { source } = stage;
    const ref = refFromText(`refs/heads/${NAME}`);
    let old: Oid | undefined;
    let [late, longest] = [0, 0];
    for (let n = 1; n <= TRIES; n++) {
      const { tip, objects } = stage.change(`${NAME} ${n}`, old === undefined ? [] : [old]);
      const sent = await source.send([{ ref, old, new: tip }], objects);
      const words = wordsFor(ref, sent);
      if (words !== 'ok') return different(`push ${n} was not taken: "${words}"`);
      for (const view of VIEWS) {
        const { readings, ms } = await untilSeen(() => view(source), tip);
        if (ms === undefined) return different(`push ${n} was not seen within ${WAIT_MS_MAX / 1000} s`);
        if (readings > 1) late += 1;
        longest = Math.max(longest, ms);
      }
      old = tip;
    }
    const times = `${TRIES * VIEWS.length} first readings, ${late} of them too early`;
    return tell(late === 0, `${times}; the longest took ${longest} ms until it was seen`);
  },
};

const VIEWS: readonly ((place: Place) => Promise<string | undefined>)[] = [
  async ({ remote }) => (await remote.advertisement('git-receive-pack')).refs.get(refFromText(`refs/heads/${NAME}`)),
  async ({ remote }) => (await remote.advertisement('git-upload-pack')).refs.get(refFromText(`refs/heads/${NAME}`)),
  async ({ api, repositoryName }) => {
    const command = new GetBranchCommand({ repositoryName, branchName: NAME });
    return (await api.ask('GetBranch', (client, abort) => client.send(command, abort))).branch?.commitId;
  },
];

async function untilSeen(
  look: () => Promise<string | undefined>,
  wanted: Oid,
): Promise<{ readings: number; ms: number | undefined }> {
  const started = Date.now();
  for (let readings = 1; Date.now() - started < WAIT_MS_MAX; readings++) {
    if ((await look()) === wanted) return { readings, ms: Date.now() - started };
    await pause(100);
  }
  return { readings: 0, ms: undefined };
}
