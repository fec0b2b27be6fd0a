import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../../git/oid.ts';
import { type RefName, refFromText } from '../../../git/ref.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { overheard } from '../../support/fault-proxy/lists.ts';
import type { Witness } from '../../support/oracle/observe.ts';
import { commandsOf, type Pair, requests, Scene } from '../../support/oracle/pair.ts';
import { packets } from '../../support/stream.ts';

let pair: Pair;
// Its servers offer "atomic", which CodeCommit does not.
Scene.forThisFile((one) => {
  pair = one;
}, 'git');

const [MAIN, WORK] = ['refs/heads/main', 'refs/heads/work'] as RefName[] as [RefName, RefName];

/** Somebody is faster: between our reading of the destination and our push. */
const meanwhile = (times: number, what: (witness: Witness, count: number) => Promise<void>) => {
  let count = 0;
  return {
    destination: [{ service: 'git-receive-pack', times, act: { do: 'hook', name: 'meanwhile' } }] as Fault[],
    hooks: (witness: Witness) => ({ meanwhile: () => what(witness, ++count) }),
  };
};

describe('a head that somebody changes after its own push was read, before a later push of the run', () => {
  it.each<[string, (witness: Witness, next: Oid) => Promise<unknown>, object]>([
    [
      'back to where it was is moved again',
      async ({ wrote }) => {
        await pair.set('destination', { [MAIN]: pair.main });
        wrote(MAIN, pair.main);
      },
      { result: 'replicated', rounds: 2 },
    ],
    [
      'to a commit of their own stays, and the run does not call itself good',
      (witness) => pair.stray(MAIN, witness),
      { result: 'incomplete', rounds: 2, error: { code: 'refused' } },
    ],
    [
      'and that is new stays, and the run does not call itself good',
      (witness) => pair.stray('refs/heads/theirs', witness),
      { result: 'incomplete', rounds: 2, error: { code: 'refused' } },
    ],
  ])('F27: %s', async (_what, change, expected) => {
    const next = await pair.commit('next');
    const tip = await pair.commit('a tip that gets another name');
    await pair.set('source', { [WORK]: tip });
    await pair.heal();
    // A rename goes in two pushes: the new name must be there before the old one goes.
    await pair.set('source', { [MAIN]: next, [WORK]: undefined, 'refs/heads/renamed': tip });

    const { violations, result, happened } = await pair.observe({
      destination: [{ service: 'git-receive-pack', nth: 2, times: 1, act: { do: 'hook', name: 'meanwhile' } }],
      hooks: (witness) => ({ meanwhile: () => change(witness, next) }),
    });

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([1]);
    expect(result).toMatchObject(expected);
  });
});

describe('a head that another run moves between the reading and the push', () => {
  let commits: Oid[];
  beforeEach(async () => {
    commits = [];
    for (let n = 0; n < 6; n++) commits.push(await pair.commit(`${n}`, { parents: [commits.at(-1) ?? pair.main] }));
    for (const oid of commits) await copy(oid);
  });
  /** The other run has brought the objects. */
  const copy = async (oid: Oid) => {
    const n = commits.indexOf(oid);
    await pair.commit(`${n}`, { side: 'destination', parents: [commits[n - 1] ?? pair.main] });
  };
  const isAt = async ({ wrote }: Witness, oid: Oid) => {
    await pair.set('destination', { [MAIN]: oid });
    wrote(MAIN, oid);
  };

  it('F27: to where it is to be, is in place, whatever the server says of our push', async () => {
    await pair.set('source', { [MAIN]: commits[3] });

    const { violations, result, happened, chronicle } = await pair.observe(
      meanwhile(1, (witness) => isAt(witness, commits[3] as Oid)),
    );

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([1]);
    expect(result).toMatchObject({ result: 'replicated', rounds: 1, heads: [{ ref: MAIN, status: 'done' }] });
    expect(chronicle.after.get(MAIN)).toBe(commits[3]);
    await pair.heal('in-sync');
  });

  it.each([1, 2, 3])('F27: to an older state, is planned again, %d times, and reaches the goal', async (times) => {
    await pair.set('source', { [MAIN]: commits[5] });

    const { violations, result, happened, seen } = await pair.observe(
      meanwhile(times, (witness, count) => isAt(witness, commits[count] as Oid)),
    );

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([times]);
    expect(result).toMatchObject({ result: 'replicated', rounds: times + 1 });
    expect(requests(seen.destination, 'git-receive-pack')).toBe(times + 1);
    await pair.heal('in-sync');
  });

  it('F27: again and again, is given up after three more plans as a conflict, and never forced', async () => {
    await pair.set('source', { [MAIN]: commits[5] });

    const { violations, result, chronicle } = await pair.observe(
      meanwhile(4, (witness, count) => isAt(witness, commits[count] as Oid)),
    );

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 4, error: { code: 'conflict', retryable: true } });
    expect(result.heads).toMatchObject([
      { ref: MAIN, status: 'moved', reason: expect.stringContaining(commits[4] as Oid) },
    ]);
    expect(chronicle.after.get(MAIN)).toBe(commits[4]);
    await pair.heal();
  });

  it('F27: to a commit of somebody else, stays there, and the other heads arrive', async () => {
    await pair.set('source', { [MAIN]: commits[3], [WORK]: commits[3] });
    let stray: Oid | undefined;

    const { violations, result, chronicle } = await pair.observe(
      meanwhile(1, async (witness) => {
        stray = await pair.stray(MAIN, witness);
      }),
    );

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 2, error: { code: 'refused' } });
    expect(result.heads.find(({ ref }) => ref === MAIN)).toMatchObject({
      status: 'refused',
      code: 'diverged',
      old: stray,
    });
    expect([chronicle.after.get(MAIN), chronicle.after.get(WORK)]).toEqual([stray, commits[3]]);
    await pair.set('destination', { [MAIN]: pair.main });
    await pair.heal();
  });

  it('F27: two whole runs at once both find the goal reached, and neither undoes the other', async () => {
    await pair.set('source', { [MAIN]: commits[3], [WORK]: commits[2], 'refs/tags/v1': commits[1] });

    const { violations, results, chronicle, sourceAfter } = await pair.observe({ runs: 2 });

    expect(violations).toEqual([]);
    expect(results.map(({ error }) => error)).toEqual([undefined, undefined]);
    expect(chronicle.after).toEqual(sourceAfter);
    await pair.heal('in-sync');
  });

  it('F27: a head whose lock at the destination is never given back is rejected by its words, not said to have moved', async () => {
    await pair.set('source', { [MAIN]: commits[3], [WORK]: commits[3] });
    await pair.set('destination', { [WORK]: pair.main });
    const lock = join(pair.path('destination'), `${MAIN}.lock`);
    await writeFile(lock, '');

    const { violations, result, seen } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 4, error: { code: 'partial' } });
    expect(Object.fromEntries(result.heads.map((head) => [head.ref, head.status]))).toEqual({
      [MAIN]: 'rejected',
      [WORK]: 'done',
    });
    expect(result.heads.find(({ ref }) => ref === MAIN)?.reason).toContain('cannot lock ref');
    expect(requests(seen.destination, 'git-receive-pack')).toBe(4);
    await rm(lock);
    await pair.heal();
  });
});

describe('a commit at the destination that the source never had', () => {
  it('F28: keeps its head where it is, whether that moves or goes at the source, with both ids; the others arrive', async () => {
    const shared = { [MAIN]: pair.main, 'refs/heads/gone': pair.main, 'refs/tags/v1': pair.main };
    for (const side of ['source', 'destination'] as const) await pair.set(side, shared);
    const next = await pair.commit('next');
    await pair.set('source', { [MAIN]: next, 'refs/heads/gone': undefined, 'refs/tags/v1': next, [WORK]: next });
    const strays: Record<string, Oid> = {};
    for (const name of [MAIN, 'refs/heads/gone', 'refs/heads/only-there', 'refs/tags/v1'])
      strays[name] = await pair.stray(name);

    const { violations, result, chronicle } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused', retryable: false } });
    expect(
      result.heads
        .filter(({ status }) => status === 'refused')
        .map(({ ref, old, new: to, code }) => [ref, code, old, to]),
    ).toEqual([
      ['refs/heads/gone', 'diverged', strays['refs/heads/gone'], undefined],
      [MAIN, 'diverged', strays[MAIN], next],
      ['refs/heads/only-there', 'diverged', strays['refs/heads/only-there'], undefined],
      ['refs/tags/v1', 'diverged', strays['refs/tags/v1'], next],
    ]);
    for (const [name, oid] of Object.entries(strays)) expect(chronicle.after.get(refFromText(name))).toBe(oid);
    expect(chronicle.after.get(WORK)).toBe(next);
    await pair.set('destination', { ...shared, 'refs/heads/only-there': undefined });
    await pair.heal();
  });

  it('F28: is told from one that the source had and has rewritten: that is overwritten', async () => {
    const old = await pair.commit('at first');
    await pair.set('source', { [WORK]: old });
    await pair.heal();
    await pair.set('source', { [WORK]: await pair.commit('rewritten') });

    await pair.heal();
  });
});

describe('a push of many heads of which one is stale', () => {
  it('F30: is not asked to be all or nothing even where a server could: the others arrive, and the stale one is planned again', async () => {
    const next = await pair.commit('next');
    const names = Array.from({ length: 5 }, (_, n) => `refs/heads/b${n}` as RefName);
    await pair.set('source', Object.fromEntries([MAIN, ...names].map((name) => [name, next])));
    const list: string[] = [];
    const { destination, hooks } = meanwhile(1, async (witness) => {
      await pair.stray(names[2] as string, witness);
    });

    const { violations, result, happened, seen, chronicle } = await pair.observe({
      destination: [...destination, overheard('destination', list)],
      hooks,
    });

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([1, 3]);
    expect(list[0]).toMatch(/ atomic /);
    expect(commandsOf(seen.destination)).toContain(names[2]);
    expect(commandsOf(seen.destination)).not.toContain('atomic');
    expect(result).toMatchObject({ result: 'incomplete', rounds: 2, error: { code: 'refused' } });
    expect(result.heads.map(({ ref, status }) => `${ref} ${status}`).sort()).toEqual(
      [MAIN, ...names].map((name) => `${name} ${name === names[2] ? 'refused' : 'done'}`).sort(),
    );
    expect([...chronicle.after].filter(([, oid]) => oid === next)).toHaveLength(5);
    await pair.set('destination', { [names[2] as string]: undefined });
    await pair.heal();
  });

  it('F30: by a server that does all or nothing unasked, is named head by head in its words, and nothing is half done', async () => {
    const next = await pair.commit('next');
    await pair.set('source', { [MAIN]: next, [WORK]: next });
    const words = [MAIN, WORK].map((ref) => `ng ${ref} atomic transaction failed\n`);
    const body = packets(`\u0001${packets('unpack ok\n', ...words, null).toString('latin1')}`, null).toString('latin1');

    const { violations, result, happened, chronicle } = await pair.observe({
      destination: [{ service: 'git-receive-pack', act: { do: 'answer', status: 200, body } }],
    });

    expect(violations).toEqual([]);
    expect(happened.destination).toEqual([1]);
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'partial', retryable: false } });
    expect(result.heads.map(({ ref, status, reason }) => [ref, status, reason])).toEqual(
      [MAIN, WORK].map((ref) => [ref, 'rejected', 'the destination said: atomic transaction failed']),
    );
    expect(chronicle.after).toEqual(chronicle.before);
    await pair.heal();
  });
});
