import type { Act, Fault } from '../../support/fault-proxy/fault.ts';
import { LIST_OF, type SideName, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

const PAGE = `<html>\x1b[2J\x07sign in ${'and wait '.repeat(2000)}</html>`;
const page = (type: string): Act => ({ do: 'answer', status: 200, headers: { 'Content-Type': type }, body: PAGE });

const QUESTIONS: [SideName, string, Omit<Fault, 'act'>][] = [
  ['source', 'list', { service: 'info/refs', of: LIST_OF.source }],
  ['destination', 'list', { service: 'info/refs', of: LIST_OF.destination }],
  ['source', 'pack', { service: 'git-upload-pack' }],
  ['destination', 'report', { service: 'git-receive-pack' }],
];
const KINDS: [string, Omit<Fault, 'act'>, SideName, string][] = QUESTIONS.flatMap(([side, what, fault]) => {
  const service = fault.of ?? fault.service;
  const right = `application/x-${service}-${what === 'list' ? 'advertisement' : 'result'}`;
  const named = (type: string): [string, Omit<Fault, 'act'>, SideName, string] => [what, fault, side, type];
  return what === 'list' ? [named('text/html'), named(right)] : [named(side === 'source' ? right : 'text/html')];
});

it.each(KINDS)(
  'F04: a page instead of a %s (%j of the %s, said to be %s) is a broken protocol after two tries',
  async (what, fault, side, type) => {
    const seen = await stage.observeFailure({ [side]: [{ ...fault, act: page(type) }] });

    expect(seen.happened[side]).toEqual([2]);
    const { error } = seen.result;
    expect(error).toMatchObject({ code: 'protocol', retryable: false });
    const said = error?.message.slice(error.message.indexOf('<')) ?? '';
    expect(error?.message).toMatch(new RegExp(`^${side} http`));
    // Of a packet that is none its length is shown, of a list that is none its beginning.
    expect(said).toMatch(what === 'list' ? /^<html>\\u\{1b\}\[2J\\u\{7\}sign in/ : /^<htm"/);
    expect(said.length).toBeLessThanOrEqual(202);
    await stage.heal();
  },
);

it.each(QUESTIONS)('F04: a page that the %s shows once instead of a %s does no harm', async (side, _what, fault) => {
  const seen = await stage.observe({ [side]: [{ ...fault, times: 1, act: page('text/html') }] });

  expect(seen.happened[side]).toEqual([1]);
  await stage.expectWhole(seen);
});

it.each([
  ['nothing at all', ''],
  ['a list that ends before its refs', '001e# service=git-upload-pack\n0000'],
])('F04: %s under the right content type is no empty source', async (_what, body) => {
  const answer: Act = {
    do: 'answer',
    status: 200,
    headers: { 'Content-Type': 'application/x-git-upload-pack-advertisement' },
    body,
  };

  const seen = await stage.observeFailure({ source: [{ service: 'info/refs', act: answer }] });

  expect(seen.result).toMatchObject({ heads: [], error: { code: expect.stringMatching(/^(protocol|transient)$/) } });
  await stage.heal();
});
