import { attributesOf } from '../../../replication/notice/attributes.ts';
import { composeNotice } from '../../../replication/notice.ts';
import type { SomeHeads } from '../../support/workflow.ts';
import { exited, Workflow } from '../../support/workflow.ts';
import { threeRunsThenWell } from '../three-runs.ts';

let flow: Workflow;
beforeAll(async () => {
  flow = await Workflow.start(['F24', 'F25', 'F28', 'F33']);
});
beforeEach(() => {
  flow.onTask = () => {};
  flow.onTaskEnd = () => {};
});
afterAll(() => flow.stop());

const LINKS = {
  stateMachineArn: 'arn:sm',
  executionUrl: 'https://e',
  sourceUrl: 'https://s',
  destinationUrl: 'https://d',
};
const news = (replica: string) =>
  flow.told.filter((request) => 'state' in request && request.state.run.replica === replica);
const messages = (replica: string): string[] =>
  news(replica).map((request) => composeNotice(request, undefined, LINKS).message);
const tasks = (replica: string) => flow.tasks.filter((one) => one === replica).length;

it('F24: of one head of fifty that the destination rejects people are told once, of that head alone; each execution has one task', async () => {
  const heads = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`refs/heads/b${n}`, '2']));
  flow.push(heads, 'F24');
  flow.onTaskEnd = () => {
    const { 'refs/heads/b7': _denied, ...others } = flow.source.get('F24') as SomeHeads;
    flow.destination.set('F24', others as SomeHeads);
    throw exited(12);
  };

  await threeRunsThenWell(flow, 'F24', () => {
    flow.onTaskEnd = () => {};
  });

  expect(tasks('F24')).toBe(4);
  const [trouble = '', ...others] = messages('F24');
  expect(trouble.match(/refs\/heads\/b\d+/g)?.every((name) => name === 'refs/heads/b7')).toBe(true);
  expect(trouble).toContain('1 of 51 heads');
  expect(trouble).toContain('ended with exit code 12: the destination rejected some heads');
  expect(others).toEqual([expect.stringContaining('in sync')]);
});

it('F25: of a quota people are told once, with its name; each execution has one task', async () => {
  flow.push({ 'refs/heads/main': '2' }, 'F25');
  flow.onTask = () => {
    throw exited(16);
  };

  await threeRunsThenWell(flow, 'F25', () => {
    flow.onTask = () => {};
  });

  expect(tasks('F25')).toBe(4);
  expect(messages('F25')).toEqual([
    expect.stringContaining('ended with exit code 16: a limit of the server, or of ours, was met'),
    expect.stringContaining('in sync'),
  ]);
});

it('F28: of a commit that somebody made at the destination people are told once, with both ids, and both ways out', async () => {
  flow.strayPush('refs/heads/main', 'F28');
  flow.push({ 'refs/heads/main': '2' }, 'F28');

  await threeRunsThenWell(flow, 'F28', () => flow.destination.set('F28', { 'refs/heads/main': '2' }));

  expect(messages('F28')).toEqual([expect.stringContaining('diverged'), expect.stringContaining('in sync')]);
  const [trouble = ''] = messages('F28');
  expect(trouble).toContain('2'.repeat(40));
  expect(trouble).toContain('9'.repeat(40));
  expect(trouble).toMatch(/git push .*https:\/\/s/);
  expect(trouble).toMatch(/git push .*https:\/\/d/);
});

it('F33: of a mass change people are told once, as critical, with the fingerprint that lets just it through, in one execution', async () => {
  const all: SomeHeads = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`refs/heads/b${n}`, '1']));
  const few: SomeHeads = Object.fromEntries(Object.entries(all).slice(0, 28));
  flow.destination.set('F33', all);
  flow.source.set('F33', few);
  const refuse = () => {
    throw new Error('no task is started for what a guard holds');
  };
  flow.onTask = refuse;

  const first = await flow.run({ replica: 'F33' });
  flow.advance(900);
  const again = await flow.run({ replica: 'F33' });
  const [message = ''] = messages('F33');
  const fingerprint = /"confirm":"([0-9a-f]{16})"/.exec(message)?.[1];
  flow.advance(900);
  const wrong = await flow.run({ replica: 'F33', confirm: '0123456789abcdef' });
  expect(flow.destination.get('F33')).toEqual(all);
  flow.onTask = () => {};
  const confirmed = await flow.run({ replica: 'F33', confirm: fingerprint });

  expect([first.error, again.error, wrong.error]).toEqual(['Ccrepl.Drift', 'Ccrepl.Drift', 'Ccrepl.Drift']);
  expect(confirmed.status).toBe('SUCCEEDED');
  expect(flow.destination.get('F33')).toEqual(few);
  expect(news('F33').map((request) => attributesOf(request).severity)).toEqual(['critical', 'info']);
  // The same mistake again: the word was for that execution.
  flow.destination.set('F33', all);
  flow.onTask = refuse;
  expect((await flow.run({ replica: 'F33' })).error).toBe('Ccrepl.Drift');
  expect(flow.destination.get('F33')).toEqual(all);
});
