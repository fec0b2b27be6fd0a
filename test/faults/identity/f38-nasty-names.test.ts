import { CANARIES } from '../../support/oracle/canaries.ts';
import { observeTask } from '../../support/oracle/observe-task.ts';
import { readRefs } from '../../support/oracle/refs.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';

/** All of them names that git takes. */
const NAMES = [
  '$(id)',
  '`id`',
  'a;id',
  'a|id',
  'a&id',
  `'"'`,
  '<b>',
  '--upload-pack=x',
  '%0d%0a',
  '%s%n',
  '{"a"}',
  '\u202ex',
  '日本-😀',
  "$(touch$IFS'pwned')",
].map((name) => `refs/heads/${name}`);

let two: TwoRegions;
let clone: Clone;
beforeAll(async () => {
  two = await TwoRegions.start('codecommit', [], { credentials: CANARIES });
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, ...NAMES.map((name) => `main:${name}`), 'main:refs/tags/--exec=$(id)');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

it('F38: legal but nasty names are copied byte for byte, start no program, and break out of no line of the log', async () => {
  const seen = await observeTask(two, { env: { CCREPL_EXECUTION: 'arn\nforged' } });

  expect(seen.violations).toEqual([]);
  expect(seen).toMatchObject({ code: 0, result: { result: 'replicated', counts: { create: NAMES.length + 1 } } });
  await two.expectEqual();
  expect(seen.processes.length).toBeGreaterThan(0);
  expect(seen.stdout.trimEnd().split('\n')).toHaveLength(1);
  const told = (seen.result['heads'] as { ref: string }[]).map(({ ref }) => ref);
  // What could turn a line round on a screen is shown as what it is.
  expect(told).toEqual(expect.arrayContaining(NAMES.map((name) => name.replace('\u202e', '\\u{202e}'))));
  const said = seen.log.filter((record) => !('_aws' in record));
  expect(said.length).toBeGreaterThan(1);
  for (const record of said) expect(record).toMatchObject({ level: 'info', execution: 'arn\nforged' });
});

it('F38: the same names are moved byte for byte, with one that is deleted', async () => {
  await clone.commit('more');
  const [first, ...rest] = NAMES as [string, ...string[]];
  await clone.push(two.sourceUrl, ...rest.map((name) => `main:${name}`), 'main:refs/heads/kept');
  await two.source.store.setDefaultBranch('Source', 'kept');
  await clone.push(two.sourceUrl, `:${first}`);

  const seen = await observeTask(two);

  expect(seen.violations).toEqual([]);
  expect(seen).toMatchObject({ code: 0, result: { result: 'replicated', counts: { update: rest.length, delete: 1 } } });
  await two.expectEqual();
});

it('F38: the same names are deleted byte for byte', async () => {
  const gone = NAMES.slice(1);
  await clone.push(two.sourceUrl, ...gone.map((name) => `:${name}`), ':refs/tags/--exec=$(id)');

  const seen = await observeTask(two, { task: { policy: { massChange: { percent: 100 } } } });

  expect(seen.violations).toEqual([]);
  expect(seen).toMatchObject({ code: 0, result: { result: 'replicated', counts: { delete: gone.length + 1 } } });
  expect([...(await readRefs(two.destinationPath)).keys()]).toEqual(['refs/heads/kept']);
  await two.expectEqual();
});
