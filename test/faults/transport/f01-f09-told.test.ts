import type { Act, Fault } from '../../support/fault-proxy/fault.ts';
import { bodyOf } from '../../support/fault-proxy/packets.ts';
import { refsOf } from '../../support/repository.ts';
import { SIDES, type SideName, TransportStage } from './stage.ts';
import { WholeWorkflow } from './whole-workflow.ts';

const stage = TransportStage.forThisFile();
let whole: WholeWorkflow | undefined;
afterEach(async () => {
  expect(await whole?.stop()).toEqual([]);
  whole = undefined;
});
const start = async (faults: Parameters<typeof WholeWorkflow.start>[1]) => {
  whole = await WholeWorkflow.start(stage.sides, faults);
  return whole;
};

const page: Act = { do: 'answer', status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>sign in</html>' };
const said: Act = { do: 'answer', status: 200, body: bodyOf([Buffer.from('ERR server-side error')]).toString() };
const status = (code: number): Act => ({ do: 'answer', status: code });
const LASTING: [string, Act, string][] = [
  ['F01: connections that are reset', { do: 'reset' }, 'Ccrepl.Transient'],
  ['F04: a page that is not git’s', page, 'Ccrepl.Protocol'],
  ['F05: an error in the server’s words', said, 'Ccrepl.Transient'],
  ['F06: access that is denied', status(403), 'Ccrepl.Auth'],
  ['F07: a repository that does not exist', status(404), 'Ccrepl.Missing'],
  ['F08: HTTP 429', status(429), 'Ccrepl.Transient'],
  ['F09: HTTP 500', status(500), 'Ccrepl.Transient'],
  ['F09: HTTP 502', status(502), 'Ccrepl.Transient'],
  ['F09: HTTP 503', status(503), 'Ccrepl.Transient'],
  ['F09: HTTP 504', status(504), 'Ccrepl.Transient'],
];

/** Both sides where they are read by different code, else one or the other. */
const CASES = LASTING.flatMap(([what, act, error], n) => {
  const sides = /F01|F09: HTTP 500/.test(what) ? SIDES : [SIDES[n % 2] ?? 'source'];
  return sides.map((side) => [what, side, act, error] as const);
});

it.each(CASES)(
  '%s at the %s for ever are told people once, with the side; and once that it is well again',
  async (_what, side, act, error) => {
    const { workflow, proxies } = await start({ [side]: [{ act }] });
    const before = await refsOf(stage.two.destinationPath);

    const first = await workflow.run();
    await workflow.run();

    const [notice] = whole?.told ?? [];
    expect(first.status).toBe('FAILED');
    expect(workflow.verdictsTold).toEqual(['unknown']);
    expect(notice?.message).toContain(error);
    expect(notice?.message).toMatch(new RegExp(`${side} http://127\\.0\\.0\\.1:${proxies[side].port}/v1/repos/`));
    expect(notice?.message).not.toContain(stage.two.credentials.secretAccessKey);
    expect(await refsOf(stage.two.destinationPath)).toBe(before);

    whole?.lift();
    const last = await workflow.run();
    expect(last.status).toBe('SUCCEEDED');
    expect(workflow.verdictsTold).toEqual(['unknown', 'in-sync']);
    await stage.two.expectEqual();
  },
);

it.each<[string, SideName, Fault]>([
  ['HTTP 500', 'source', { act: status(500) }],
  ['HTTP 502', 'destination', { act: status(502) }],
  ['HTTP 503', 'source', { act: status(503) }],
  ['HTTP 504', 'destination', { act: status(504) }],
  ['HTTP 500 instead of packs', 'source', { service: 'git-upload-pack', act: status(500) }],
  ['HTTP 503 instead of reports', 'destination', { service: 'git-receive-pack', act: status(503) }],
  ['connections that are reset', 'source', { act: { do: 'reset' } }],
])('F09: %s of the %s three times, and then never, is told nobody', async (_what, side, fault) => {
  const { workflow, proxies } = await start({ [side]: [{ ...fault, times: 3 }] });

  const execution = await workflow.run();

  expect(proxies[side].happened).toEqual([3]);
  expect(execution.status).toBe('SUCCEEDED');
  expect(workflow.told).toEqual([]);
  await stage.two.expectEqual();
});
