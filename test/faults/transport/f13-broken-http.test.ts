import type { Fault } from '../../support/fault-proxy/fault.ts';
import { LIST_OF, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const BROKEN: [string, string][] = [
  [
    'a length and chunks both',
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n0000\r\n0\r\n\r\n',
  ],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n0000'],
  ['a chunk of no size', `${CHUNKED}zz\r\n0000\r\n0\r\n\r\n`],
  ['a chunk of no size after a good one', `${CHUNKED}4\r\n001e\r\n-1\r\n`],
  ['a header line of 64 KiB', `HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(65_536)}\r\n\r\n0000`],
  ['no HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n'],
  [
    'a second answer behind the first',
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nzzzzHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  ],
];
const QUESTIONS: [SideName, Omit<Fault, 'act'>][] = [
  ['source', { service: 'info/refs', of: LIST_OF.source }],
  ['destination', { service: 'info/refs', of: LIST_OF.destination }],
  ['source', { service: 'git-upload-pack' }],
];

const CASES = BROKEN.map(([what, text], n) => {
  const [side, fault] = QUESTIONS[n % QUESTIONS.length] as (typeof QUESTIONS)[number];
  return { what, text, side, fault };
});

it.each(CASES)(
  'F13: an answer with $what is asked for once more, on another connection',
  async ({ text, side, fault }) => {
    const seen = await stage.observe({ [side]: [{ ...fault, times: 1, act: { do: 'raw', text } }] });

    expect(seen.happened[side]).toEqual([1]);
    const asked = seen.seen[side];
    const broken = asked.findIndex(({ service, path }) => service === fault.service && path.includes(fault.of ?? ''));
    const later = asked.slice(broken + 1).map(({ connection }) => connection);
    expect(later.length).toBeGreaterThan(0);
    expect(later).not.toContain(asked[broken]?.connection);
    await stage.expectWhole(seen);
  },
);

it.each(CASES)('F13: answers with $what each time are a broken protocol', async ({ text, side, fault }) => {
  const seen = await stage.observeFailure({ [side]: [{ ...fault, act: { do: 'raw', text } }] });

  expect(seen.happened[side]).toEqual([2]);
  expect(seen.result.error).toMatchObject({
    code: 'protocol',
    retryable: false,
    message: expect.stringMatching(new RegExp(`^${side} http`)),
  });
  expect(seen.result.error?.message.length).toBeLessThan(500);
  await stage.heal();
});
