import { randomBytes } from 'node:crypto';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { pushesIn, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

/** A pack that is long enough to be pushed already when it breaks. */
const aLongPack = () => stage.move(randomBytes(150_000).toString('base64'));
const service = 'git-upload-pack';
const closed: Fault = { service, phase: 'answer', at: { byte: 100_000 }, act: { do: 'close' } };
const announced: Fault = {
  service,
  phase: 'head',
  act: { do: 'answer', headers: { 'Content-Length': '10000000' } },
};

it.each<[string, Fault[]]>([
  ['has no last chunk', [closed]],
  ['is shorter than its Content-Length', [announced, closed]],
  ['breaks with a reset', [{ ...closed, act: { do: 'reset' } }]],
])('F02: a pack that %s ends the push without an end, and the next run plans afresh', async (_what, source) => {
  await aLongPack();

  const seen = await stage.observeFailure({ source });

  expect(seen.happened.source).toEqual(source.map(() => 1));
  expect(seen.result).toMatchObject({
    error: { code: 'transient', retryable: true, message: expect.stringMatching(/^source http/) },
    heads: [{ ref: 'refs/heads/main', status: 'not-written' }],
  });
  expect(pushesIn(seen).map(({ whole }) => whole)).toEqual([false]);
  // What comes meanwhile is carried too.
  await stage.move();
  await stage.heal();
});
