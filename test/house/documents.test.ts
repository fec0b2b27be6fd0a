import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CODECOMMIT_OPERATIONS } from '../../local/codecommit/api.ts';
import { BRANCHES_PER_PAGE } from '../../local/codecommit/branches-page.ts';
import { REF_COMMANDS_MAX, STRICTNESS } from '../../local/codecommit/profile.ts';
import { PUSH_FAULTS } from '../../local/codecommit/push-fault.ts';
import { PUSH_REFUSALS } from '../../local/codecommit/push-refusal.ts';
import { THROTTLED_STATUS } from '../../local/codecommit/throttle.ts';
import { SECRETS_MANAGER_OPERATIONS } from '../../local/secretsmanager/api.ts';
import { SNS_OPERATIONS } from '../../local/sns/api.ts';
import { STEP_FUNCTIONS_OPERATIONS } from '../../local/stepfunctions/api.ts';
import { STS_OPERATIONS } from '../../local/sts/api.ts';
import { REASONS } from '../../replication/reasons.ts';

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

describe('docs/local-mode.md', () => {
  const text = page('docs/local-mode.md');
  /** The rows of the table under this heading cell: the text of each cell. */
  const rowsUnder = (heading: string): string[][] => {
    const [, table = ''] = text.split(new RegExp(`^\\| ${heading} .*\\|\\n\\|[-| ]+\\|\\n`, 'm'));
    const end = table.search(/^(?!\|)/m);
    return table
      .slice(0, end < 0 ? undefined : end)
      .trimEnd()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()));
  };
  const codes = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

  it.each<[string, readonly string[]]>([
    ['CodeCommit API', CODECOMMIT_OPERATIONS],
    ['Step Functions', STEP_FUNCTIONS_OPERATIONS],
    ['SNS', SNS_OPERATIONS],
    ['Secrets Manager', SECRETS_MANAGER_OPERATIONS],
    ['STS', STS_OPERATIONS],
  ])('lists of %s just the operations that the look-alike has', (service, operations) => {
    const does = rowsUnder('service').find(([, name]) => name === service)?.[2] ?? '';

    expect((does.split(';')[0] ?? '').split(', ').sort()).toEqual([...operations].sort());
  });

  it('has a row for every point where the look-alike is stricter than git, and no other', () => {
    expect(rowsUnder('point').flatMap(([, point]) => codes(point))).toEqual([...STRICTNESS]);
  });

  it('has a row for every switch that makes the look-alike fail, and no other', () => {
    expect(
      rowsUnder('switch')
        .flatMap(([, name]) => codes(name))
        .sort(),
    ).toEqual(['throttle', ...PUSH_FAULTS].sort());
  });

  it.each(Object.values(PUSH_REFUSALS))('quotes what a refused push is told: $unpack', ({ unpack, ...refusal }) => {
    expect(text).toContain(`\`unpack ${unpack}\``);
    if ('progress' in refusal) expect(text).toContain(`\`${refusal.progress.trim()}\``);
  });

  it('says how many commands a push may have, how many branches a page has, and with what throttling is answered', () => {
    expect(text).toContain(`Over ${REF_COMMANDS_MAX.toLocaleString('en')} commands`);
    expect(text).toContain(`${BRANCHES_PER_PAGE} branches a page`);
    expect(text).toContain(`${THROTTLED_STATUS.git} from git, ${THROTTLED_STATUS.api} from the API`);
  });

  it('says of every row what is a guess', () => {
    const rows = ['service', 'point', 'switch'].flatMap(rowsUnder);

    expect(rows.length).toBeGreaterThan(15);
    expect(rows.filter((row) => row.at(-2) === '')).toEqual([]);
  });
});

it('explains in docs/guards.md just the reasons that a plan can give', () => {
  const section = page('docs/guards.md').split('## Why a head is as it is planned')[1]?.split('\n## ')[0] ?? '';
  const rows = [...section.matchAll(/^\| `([a-z-]+)`/gm)].map(([, code]) => code);

  expect(rows.sort()).toEqual(Object.keys(REASONS).sort());
});

it.each([
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(HOME, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
])('leads nowhere wrong from %s', (name) => {
  const links = [...page(name).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, target = '']) => target);

  expect(links.filter((target) => !existsSync(join(HOME, name, '..', target)))).toEqual([]);
});
