import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { FINGERPRINT } from '../../replication/mass-change.ts';
import { type Plan, planHeads } from '../../replication/plan.ts';
import { DEFAULT_POLICY, type Policy } from '../../replication/policy.ts';
import { archiveRef } from '../../replication/reserved.ts';
import { SeedBudget } from '../../replication/seed-budget.ts';
import { settlePlan, type Witnesses } from '../../replication/settle.ts';
import { anOid, refs } from '../support/plans.ts';

type Side = Record<string, string>;

/** Witnesses who know every tip, and call every move a rewrite but those to an id in `forward`; nothing gone is still there. */
const witnesses = (changes: Partial<Witnesses> & { forward?: string } = {}): Witnesses => ({
  knows: [async (oids) => new Set(oids)],
  contains: [async (tips) => tips.every((tip) => (changes.forward ?? '').includes(tip[0] as string))],
  stillThere: async () => new Set(),
  ...changes,
});

async function settled(
  source: Side,
  destination: Side,
  policy: Partial<Policy> = {},
  asked: Partial<Witnesses> & { forward?: string } = {},
  confirm?: string,
): Promise<Plan> {
  const all = { ...DEFAULT_POLICY, ...policy };
  return settlePlan(planHeads({ refs: refs(source) }, { refs: refs(destination) }, all), all, witnesses(asked), {
    confirm,
  });
}
const lines = (plan: Plan) =>
  plan.heads.map(({ ref, action, reason }) => `${ref.replace('refs/heads/', '')} ${action} ${reason}`);
const heads = (count: number, digit: string, from = 0): Side =>
  Object.fromEntries(
    Array.from({ length: count }, (_, n) => [`refs/heads/h${String(n + from).padStart(3, '0')}`, digit]),
  );

it.each<[Policy['rewrites'], string[]]>([
  ['mirror', ['fast update moved-at-source', 'slow update moved-at-source']],
  ['refuse', ['fast update moved-at-source', 'slow refuse rewrite-refused']],
  [
    'archive',
    [
      'fast update moved-at-source',
      'slow update rewritten-at-source',
      `refs/tags/ccrepl-archive/${anOid('8')}/heads/slow create archive`,
    ],
  ],
])('with "rewrites": "%s" a move forward and a rewrite become %j', async (rewrites, expected) => {
  const plan = await settled(
    { 'refs/heads/fast': '1', 'refs/heads/slow': '2' },
    { 'refs/heads/fast': '9', 'refs/heads/slow': '8' },
    { rewrites },
    { forward: '1' },
  );

  expect(lines(plan)).toEqual(expected);
});

it.each([
  ['refuse', 'a refuse rewrite-possible'],
  ['archive', 'a update rewritten-at-source'],
] as const)('with "rewrites": "%s" what nobody can judge is read the stricter way: %s', async (rewrites, expected) => {
  const cannotSay = { contains: [async () => undefined, async () => undefined] };
  const plan = await settled({ 'refs/heads/a': '1' }, { 'refs/heads/a': '2' }, { rewrites }, cannotSay);

  expect(lines(plan)[0]).toBe(expected);
});

it('takes a move for forward as soon as one authority proves it, and asks no other', async () => {
  const asked: string[] = [];
  const contains = [
    async () => {
      asked.push('wire');
      return false;
    },
    async () => {
      asked.push('api');
      return true;
    },
    async () => {
      asked.push('nobody');
      return true;
    },
  ];
  const plan = await settled({ 'refs/heads/a': '1' }, { 'refs/heads/a': '2' }, { rewrites: 'refuse' }, { contains });

  expect(lines(plan)).toEqual(['a update moved-at-source']);
  expect(asked).toEqual(['wire', 'api']);
});

it('archives a tip once, and not what is archived already', async () => {
  const destination = {
    'refs/heads/a': '7',
    'refs/heads/b': '7',
    'refs/heads/c': '8',
    [`refs/tags/ccrepl-archive/${anOid('8')}/heads/old-name`]: '8',
  };
  const plan = await settled({ 'refs/heads/a': '1', 'refs/heads/b': '2', 'refs/heads/c': '3' }, destination, {
    rewrites: 'archive',
  });

  expect(lines(plan).filter((line) => line.endsWith('archive'))).toEqual([
    `refs/tags/ccrepl-archive/${anOid('7')}/heads/b create archive`,
  ]);
});

it('gives an archived tip a name that no other can stand in the way of, and that is not too long', () => {
  const oid = anOid('a');

  expect(archiveRef('refs/tags/v1' as RefName, oid)).toBe(`refs/tags/ccrepl-archive/${oid}/tags/v1`);
  expect(archiveRef(`refs/heads/${'x'.repeat(240)}` as RefName, oid)).toBe(`refs/tags/ccrepl-archive/${oid}/long-name`);
});

describe('a mass change', () => {
  it.each([
    [9, 20, true],
    [10, 50, true],
    [10, 49, false],
    [10, 100, true],
    [21, 100, false],
    [20, 100, true],
  ])('of %i deletions among %i heads passes: %s', async (deletes, all, passes) => {
    const plan = await settled(heads(all - deletes, '1'), heads(all, '1'));

    expect(plan.heads.every(({ action }) => action === (passes ? 'delete' : 'refuse'))).toBe(true);
    expect(plan.massChange === undefined).toBe(passes);
  });

  it('counts deletions and rewrites together, and lets creations and fast-forwards go', async () => {
    const source = { ...heads(5, '2'), ...heads(5, '1', 5), ...heads(3, '3', 40), ...heads(10, '9', 20) };
    const destination = { ...heads(5, '7'), ...heads(15, '8', 5), ...heads(10, '9', 20) };
    const contains = [async (_tips: readonly Oid[], oids: readonly Oid[]) => !oids.includes(anOid('7'))];
    const plan = await settled(source, destination, {}, { contains });
    const counts = new Map<string, number>();
    for (const { action, reason } of plan.heads)
      counts.set(`${action} ${reason}`, (counts.get(`${action} ${reason}`) ?? 0) + 1);

    expect(Object.fromEntries(counts)).toEqual({
      'refuse mass-change': 15,
      'update moved-at-source': 5,
      'create new-at-source': 3,
    });
    expect(plan.massChange).toMatchObject({ deletes: 10, rewrites: 5, of: 30, confirmed: false });
  });

  it('is known by a fingerprint that is the same for the same change, and another for any other', async () => {
    const change = (more: Side = {}) => settled({ ...heads(10, '1'), ...more }, heads(30, '1'));
    const [one, same, other] = [
      await change(),
      await change({ 'refs/heads/new': '5' }),
      await change(heads(1, '1', 10)),
    ];

    expect(one.massChange?.fingerprint).toMatch(FINGERPRINT);
    expect(same.massChange?.fingerprint).toBe(one.massChange?.fingerprint);
    expect(other.massChange?.fingerprint).not.toBe(one.massChange?.fingerprint);
  });

  it('is carried out when just it is confirmed, and archives nothing while it is refused', async () => {
    const args = [heads(20, '1'), heads(20, '2'), { rewrites: 'archive' as const }] as const;
    const refused = await settled(...args);
    const confirmed = await settled(...args, {}, refused.massChange?.fingerprint);

    expect(lines(refused).every((line) => line.endsWith('refuse mass-change'))).toBe(true);
    expect(confirmed.massChange?.confirmed).toBe(true);
    expect(confirmed.heads.filter(({ reason }) => reason === 'archive')).toHaveLength(1);
  });

  it('asks about many moves at once, so that its cost follows the rewrites', async () => {
    let questions = 0;
    const contains = [
      async (_tips: readonly Oid[], oids: readonly Oid[]) => {
        questions += 1;
        return !oids.includes(anOid('7'));
      },
    ];
    const destination = { ...heads(400, '2'), 'refs/heads/h123': '7' };
    const plan = await settled(heads(400, '1'), destination, {}, { contains });

    expect(plan.heads.filter(({ reason }) => reason === 'rewritten-at-source').map(({ ref }) => ref)).toEqual([
      'refs/heads/h123',
    ]);
    expect(questions).toBeLessThan(30);
  });
});

describe('deletions', () => {
  const [source, destination] = [
    { 'refs/heads/a': '1' },
    { 'refs/heads/a': '1', 'refs/heads/b': '2', 'refs/tags/t': '2' },
  ];

  it('wait where the second view disagrees', async () => {
    const plan = await settled(
      source,
      destination,
      {},
      { stillThere: async () => new Set(['refs/heads/b' as RefName]) },
    );

    expect(lines(plan)).toEqual(['b refuse views-disagree', 'refs/tags/t delete gone-at-source']);
  });

  it('wait where there is no second view, with a warning, but end the run where it may come later', async () => {
    const failing = (code: 'auth' | 'transient') => ({
      stillThere: async () => {
        throw new ReplicationError(code, 'denied');
      },
    });
    const plan = await settled(source, destination, {}, failing('auth'));

    expect(lines(plan)).toEqual(['b refuse unconfirmed', 'refs/tags/t refuse unconfirmed']);
    expect(plan.warnings).toEqual([expect.stringContaining('denied')]);
    await expect(settled(source, destination, {}, failing('transient'))).rejects.toThrow('denied');
  });

  it('are none where the source shows a HEAD whose branch it does not show', () => {
    const view = { refs: refs(source), head: anOid('5'), headTarget: 'refs/heads/main' as RefName };

    expect(lines(planHeads(view, { refs: refs(destination) }, DEFAULT_POLICY))).toEqual([
      'b refuse source-inconsistent',
      'refs/tags/t refuse source-inconsistent',
    ]);
  });
});

describe('the budget of a seeding', () => {
  it('begins with a small part, grows, and stays below what failed', () => {
    const budget = new SeedBudget({ took: 0, failed: 1_000_000 });

    expect([budget.fits(64_000), budget.objects]).toEqual([false, 1000]);
    budget.succeeded(100_000, 1000);
    expect(budget.objects).toBe(2000);
    budget.succeeded(200_000, 2000);
    expect(budget.objects).toBe(2500);
    budget.failed(220_000, 2500, 'cut');
    expect(budget.objects).toBe(1250);
    budget.succeeded(125_000, 1250);
    expect(budget.objects).toBe(2000);
  });

  it('gives up after smaller and smaller steps have all failed', () => {
    const budget = new SeedBudget({ took: 0, failed: 1_000_000 });
    const fail = () => budget.failed(500_000, 64, 'cut');

    for (let n = 0; n < 5; n++) fail();
    expect(fail).toThrow(expect.objectContaining({ code: 'quota' }));
  });
});

describe('who is asked', () => {
  const never = async (): Promise<never> => {
    throw new Error('asked in vain');
  };

  it('about what is gone is nobody where nothing is', async () => {
    const plan = await settled({ 'refs/heads/a': '1' }, {}, {}, { stillThere: never });

    expect(lines(plan)).toEqual(['a create new-at-source']);
    expect(plan).not.toHaveProperty('warnings');
  });

  it('about rewrites is nobody for a few moves beside many creations', async () => {
    const source = { ...heads(9, '1'), ...heads(100, '3', 50) };

    const plan = await settled(source, heads(9, '2'), {}, { contains: [never] });

    expect(plan.heads.filter(({ action }) => action === 'update')).toHaveLength(9);
  });

  it('about each move is everybody in turn, whether its new tip has its old one', async () => {
    const asked: string[] = [];
    const contains = [
      async (tips: readonly Oid[], oids: readonly Oid[]) => {
        asked.push(`${tips.map((tip) => tip[0])} has ${oids.map((oid) => oid[0])}`);
        return undefined;
      },
    ];

    const source = { 'refs/heads/a': '1', 'refs/heads/b': '2', 'refs/heads/new': '3' };
    await settled(source, { 'refs/heads/a': '8', 'refs/heads/b': '9' }, { rewrites: 'refuse' }, { contains });

    expect(asked.sort()).toEqual(['1 has 8', '2 has 9']);
  });

  it('about each move are four at once at the most', async () => {
    let [now, most] = [0, 0];
    const contains = [
      async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return true;
      },
    ];

    await settled(heads(20, '1'), heads(20, '2'), { rewrites: 'refuse' }, { contains });

    expect(most).toBe(4);
  });

  it.each([
    [5000, 1],
    [5001, 2],
  ])('about %i moves that all go forward are %i', async (count, questions) => {
    let asked = 0;
    const contains = [
      async () => {
        asked += 1;
        return true;
      },
    ];

    const plan = await settled(heads(count, '1'), heads(count, '2'), {}, { contains });

    expect(asked).toBe(questions);
    expect(plan.massChange).toBeUndefined();
  });

  it('about rewrites are 4,000 in all, and what they leave open counts as rewritten', async () => {
    let asked = 0;
    const contains = [
      async () => {
        asked += 1;
        return asked > 4000;
      },
    ];

    const plan = await settled(heads(4200, '1'), heads(4200, '2'), {}, { contains });

    expect(asked).toBe(4000);
    expect(plan.massChange).toMatchObject({ rewrites: 4200, of: 4200 });
  });

  it('about the other moves is nobody once an answer could not be had', async () => {
    let asked = 0;
    const contains = [
      async () => {
        asked += 1;
        if (asked === 1) throw new ReplicationError('transient', 'down');
        return true;
      },
    ];

    const settling = settled(heads(100, '1'), heads(100, '2'), { rewrites: 'refuse' }, { contains });

    await expect(settling).rejects.toMatchObject({ code: 'transient' });
    expect(asked).toBeLessThan(10);
  });
});

it('calls a move a rewrite that one who was asked denies, whatever the others cannot say', async () => {
  const of = async (...answers: (boolean | undefined)[]) => {
    const contains = answers.map((answer) => async () => answer);
    const plan = await settled({ 'refs/heads/a': '1' }, { 'refs/heads/a': '2' }, { rewrites: 'refuse' }, { contains });
    return lines(plan)[0];
  };

  expect(await of(false, undefined)).toBe('a refuse rewrite-refused');
  expect(await of(undefined, false)).toBe('a refuse rewrite-refused');
  expect(await of()).toBe('a refuse rewrite-possible');
});

it('keeps the warnings that there were when it adds its own', async () => {
  const plan = {
    ...planHeads(
      { refs: refs({ 'refs/heads/a': '1' }) },
      { refs: refs({ 'refs/heads/a': '1', 'refs/heads/b': '2' }) },
      DEFAULT_POLICY,
    ),
    warnings: ['the first'],
  };
  const stillThere = async () => {
    throw new ReplicationError('auth', 'denied');
  };

  const { warnings } = await settlePlan(plan, DEFAULT_POLICY, witnesses({ stillThere }));

  expect(warnings).toEqual(['the first', expect.stringMatching(/^nothing was deleted, because .*: denied$/)]);
});

it('asks about no origin where nothing is overwritten, and does not need an answer about nothing', async () => {
  const never = async (): Promise<never> => {
    throw new Error('asked in vain');
  };
  const plan = await settled(
    { 'refs/heads/a': '1', 'refs/heads/b': '2' },
    { 'refs/heads/a': '2' },
    {},
    { knows: [never] },
  );

  expect(lines(plan)).toEqual(['a update moved-at-source', 'b create new-at-source']);
});
