import type { Run, SweepList } from '../../replication/contract.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { readInput } from '../../replication/input.ts';
import { parseSettings } from '../../replication/settings.ts';

const side = (repository: string, region = 'eu-west-1') => ({ region, repository });
const settings = parseSettings(
  JSON.stringify({
    replicas: [
      { id: 'A--1', source: side('A'), destination: side('A', 'eu-west-2') },
      { id: 'A--2', source: side('A'), destination: side('A', 'eu-west-3') },
      { id: 'B', source: side('B'), destination: side('B', 'eu-west-2') },
      { id: 'Host', source: { url: 'https://git.example.com/x.git' }, destination: side('X') },
    ],
  }),
);
const SWEEP = 'arn:aws:states:eu-west-1:111122223333:stateMachine:ccrepl-sweep';
const reader = { settings, sweepArn: SWEEP, now: new Date('2026-01-02T03:04:05.000Z') };
const STARTED_BY = 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID';

const replicate = (input: unknown) => readInput({ stateMachine: 'replicate', input }, reader) as Run;
const sweep = (input: unknown) =>
  (readInput({ stateMachine: 'sweep', input }, reader) as SweepList).replicas.map(({ replica }) => replica);

function refusal(read: () => unknown): ReplicationError {
  try {
    read();
  } catch (error) {
    if (error instanceof ReplicationError) return error;
  }
  throw new Error('it was not refused with an error of the table');
}

describe('the input of replicate', () => {
  it('is an id, and what a person may add; the rest is told by the clock', () => {
    expect(replicate({ replica: 'B', confirm: '0123456789abcdef', force: 'task' })).toEqual({
      replica: 'B',
      confirm: '0123456789abcdef',
      force: 'task',
      remindBefore: '2026-01-01T03:04:05.000Z',
      expiresAt: String(Date.parse('2026-01-09T03:04:05.000Z') / 1000),
    });
    expect(replicate({ replica: 'B' })).not.toHaveProperty('confirm');
  });

  it.each([undefined, null, 7, true, 'B', ['B'], {}, { replica: null }, { replica: ['B'] }, { Replica: 'B' }])(
    'is refused if it is %j, as wrong input that no retry mends, with what is expected and the ids that there are',
    (input) => {
      const error = refusal(() => replicate(input));

      expect(error).toMatchObject({ code: 'input', exitCode: 2, retryable: false });
      expect(error.message).toContain('expected {"replica":"ID"}');
      expect(error.message).toContain('the ids are "A--1", "A--2", "B", "Host"');
    },
  );

  it.each([
    [{ replica: 'b' }, '"b" is not a replica: expected one of "A--1", "A--2", "B", "Host"'],
    [{ replica: 'B', source: 'x', 'dry-run': true }, 'unknown fields: "source", "dry-run"'],
    [{ replica: 'B', confirm: 'yes' }, '"confirm" is "yes", which is no fingerprint of 16 hexadecimal digits'],
    [{ replica: 'B', confirm: 1 }, '"confirm" is 1'],
    [{ replica: 'B', force: true }, '"force" is true'],
    [{ replica: 'B', force: 'push' }, '"force" is "push"'],
  ])('is refused if it is %j, with %s', (input, problem) => {
    expect(refusal(() => replicate(input)).message).toContain(problem);
  });

  it('says that no replica is configured where none is', () => {
    const none = { ...reader, settings: { replicas: [] } };

    expect(refusal(() => readInput({ stateMachine: 'replicate', input: {} }, none)).message).toContain(
      'no replica is configured',
    );
  });

  it('belongs to a sweep only if an execution of the sweep itself started it', () => {
    const ofSweep = `${SWEEP.replace('stateMachine', 'execution')}:run-1`;

    expect(replicate({ replica: 'B', [STARTED_BY]: ofSweep })).toMatchObject({ replica: 'B', sweep: ofSweep });
    for (const other of [`${ofSweep.replace('-sweep', '-sweep2')}`, 'x', 7, `${ofSweep}\n`, `${SWEEP}:run-1`]) {
      expect(replicate({ replica: 'B', [STARTED_BY]: other })).not.toHaveProperty('sweep');
    }
  });
});

describe('the input of sweep', () => {
  it('names all replicas, those of one source repository, or one', () => {
    expect(sweep({})).toEqual(['A--1', 'A--2', 'B', 'Host']);
    expect(sweep({ repository: 'A' })).toEqual(['A--1', 'A--2']);
    expect(sweep({ repository: 'https://git.example.com/x.git' })).toEqual(['Host']);
    expect(sweep({ replica: 'B' })).toEqual(['B']);
    expect(sweep({ [STARTED_BY]: 'a pipeline' })).toHaveLength(4);
  });

  it.each([
    [null, 'the input is null'],
    ['all', 'the input is "all"'],
    [{ replicas: ['B'] }, 'unknown fields: "replicas"'],
    [{ repository: 'A', replica: 'B' }, 'both "repository" and "replica"'],
    [{ repository: 7 }, '"repository" is 7'],
    [{ replica: [] }, '"replica" is []'],
  ])('is refused if it is %j, with what is expected', (input, problem) => {
    const { message } = refusal(() => sweep(input));

    expect(message).toContain(problem);
    expect(message).toContain('expected {} for all replicas, {"repository":"NAME"} or {"replica":"ID"}');
  });

  it('lists the ids or the repositories that there are where it names none of them', () => {
    expect(refusal(() => sweep({ replica: 'C' })).message).toContain('"C" is not a replica: expected one of "A--1"');
    expect(refusal(() => sweep({ repository: 'C' })).message).toContain(
      '"C" is not the source repository of a replica: expected one of "A", "B", "https://git.example.com/x.git"',
    );
  });

  it('is refused if so many replicas do not fit into a state, with the way out', () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({ ...settings.replicas[0], id: `${'x'.repeat(100)}${n}` }));
    const big = { ...reader, settings: { replicas: many as typeof settings.replicas } };

    expect(refusal(() => readInput({ stateMachine: 'sweep', input: {} }, big)).message).toContain(
      '3000 replicas are too many for one sweep',
    );
    // 180,000 bytes, of which each takes its id twice and 60 more.
    const exactly = (count: number) => ({
      ...reader,
      settings: { replicas: many.slice(1000, 1000 + count) as typeof settings.replicas },
    });
    const each = 2 * 104 + 60;
    const fits = Math.floor(180_000 / each);
    expect(readInput({ stateMachine: 'sweep', input: {} }, exactly(fits))).toMatchObject({
      replicas: { length: fits },
    });
    expect(() => readInput({ stateMachine: 'sweep', input: {} }, exactly(fits + 1))).toThrow('too many');
  });
});

it('shows what is hostile harmlessly, on one line, and not at any length', () => {
  const hostile = '\n\u001b[2J\u202e'.repeat(1000);
  const inputs = [
    hostile,
    [hostile],
    { [hostile]: 1, replica: 'B' },
    { replica: { [hostile]: 1 } },
    { replica: hostile },
  ];

  for (const input of [...inputs, { repository: hostile }]) {
    for (const read of [replicate, sweep]) {
      const { message } = refusal(() => read(input));
      expect(message).not.toMatch(/[\n\u001b\u202e]/);
      expect(message.length).toBeLessThan(600);
    }
  }
});

describe('an input that is wrong', () => {
  const of = (count: number) => {
    const replicas = Array.from({ length: count }, (_, n) => ({
      ...settings.replicas[0],
      id: `r${n}`,
      source: side(`S${n}`),
    }));
    return { ...reader, settings: { replicas: replicas as typeof settings.replicas } };
  };
  const said = (stateMachine: 'replicate' | 'sweep', input: unknown, by = reader) => {
    const error = refusal(() => readInput({ stateMachine, input }, by));
    expect(error.code).toBe('input');
    return error.message;
  };

  it('is told what there is, of which fifty are named', () => {
    expect(said('replicate', {}, of(0))).toMatch(/^"replica" is missing: expected .*; no replica is configured$/);
    expect(said('sweep', { repository: 'x' }, of(0))).toBe(
      '"x" is not the source repository of a replica: no replica is configured',
    );
    expect(said('replicate', {}, of(50))).toMatch(/; the ids are "r0", .*"r49"$/);
    expect(said('replicate', {}, of(52))).toMatch(/; the ids are "r0", .*"r49" and 2 more$/);
    expect(said('sweep', { repository: 'x' }, of(51))).toMatch(/expected one of "S0", .*"S49" and 1 more$/);
  });

  it('is shown, whatever it is', () => {
    expect(said('replicate', ['B'])).toMatch(/^the input is \["B"\]: expected/);
    expect(said('sweep', undefined)).toMatch(/^the input is missing: expected/);
    expect(said('replicate', { replica: 'x'.repeat(200) })).toMatch(/^"x{200}" is not a replica: /);
    expect(said('replicate', { replica: ['x'.repeat(200)] })).toMatch(/^"replica" is \["x{78}…: expected/);
    expect(said('sweep', { repository: 'x'.repeat(200) })).toMatch(/^"x{80}…" is not the source repository/);
    expect(said('replicate', { replica: 'B', ['x'.repeat(200)]: 1 })).toMatch(/unknown fields: "x{80}…": expected/);
    expect(said('sweep', {}, { ...of(3000) })).toMatch(/^3000 replicas are too many for one sweep/);
  });
});

it('has no field that nobody gave', () => {
  expect(replicate({ replica: 'B' })).toStrictEqual({
    replica: 'B',
    remindBefore: '2026-01-01T03:04:05.000Z',
    expiresAt: String(Date.parse('2026-01-09T03:04:05.000Z') / 1000),
  });
});

it.each([
  [300, true],
  [301, false],
])('an execution whose name makes its ARN %i characters belongs to a sweep: %s', (length, belongs) => {
  const start = `${SWEEP.replace('stateMachine', 'execution')}:`;
  const ofSweep = `${start}${'x'.repeat(length - start.length)}`;

  expect('sweep' in replicate({ replica: 'B', [STARTED_BY]: ofSweep })).toBe(belongs);
  expect(replicate({ replica: 'B', [STARTED_BY]: ` ${ofSweep}` })).not.toHaveProperty('sweep');
});
