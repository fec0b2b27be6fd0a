import { gzipSync } from 'node:zlib';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { LIST_OF, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

const QUESTIONS: [SideName, Omit<Fault, 'act'>][] = [
  ['source', { service: 'info/refs', of: LIST_OF.source }],
  ['destination', { service: 'info/refs', of: LIST_OF.destination }],
  ['source', { service: 'git-upload-pack' }],
  ['destination', { service: 'git-receive-pack' }],
];

it.each([100, 103] as const)('F14: interim answers (%i) before any answer are passed over', async (status) => {
  const seen = await stage.observe({
    source: [{ act: { do: 'interim', status } }],
    destination: [{ act: { do: 'interim', status } }, { phase: 'head', act: { do: 'interim', status } }],
  });

  expect(seen.happened.source).toEqual([seen.seen.source.length]);
  expect(seen.happened.destination).toEqual([seen.seen.destination.length, seen.seen.destination.length]);
  await stage.expectWhole(seen);
});

const encoded = (encoding: string): Fault['act'] => ({
  do: 'answer',
  headers: { 'Content-Encoding': encoding },
  body: gzipSync('0000').toString('latin1'),
});

describe.each(QUESTIONS)('F14: an answer of the %s (%j)', (side, fault) => {
  it('that is encoded, unasked, is refused and never read as git', async () => {
    const encoding = fault.of === 'git-receive-pack' ? 'br' : 'gzip';
    const seen = await stage.observe({ [side]: [{ ...fault, phase: 'head', act: encoded(encoding) }] });

    expect(seen.seen[side].every(({ headers }) => headers['accept-encoding'] === 'identity')).toBe(true);
    if (fault.service === 'git-receive-pack') {
      // The push was taken all the same: what the destination shows decides.
      expect(seen.happened[side]).toEqual([1]);
      return stage.expectWhole(seen);
    }
    expect(seen.violations).toEqual([]);
    expect(seen.happened[side]).toEqual([2]);
    const message = expect.stringMatching(
      new RegExp(`^${side} http.*encoded as "${encoding}", which we did not ask for`),
    );
    expect(seen.result).toMatchObject({ result: 'failed', error: { code: 'protocol', message } });
    await stage.heal();
  });

  it('that is encoded once is asked for once more', async () => {
    const seen = await stage.observe({ [side]: [{ ...fault, times: 1, phase: 'head', act: encoded('gzip') }] });

    expect(seen.happened[side]).toEqual([1]);
    await stage.expectWhole(seen);
  });
});
