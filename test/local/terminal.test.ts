import { stripVTControlCharacters } from 'node:util';
import { headsTable } from '../../local/terminal/heads.ts';
import { formatBytes, progressLine } from '../../local/terminal/progress-bar.ts';
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
