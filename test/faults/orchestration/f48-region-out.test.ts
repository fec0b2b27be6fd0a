import type { Oid } from '../../../git/oid.ts';
import { observe } from '../../support/oracle/observe.ts';
import { stageOf } from '../../support/oracle/two-regions-stage.ts';
import { Clone, refsOf, removeFolders } from '../../support/repository.ts';
import { DESTINATION, SOURCE, TwoRegions } from '../../support/two-regions.ts';
import { exited, stateError, Workflow } from '../../support/workflow.ts';

const QUARTER = 900;
const MAIN = 'refs/heads/main';
const OUT = stateError('Ccrepl.Transient', 'source https://…: connect ECONNREFUSED');

describe('F48: the workflow', () => {
  let flow: Workflow;
  let refused: number;
  beforeEach(async () => {
    flow = await Workflow.start(['R', 'S']);
    refused = 0;
  });
  afterEach(() => flow.stop());

  const goesOut = () => {
    flow.onCompare = () => {
      refused += 1;
      throw OUT;
    };
  };
  const isBack = () => {
    flow.onCompare = () => {};
  };
  async function sweepsFor(hours: number): Promise<void> {
    for (let seconds = 0; seconds < hours * 3600; seconds += QUARTER) {
      await flow.runSweep();
      flow.advance(QUARTER);
    }
  }
  const of = (replica: string) =>
    flow.told.flatMap((request) =>
      'state' in request && request.state.run.replica === replica ? [request.state.outcome.verdict] : [],
    );

  it('F48: writes nothing while the source’s region is out for six hours, tells each replica once, and once that it is back', async () => {
    await sweepsFor(1);
    goesOut();
    await sweepsFor(6);
    const during = [of('R'), of('S')];
    isBack();
    await sweepsFor(1);

    expect(refused).toBeGreaterThan(2 * 24);
    expect(flow.tasks).toEqual([]);
    expect(during).toEqual([['unknown'], ['unknown']]);
    expect([of('R'), of('S')]).toEqual([
      ['unknown', 'in-sync'],
      ['unknown', 'in-sync'],
    ]);
    expect(flow.told.at(-1)).toMatchObject({
      state: { recorded: { Attributes: { driftedSince: { S: '2026-01-01T01:00:00.000Z' } } } },
    });
  });

  it('F48: brings what was pushed just before the outage when the region is back, without a human', async () => {
    flow.push({ [MAIN]: '2' });
    flow.onTask = () => {
      goesOut();
      throw exited(10);
    };
    await sweepsFor(6);
    const during = { told: of('R'), destination: flow.destination.get('R') };
    flow.onTask = () => {};
    isBack();
    await sweepsFor(1);

    expect(during).toEqual({ told: ['unknown'], destination: { [MAIN]: '1' } });
    expect(flow.isInSync()).toBe(true);
    expect(of('R')).toEqual(['unknown', 'in-sync']);
  });

  it('F48: leaves what people pushed to the replica meanwhile when the region is back, until they have brought it home', async () => {
    goesOut();
    await sweepsFor(3);
    flow.strayPush(MAIN);
    await sweepsFor(3);
    isBack();
    flow.push({ 'refs/heads/other': '3' });
    await sweepsFor(6);
    const back = { destination: flow.destination.get('R'), told: of('R') };
    flow.push({ [MAIN]: '9' });
    await sweepsFor(1);

    // What nobody touched at the replica follows the source; what somebody did is left and told.
    expect(back).toEqual({ destination: { [MAIN]: '9', 'refs/heads/other': '3' }, told: ['unknown', 'diverged'] });
    expect(flow.isInSync()).toBe(true);
    expect(of('R')).toEqual(['unknown', 'diverged', 'in-sync']);
    expect(of('S')).toEqual(['unknown', 'in-sync']);
  });
});

describe('F48: after a fail-over', () => {
  let two: TwoRegions;
  let clone: Clone;
  let isFenced: boolean;
  beforeEach(async () => {
    isFenced = false;
    two = await TwoRegions.start('codecommit', [], {
      may: (action, arn) => !(isFenced && action === 'GitPush' && arn.includes(`:${DESTINATION.region}:`)),
    });
    clone = await Clone.init();
    await clone.commit();
    await clone.push(two.sourceUrl, 'main', 'main:refs/heads/old', 'main:refs/heads/moves');
    expect(await observe(stageOf(two))).toMatchObject({ violations: [], result: { result: 'replicated' } });
  });
  afterEach(() => two.stop());
  afterAll(removeFolders);

  /** What people do at the replica while the source is away: also what the source could take for its own doing. */
  async function work(): Promise<Set<Oid>> {
    const known = await clone.git('rev-parse', 'main');
    await clone.commit('at the replica');
    const stray = await clone.git('rev-parse', 'main');
    await clone.push(two.destinationUrl, 'main', `${known}:refs/heads/made-at-the-replica`, ':refs/heads/old');
    return new Set([stray as Oid]);
  }
  /** Both ways a person can bring it home; here from the replica's own refs. */
  const bringHome = async () => {
    const url = two.destinationUrl;
    await clone.git('fetch', '--quiet', '--prune', url, '+refs/heads/*:refs/replica/*');
    await clone.push(two.sourceUrl, '+refs/replica/*:refs/heads/*');
    await clone.push(two.sourceUrl, ':refs/heads/old');
  };

  it('F48: the old direction is fenced from the moment that the task’s right to push is taken away, until it is given back', async () => {
    isFenced = false;
    const strays = await work();
    isFenced = true;
    const before = await refsOf(two.destinationPath);
    const stage = { ...stageOf(two), strays };

    for (let n = 0; n < 3; n++) {
      const seen = await observe(stage);

      expect(seen.violations).toEqual([]);
      expect(seen.result.error).toMatchObject({ code: 'auth', retryable: false });
      expect(seen.result.heads.filter(({ status }) => status === 'done')).toEqual([]);
    }
    expect(await refsOf(two.destinationPath)).toBe(before);

    await bringHome();
    isFenced = false;
    expect(await observe(stageOf(two))).toMatchObject({ violations: [], result: { result: 'in-sync' } });
    expect(await refsOf(two.destinationPath)).toBe(before);
    await two.expectEqual();
  });

  it('F48: without a fence no commit that was made at the replica is lost, but what the source could have done itself is undone', async () => {
    const strays = await work();
    const [stray] = strays;

    const seen = await observe({ ...stageOf(two), strays });

    expect(seen.violations).toEqual([]);
    expect(seen.result.error).toMatchObject({ code: 'refused' });
    expect(seen.result.heads).toContainEqual(
      expect.objectContaining({ ref: MAIN, status: 'refused', code: 'diverged', old: stray }),
    );
    const after = await refsOf(two.destinationPath);
    expect(after).toContain(`${stray}`);
    // The reason for the fence: a branch at a commit that the source knows, and the deletion of one that it has.
    expect(after).not.toContain('made-at-the-replica');
    expect(after).toContain('refs/heads/old');
  });

  it('F48: the replica can be made the source, and the old source follows it', async () => {
    await work();
    const { source, destination, credentials } = stageOf(two);
    const turned = { source: { ...destination }, destination: { ...source }, credentials };

    const seen = await observe(turned);

    expect([SOURCE.region, DESTINATION.region]).toEqual([turned.destination.region, turned.source.region]);
    expect(seen.violations).toEqual([]);
    expect(seen.result).toMatchObject({ result: 'replicated' });
    await two.expectEqual();
  });
});
