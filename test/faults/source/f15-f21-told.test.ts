import { composeNotice } from '../../../replication/notice.ts';
import type { SomeHeads } from '../../support/workflow.ts';
import { exited, Workflow } from '../../support/workflow.ts';
import { threeRunsThenWell } from '../three-runs.ts';

let flow: Workflow;
beforeAll(async () => {
  flow = await Workflow.start(['F15', 'F17', 'F21']);
});
afterAll(() => flow.stop());

const LINKS = { stateMachineArn: 'arn:sm', executionUrl: 'https://e', sourceUrl: '', destinationUrl: '' };
/** What people were told of a replica, in order. */
const told = (replica: string): string[] =>
  flow.told
    .filter((request) => 'state' in request && request.state.run.replica === replica)
    .map((request) => composeNotice(request, undefined, LINKS).message);

it('F15: of a source that shows no refs people are told once, and once that it shows them again; no task is started for it', async () => {
  const heads = flow.source.get('F15') as SomeHeads;
  flow.source.set('F15', {});

  await threeRunsThenWell(flow, 'F15', () => flow.source.set('F15', heads));

  expect(flow.tasks.filter((replica) => replica === 'F15')).toEqual([]);
  expect(told('F15')).toEqual([
    expect.stringMatching(/refs\/heads\/main .*shows no heads at all, which is never a reason to delete/s),
    expect.stringContaining('in sync'),
  ]);
});

it('F17: of a source that gives no whole pack people are told once, with the side; no second task is started for one execution', async () => {
  flow.push({ 'refs/heads/main': '2' }, 'F17');
  flow.onTask = (replica) => {
    if (replica === 'F17') throw exited(18);
  };

  await threeRunsThenWell(flow, 'F17', () => {
    flow.onTask = () => {};
  });

  expect(flow.tasks.filter((replica) => replica === 'F17')).toHaveLength(4);
  expect(told('F17')).toEqual([
    expect.stringContaining('ended with exit code 18: the source could not give a whole pack'),
    expect.stringContaining('in sync'),
  ]);
});

it('F21: of a name that git forbids people are told once, harmlessly, and the other heads arrive', async () => {
  flow.push({ 'refs/heads/\u001b[2J': '2', 'refs/heads/new': '3' }, 'F21');
  flow.onTask = () => {};
  const { 'refs/heads/main': main, 'refs/heads/new': fresh } = flow.source.get('F21') as Record<string, string>;
  flow.onTaskEnd = (replica) => {
    if (replica !== 'F21') return;
    flow.destination.set('F21', { 'refs/heads/main': main as string, 'refs/heads/new': fresh as string });
    throw exited(13);
  };

  await threeRunsThenWell(flow, 'F21', () => {
    flow.source.set('F21', { 'refs/heads/main': main as string, 'refs/heads/new': fresh as string });
  });

  expect(told('F21')).toEqual([
    expect.stringMatching(/refs\/heads\/\\u\{1b\}\[2J .*has a name that git forbids/s),
    expect.stringContaining('in sync'),
  ]);
  expect(told('F21').join()).not.toContain('\u001b');
});
