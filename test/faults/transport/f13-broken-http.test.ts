import type { Fault } from '../../support/fault-proxy/fault.ts';
import { readRefs } from '../../support/oracle/refs.ts';
import { packets } from '../../support/stream.ts';
import { LIST_OF, SIDES, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const chunk = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n`;
const length = (body: string) => `Content-Length: ${body.length}\r\n`;
/** What is broken, round a body that is a good list by itself. */
const BROKEN: [string, (list: string) => string][] = [
  [
    'a length and chunks both',
    (list) => `${OK}${length(list)}Transfer-Encoding: chunked\r\n\r\n${chunk(list)}0\r\n\r\n`,
  ],
  ['two lengths', (list) => `${OK}${length(list)}Content-Length: ${list.length + 1}\r\n\r\n${list}`],
  ['a chunk of no size', (list) => `${CHUNKED}zz\r\n${list}\r\n0\r\n\r\n`],
  ['a chunk of no size after a good one', (list) => `${CHUNKED}${chunk(list)}-1\r\n`],
  ['a header line of 64 KiB', (list) => `${OK}X-Long: ${'x'.repeat(65_536)}\r\n${length(list)}\r\n${list}`],
  ['no HTTP', () => 'SSH-2.0-OpenSSH_9.2p1\r\n'],
];
const QUESTIONS: [SideName, Omit<Fault, 'act'>][] = [
  ['source', { service: 'info/refs', of: LIST_OF.source }],
  ['destination', { service: 'info/refs', of: LIST_OF.destination }],
];

const CASES = [
  ...BROKEN.map(([what, textOf], n) => {
    const [side, fault] = QUESTIONS[n % QUESTIONS.length] as (typeof QUESTIONS)[number];
    return { what, textOf, side, fault };
  }),
  {
    what: 'a chunk of no size instead of a pack',
    textOf: () => `${CHUNKED}zz\r\n0000\r\n0\r\n\r\n`,
    side: 'source' as SideName,
    fault: { service: 'git-upload-pack' } as Omit<Fault, 'act'>,
  },
];

/** What a side says when it is asked for its refs, of what is there or of refs that a test makes up. */
async function listOf(side: SideName, refs?: Iterable<readonly [string, string]>): Promise<string> {
  const lines = [...(refs ?? (await readRefs(stage.sides[side].path)))].map(([name, oid]) => `${oid} ${name}`);
  const words = 'report-status delete-refs side-band-64k ofs-delta multi_ack_detailed no-done shallow';
  return packets(
    `# service=${LIST_OF[side]}\n`,
    null,
    ...lines.map((line, n) => (n === 0 ? `${line}\0${words}\n` : `${line}\n`)),
    null,
  ).toString();
}

it.each(SIDES)('F13: the list of the %s of these tests is believed where nothing is broken', async (side) => {
  const list = await listOf(side);
  const text = `${OK}Connection: close\r\n${length(list)}\r\n${list}`;

  const seen = await stage.observe({
    [side]: [{ service: 'info/refs', of: LIST_OF[side], times: 1, act: { do: 'raw', text } }],
  });

  expect(seen.happened[side]).toEqual([1]);
  // No list was asked for again: the destination's second is the proof.
  const lists = seen.seen[side].filter(({ service }) => service === 'info/refs');
  expect(lists).toHaveLength(side === 'source' ? 1 : 2);
  await stage.expectWhole(seen);
});

it.each(CASES)(
  'F13: an answer with $what is asked for once more, on another connection',
  async ({ textOf, side, fault }) => {
    const text = textOf(await listOf(side));

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

it.each(CASES)('F13: answers with $what each time are a broken protocol', async ({ textOf, side, fault }) => {
  const text = textOf(await listOf(side));

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

it.each(SIDES)('F13: a second list behind that of the %s is never believed', async (side) => {
  const list = await listOf(side);
  const madeUp = await listOf(side, [['refs/heads/main', '1'.repeat(40)]]);
  const text = [list, madeUp].map((body) => `${OK}${length(body)}\r\n${body}`).join('');

  const seen = await stage.observe({
    [side]: [{ service: 'info/refs', of: LIST_OF[side], times: 1, act: { do: 'raw', text } }],
  });

  expect(seen.happened[side]).toEqual([1]);
  const [broken, ...later] = seen.seen[side].map(({ connection }) => connection);
  expect(later.length).toBeGreaterThan(0);
  expect(later).not.toContain(broken);
  await stage.expectWhole(seen);
});
