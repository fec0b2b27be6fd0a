import { seed } from '../support/seed.ts';
import { judge } from './judge.ts';
import { findingOf, search } from './search.ts';
import { shrink } from './shrink.ts';
import type { Target } from './target.ts';
import { TARGETS } from './targets.ts';

/** The long search is `npm run fuzz`. */
const INPUTS = 3000;

it.each(TARGETS.map((target) => [target.name, target] as const))(
  'whatever it is given, the parser of %s answers, or says what is wrong in words of its own',
  async (_name, target) => {
    const { found, kinds } = await search(target, INPUTS, seed);

    expect({ seed, found: found?.finding.message, bytes: found?.bytes.toString('hex') }).toEqual({ seed });
    // Both a good and several bad answers: the inputs get somewhere.
    expect(kinds.size).toBeGreaterThan(3);
  },
);

it.each(TARGETS.map((target) => [target.name, target] as const))(
  'the parser of %s takes the examples that the search begins with, or names what is wrong with them',
  async (_name, target) => {
    const findings = await Promise.all(target.examples.map((bytes) => findingOf(target, bytes)));

    expect(findings).toEqual(target.examples.map(() => undefined));
  },
);

/** A parser that does what it must not where two bytes stand one after the other. */
const BROKEN: Target = {
  name: 'broken',
  files: [],
  examples: [Buffer.from('abcdefgh'.repeat(10))],
  words: ['!'],
  generate: (random) => Buffer.from(random.some(20, () => random.below(256))),
  reshape: (bytes) => bytes,
  run(bytes) {
    judge('no mark after a letter', !/[a-z]!/.test(bytes.toString('latin1')), bytes);
    return 'good';
  },
};

it('a search finds what a parser does wrong, shows the smallest input, and the same one again for the same seed', async () => {
  const [first, again] = [await search(BROKEN, 20_000, seed), await search(BROKEN, 20_000, seed)];
  const bytes = first.found?.bytes ?? Buffer.alloc(0);
  const smallest = await shrink(bytes, async (smaller) => (await findingOf(BROKEN, smaller)) !== undefined);

  expect(first.found?.finding.message).toMatch(/^no mark after a letter: /);
  expect(smallest.toString('latin1')).toMatch(/^[a-z]!$/);
  expect(again.found?.bytes).toEqual(bytes);
});

it('a search takes an error that nobody thought of for a finding', async () => {
  const surprising: Target = {
    ...BROKEN,
    run() {
      throw new TypeError('surprise');
    },
  };

  expect((await search(surprising, 10, seed)).found?.finding.message).toContain('surprise');
});
