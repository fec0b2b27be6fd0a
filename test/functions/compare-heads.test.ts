import { REPLICA } from '../../local/demonstration.ts';
import type { LocalFunction } from '../../local/lambda/functions.ts';
import type { ComparisonQuestion } from '../../replication/contract.ts';
import type { Replica } from '../../replication/settings.ts';
import { aFunction, aQuestion, outcomeOf, Written } from '../support/functions.ts';
import { Clone, removeFolders } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';

const SECOND: Replica = { ...REPLICA, id: 'second', destination: { region: 'us-east-1', repository: 'Destination' } };

let two: TwoRegions;
let clone: Clone;
let written: Written;
let functions: LocalFunction[];
beforeEach(async () => {
  written = new Written();
  functions = [];
  two = await TwoRegions.start('codecommit');
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
});
afterEach(async () => {
  await Promise.all(functions.map((target) => target.stop()));
  await two.stop();
});
afterAll(removeFolders);

async function compareHeads(replicas: Replica[] = [REPLICA], env: Record<string, string> = {}): Promise<LocalFunction> {
  const target = await aFunction({
    folder: 'compare-heads',
    replicas,
    env: {
      AWS_ENDPOINT_URL: two.source.origin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify({
        'ap-northeast-1': two.source.origin,
        'ap-northeast-3': two.destination.origin,
      }),
      ...env,
    },
    onOutput: written.onOutput,
  });
  functions.push(target);
  return target;
}

const compare = async (target: LocalFunction, changes: Partial<ComparisonQuestion> = {}) =>
  outcomeOf(await target.invoke(aQuestion(changes)));

it('reads both sides afresh each time, though the function stays warm', async () => {
  const warm = await compareHeads();

  const before = await compare(warm);
  await two.relay();
  const after = await compare(warm);
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  const again = await compare(warm);

  expect(before).toMatchObject({ verdict: 'behind', counts: { create: 1, inSync: 0 } });
  expect(after).toMatchObject({ verdict: 'in-sync', counts: { create: 0, inSync: 1 }, differences: [] });
  expect(again).toMatchObject({ verdict: 'behind', counts: { update: 1 } });
});

it('says in-sync of the same tags of every kind, and behind of one that moved', async () => {
  await clone.git('tag', 'light');
  await clone.git('tag', '-a', '-m', 'annotated', 'annotated');
  await clone.git('tag', 'tree', 'HEAD^{tree}');
  await clone.push(two.sourceUrl, '--tags');
  await two.relay();
  const target = await compareHeads();

  const same = await compare(target);
  await clone.git('tag', '-f', '-a', '-m', 'moved', 'annotated');
  await clone.push(two.sourceUrl, '--tags');

  expect(same).toMatchObject({ verdict: 'in-sync', counts: { inSync: 4 } });
  expect((await compare(target)).differences).toMatchObject([{ ref: 'refs/tags/annotated', action: 'update' }]);
});

it('calls the destination behind, not diverged, when the source was rewound: the source still knows the old tip', async () => {
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  await two.relay();
  await clone.git('reset', '--quiet', '--hard', 'HEAD~1');
  await clone.push(two.sourceUrl, 'main');

  expect(await compare(await compareHeads())).toMatchObject({ verdict: 'behind', counts: { update: 1, refuse: 0 } });
});

it('calls a commit that only the destination has diverged, on a branch of both and on one of its own', async () => {
  await two.relay();
  const stray = await clone.commit();
  await clone.push(two.destinationUrl, 'main', 'main:refs/heads/only-there');

  const { verdict, replicable, differences } = await compare(await compareHeads());

  expect({ verdict, replicable }).toEqual({ verdict: 'diverged', replicable: false });
  expect(differences).toMatchObject([
    { ref: 'refs/heads/main', found: stray, action: 'refuse', reason: 'diverged' },
    { ref: 'refs/heads/only-there', expected: null, found: stray, action: 'refuse', reason: 'diverged' },
  ]);
});

it('keeps what a policy keeps, and calls that in sync', async () => {
  await clone.push(two.sourceUrl, 'main:refs/heads/done');
  await two.relay();
  await clone.push(two.sourceUrl, ':refs/heads/done');
  const keeping: Replica = { ...REPLICA, policy: { ...REPLICA.policy, deletes: 'keep' } };

  expect(await compare(await compareHeads([keeping]))).toMatchObject({ verdict: 'in-sync', counts: { keep: 1 } });
  expect(await compare(await compareHeads())).toMatchObject({ verdict: 'behind', counts: { delete: 1 } });
});

it('tells what stands since an earlier comparison from what has moved, and how long somebody has waited', async () => {
  const target = await compareHeads();
  const first = await compare(target);

  const still = await compare(target, { before: first.memory });
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  const moved = await compare(target, {
    before: first.memory,
    wantedSince: new Date(Date.now() - 60_000).toISOString(),
  });

  expect([first.standing, still.standing, moved.standing]).toEqual([0, 1, 0]);
  expect(moved.lagSeconds).toBeGreaterThanOrEqual(60);
  expect(moved.fingerprint).not.toBe(first.fingerprint);
  expect(Date.parse(moved.comparedAt)).toBeLessThanOrEqual(Date.now());
});

it('gives a number for a lag also where the record of the replica holds no time', async () => {
  expect((await compare(await compareHeads(), { wantedSince: 'yesterday' })).lagSeconds).toBe(0);
});

it('writes one line of JSON a comparison to its log, without a secret', async () => {
  const target = await compareHeads();
  await compare(target);

  expect(await written.records(2)).toMatchObject([
    { level: 'info', message: 'compared', replica: REPLICA.id, verdict: 'behind' },
    { Comparisons: 1 },
  ]);
  expect(written.text).not.toContain('test-secret');
});

it('lists the ids that there are for one that is unknown', async () => {
  expect(await compare(await compareHeads([REPLICA, SECOND]), { run: { replica: 'typo' } })).toMatchObject({
    errorType: 'Ccrepl.Input',
    errorMessage: `"typo" is not a replica: expected one of "${REPLICA.id}", "second"`,
  });
});

it.each(['source', 'destination'] as const)('says which repository is missing: the %s', async (side) => {
  const gone: Replica = { ...REPLICA, [side]: { ...REPLICA[side], repository: 'Gone' } };

  expect(await compare(await compareHeads([gone]))).toMatchObject({
    errorType: 'Ccrepl.Missing',
    errorMessage: expect.stringMatching(new RegExp(`${side}.*/v1/repos/Gone.*404`)),
  });
});

it.each([
  ['wrong', { AWS_SECRET_ACCESS_KEY: 'wrong-secret' }],
  ['unknown', { AWS_ACCESS_KEY_ID: 'AKIASTRANGER' }],
  ['missing', { AWS_SECRET_ACCESS_KEY: '' }],
])('calls %s keys a matter of access, and never repeats them', async (_what, env) => {
  const failure = await compare(await compareHeads([REPLICA], env));

  expect(failure.errorType).toBe('Ccrepl.Auth');
  expect(JSON.stringify([failure, written.text])).not.toMatch(/wrong-secret|test-secret/);
});

it('calls a region that does not answer a passing failure, so that the state machine tries again', async () => {
  const target = await compareHeads();
  await two.destination.stop();

  expect(await compare(target)).toMatchObject({ errorType: 'Ccrepl.Transient' });
});

it('counts each comparison, what differs, and how long it has been wanted', async () => {
  const target = await compareHeads();

  await compare(target, { wantedSince: new Date(Date.now() - 100_000).toISOString() });
  await two.relay();
  await compare(target);

  const [, first, , second] = await written.records(4);
  expect([first, second]).toMatchObject([
    { Comparisons: 1, Differing: 1 },
    { Comparisons: 1, Differing: 0 },
  ]);
  expect(first?.['LagSeconds']).toBeGreaterThanOrEqual(100);
  expect(second?.['LagSeconds']).toBeLessThan(100);
});

it('takes patterns that no head matches for a mistake, not for a proof', async () => {
  const policy = { ...REPLICA.policy, refs: ['refs/head/*'] };

  expect(await compare(await compareHeads([{ ...REPLICA, policy }]))).toMatchObject({
    errorType: 'Ccrepl.Input',
    errorMessage: expect.stringContaining(
      'no head of either side matches "refs/head/*": the source has 1 in refs/heads/*',
    ),
  });
});
