import { randomBytes } from 'node:crypto';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import type { Packet } from '../../support/fault-proxy/packets.ts';
import { git } from '../../support/repository.ts';
import { pushesIn, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();
beforeEach(() => stage.move(randomBytes(150_000).toString('base64')));

/** Side-band data from the second half of the pack on is gone; the framing and its flush are whole. */
function truncated(packets: Packet[]): Packet[] {
  const isData = (packet: Packet) => packet !== 'flush' && packet[0] === 1;
  const data = packets.filter(isData);
  const kept = new Set(data.slice(0, Math.ceil(data.length / 2)));
  return packets.filter((packet) => !isData(packet) || kept.has(packet));
}

const shortened: Fault = { service: 'git-upload-pack', phase: 'answer', act: { do: 'rewrite', packets: truncated } };

it('F03: a pack that is truncated inside well-formed framing is found out before its end is sent, and asked for once more', async () => {
  const seen = await stage.observe({ source: [{ ...shortened, times: 1 }] });

  expect(seen.happened.source).toEqual([1]);
  expect(seen.result.rounds).toBe(2);
  expect(pushesIn(seen).map(({ whole }) => whole)).toEqual([false, true]);
  await stage.expectWhole(seen);
});

it('F03: a pack that is truncated inside well-formed framing each time is the source’s failure after two tries', async () => {
  const seen = await stage.observeFailure({ source: [shortened] });

  expect(seen.happened.source).toEqual([2]);
  expect(seen.result).toMatchObject({
    error: { code: 'source-corrupt', message: expect.stringMatching(/^source http.* checksum does not match/) },
    heads: [{ ref: 'refs/heads/main', status: 'not-written' }],
  });
  expect(pushesIn(seen).map(({ whole }) => whole)).toEqual([false, false]);
  await stage.heal();
});

const lost: Fault = { service: 'git-receive-pack', phase: 'request', at: { byte: 100_000 }, act: { do: 'cut' } };

it('F03: a pack that is truncated on the way to the destination is refused there under HTTP 200, and sent once more', async () => {
  const seen = await stage.observe({ destination: [{ ...lost, times: 1 }] });

  expect(seen.happened.destination).toEqual([1]);
  expect(pushesIn(seen)).toHaveLength(2);
  await stage.expectWhole(seen);
});

it('F03: a pack that is truncated on the way to the destination each time is never said to be replicated', async () => {
  const seen = await stage.observe({ destination: [lost] });

  expect(seen.violations).toEqual([]);
  expect(seen.happened.destination).toEqual([2]);
  expect(seen.result).toMatchObject({
    result: 'incomplete',
    error: { code: 'partial' },
    heads: [
      { status: 'rejected', reason: expect.stringMatching(/^the destination said: unpacker error .*abnormal exit/) },
    ],
  });
  expect(seen.chronicle.after).toEqual(seen.chronicle.before);
  await stage.heal();
});

it('F03: the same of a first replication, whose pack relies on nothing', async () => {
  await git(stage.two.destinationPath, 'update-ref', '-d', 'refs/heads/main');

  const seen = await stage.observe({ destination: [{ ...lost, times: 1 }] });

  expect(seen.happened.destination).toEqual([1]);
  expect(pushesIn(seen)).toHaveLength(2);
  await stage.expectWhole(seen);
});
