import type { Fault } from '../../support/fault-proxy/fault.ts';
import { bodyOf } from '../../support/fault-proxy/packets.ts';
import { LIST_OF, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

const said = bodyOf([Buffer.from('ERR server-side error\x1b[2J\r\n')]).toString('latin1');

it.each<[string, SideName, Omit<Fault, 'act'>]>([
  ['a list of the source', 'source', { service: 'info/refs', of: LIST_OF.source }],
  ['a list of the destination', 'destination', { service: 'info/refs', of: LIST_OF.destination }],
  ['a pack', 'source', { service: 'git-upload-pack' }],
  ['a report', 'destination', { service: 'git-receive-pack' }],
])(
  'F05: an error that a server says under HTTP 200 instead of %s is shown in its words, and may pass',
  async (_what, side, fault) => {
    const seen = await stage.observeFailure({
      [side]: [{ ...fault, act: { do: 'answer', status: 200, body: said } }],
    });

    expect(seen.happened[side]).toEqual([1]);
    const message = expect.stringMatching(
      new RegExp(`^${side} http\\S+ the server said: server-side error\\\\u\\{1b\\}\\[2J`),
    );
    expect(seen.result.error).toMatchObject({ code: 'transient', retryable: true, message });
    await stage.heal();
  },
);
