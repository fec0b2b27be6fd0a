import { stripVTControlCharacters } from 'node:util';
import { clock } from '../../local/terminal/clock.ts';
import { cut } from '../../local/terminal/cut.ts';
import { headsTable } from '../../local/terminal/heads.ts';
import { formatBytes, progressLine } from '../../local/terminal/progress-bar.ts';
import { type ReplicaLine, replicasTable } from '../../local/terminal/replicas.ts';
import { Screen } from '../../local/terminal/screen.ts';
import { table } from '../../local/terminal/table.ts';
import { aPlan } from '../support/plans.ts';

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [45_210_000, '45.2 MB'],
  [307_000_000, '307 MB'],
  [2_000_000_000_000_000, '2000 TB'],
])('writes %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('draws how far a server is where it says so, and that bytes flow where nobody can say how many', () => {
  const known = progressLine({
    stage: 'indexing',
    step: 'Resolving deltas',
    percent: 50,
    objects: 1234,
    packBytes: 5_000_000,
  });
  const flowing = (packBytes: number) => progressLine({ stage: 'transferring', objects: 10, packBytes });

  expect(stripVTControlCharacters(known)).toBe(
    '[████████████░░░░░░░░░░░░]  50%  Resolving deltas  1,234 objects, 5.0 MB',
  );
  expect(stripVTControlCharacters(flowing(400_000))).toBe(
    '[░░████░░░░░░░░░░░░░░░░░░]       Transferring  10 objects, 400 kB',
  );
  expect(flowing(400_000)).not.toBe(flowing(600_000));
});

it('lines up columns whatever colours they have', () => {
  expect(
    table(
      ['A', 'LONG'],
      [
        ['\u001b[31mred\u001b[39m', 'x'],
        ['b', ''],
      ],
    ),
  ).toEqual(['A    LONG', '\u001b[31mred\u001b[39m  x', 'b']);
});

it('shows the heads that differ first, then some that are equal, and counts the rest', () => {
  const equal = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`refs/heads/a${n}`, '1']));
  const lines = headsTable(aPlan({ ...equal, 'refs/heads/z': '2' }, { ...equal, 'refs/heads/z': '3' }), 3).map(
    stripVTControlCharacters,
  );

  expect(lines).toEqual([
    'REF            SOURCE      DESTINATION  VERDICT',
    'refs/heads/z   2222222222  3333333333   update (has moved at the source)',
    'refs/heads/a0  1111111111  1111111111   in sync',
    'refs/heads/a1  1111111111  1111111111   in sync',
    '… and 28 more',
  ]);
});

it.each([
  ['abcdef', 3, 'abc'],
  ['abc', 3, 'abc'],
  ['\u001b[31mabc\u001b[39m', 3, '\u001b[31mabc\u001b[39m'],
  ['\u001b[31mabcdef\u001b[39m', 3, '\u001b[31mabc\u001b[0m'],
  ['▸ ✔ é', 3, '▸ ✔'],
])('cuts %j to %d columns and lets no colour run on', (text, columns, expected) => {
  expect(cut(text, columns)).toBe(expected);
});

it('writes the time of day, and the day if it is another', () => {
  const at = new Date(2026, 0, 2, 3, 4, 5);

  expect(clock(at.toISOString(), new Date(2026, 0, 2, 23))).toBe('03:04:05');
  expect(clock(at.toISOString(), new Date(2026, 0, 3))).toBe('2026-01-02 03:04:05');
});

describe('the table of replicas', () => {
  const line = (id: string, changes: Partial<ReplicaLine> = {}): ReplicaLine => ({
    id,
    verdict: 'in-sync',
    heads: 1234,
    lagSeconds: 2,
    since: undefined,
    last: 'in-sync in 0.4 s, by sweep',
    working: undefined,
    ...changes,
  });
  const shown = (...parameters: Parameters<typeof replicasTable>) =>
    replicasTable(...parameters).map(stripVTControlCharacters);

  it('says of each how it stands, and at which state its execution is', () => {
    const fresh = { verdict: undefined, heads: undefined, lagSeconds: undefined };

    expect(shown([line('A'), line('B', { ...fresh, working: 'CompareHeads' })])).toEqual([
      'REPLICA  VERDICT  HEADS  LAG  SINCE  LAST EXECUTION',
      'A        in-sync  1,234  2 s  -      in-sync in 0.4 s, by sweep',
      'B        -        -      -    -      ▸ CompareHeads',
    ]);
  });

  it('shows those that are not in sync or at work first where there is no room for all', () => {
    const many = Array.from({ length: 10 }, (_, n) => line(`R${n}`));
    many[8] = line('R8', { verdict: 'diverged' });
    many[9] = line('R9', { working: 'Replicate' });

    const lines = shown(many, 5);

    expect(lines.map((text) => text.split(' ')[0])).toEqual(['REPLICA', 'R8', 'R9', 'R0', '…']);
    expect(lines.at(-1)).toBe('… and 7 more, all in sync');
  });
});

describe('the screen', () => {
  /** What is written to a stream of so many columns. */
  function aScreen(isTTY: boolean) {
    const written: string[] = [];
    const stream = { isTTY, columns: 20, rows: 30, write: (text: string) => written.push(text) };
    return { screen: new Screen(stream as unknown as NodeJS.WriteStream), written };
  }

  it('takes lines at the bottom away before it writes what stays, and leaves them at last', () => {
    const { screen, written } = aScreen(true);

    screen.pin(['one', 'a line that is longer than the terminal']);
    screen.settle();
    screen.line('stays');
    screen.unpin();

    expect(written).toEqual([
      'one\na line that is long',
      '\r\u001b[1A\u001b[J',
      'stays\n',
      'one\na line that is long',
      '\n',
    ]);
  });

  it('leaves what changes out where the output is no terminal', () => {
    const { screen, written } = aScreen(false);

    screen.pin(['one']);
    screen.transient('two');
    screen.line('three');
    screen.unpin();

    expect(written).toEqual(['three\n']);
  });
});
