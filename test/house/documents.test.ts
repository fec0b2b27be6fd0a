import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODECOMMIT_OPERATIONS } from '../../local/codecommit/api.ts';

const HOME = join(import.meta.dirname, '..', '..');
const page = (name: string) => readFileSync(join(HOME, name), 'utf8');

it('has a row in the README’s map for every room, and a room for every row', () => {
  const rows = [...page('README.md').matchAll(/^\| (`[^|]+`) *\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w-]+)\/`/g)].map(([, room]) => room),
  );
  const ignored = ['node_modules', 'dist', 'coverage', 'cdk.out'];
  const rooms = readdirSync(HOME, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !ignored.includes(entry.name))
    .map(({ name }) => name);

  expect(rows.sort()).toEqual(rooms.sort());
});

it('lists in docs/local-mode.md just the operations of CodeCommit that the look-alike has', () => {
  const row = /^\| CodeCommit API *\| ([^|]+)\|/m.exec(page('docs/local-mode.md'))?.[1] ?? '';

  expect(row.trim().split(', ').sort()).toEqual([...CODECOMMIT_OPERATIONS].sort());
});

it.each(['README.md', 'CONTRIBUTING.md', ...readdirSync(join(HOME, 'docs')).map((name) => `docs/${name}`)])(
  'leads nowhere wrong from %s',
  (name) => {
    const links = [...page(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);

    expect(links.filter((target) => !existsSync(join(HOME, name, '..', target)))).toEqual([]);
  },
);
