import { randomBytes } from 'node:crypto';
import { GitError } from '../../../git/errors.ts';
import { pushesIn, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();
const MiB = 2 ** 20;

it('F12: a destination that reads a kilobyte a second holds the source back, until the deadline ends the run', async () => {
  // Every byte is another: the pack is as long as this.
  await stage.move(randomBytes(12 * MiB).toString('base64'));
  const deadline = new AbortController();
  const timeIsUp = () => deadline.abort(new GitError('timeout', 'the run did not end within 3300 s'));

  const seen = await stage.observeFailure({
    destination: [
      { service: 'git-receive-pack', phase: 'request', at: { byte: 1000 }, act: { do: 'drip', bytes: 1024, ms: 1000 } },
      { service: 'git-receive-pack', phase: 'request', at: { byte: 4096 }, act: { do: 'hook', name: 'timeIsUp' } },
      // What is still under way is read fast then, so that the proxy sees that nobody is there any more.
      { service: 'git-receive-pack', phase: 'request', at: { byte: 4097 }, act: { do: 'drip', bytes: MiB, ms: 0 } },
    ],
    hooks: () => ({ timeIsUp }),
    remote: { signal: deadline.signal },
  });

  expect(seen.happened.destination).toEqual([1, 1, 1]);
  expect(seen.result.error).toMatchObject({ code: 'transient', message: 'the run did not end within 3300 s' });
  expect(pushesIn(seen).map(({ whole }) => whole)).toEqual([false]);
  // Of 12 MiB and more: what the sockets on the way hold, and no more.
  expect(seen.bytesReceived.source).toBeLessThan(10 * MiB);
  const healed = await stage.observe();
  expect(healed.bytesReceived.source).toBeGreaterThan(12 * MiB);
  await stage.expectWhole(healed);
});

it('F12: a push that is slow to no end is ended by its own limit of time', async () => {
  await stage.move(randomBytes(150_000).toString('hex'));
  let now = 0;

  const seen = await stage.observeFailure({
    destination: [{ service: 'git-receive-pack', phase: 'request', act: { do: 'drip', bytes: 4096, ms: 1 } }],
    options: {
      pushMs: 60_000,
      now: () => {
        now += 8_000;
        return now;
      },
    },
  });

  expect(seen.result.error).toMatchObject({
    code: 'transient',
    message: expect.stringMatching(/^destination http.* the push did not end within 60 s$/),
  });
  expect(pushesIn(seen).map(({ whole }) => whole)).toEqual([false]);
  await stage.heal();
});

it('F12: a proxy that keeps the whole push until its end changes nothing', async () => {
  await stage.move(randomBytes(MiB).toString('base64'));

  const seen = await stage.observe({ destination: [{ service: 'git-receive-pack', act: { do: 'buffer' } }] });

  expect(seen.happened.destination).toEqual([1]);
  await stage.expectWhole(seen);
});
