import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { isValidRefName, type RefName, refFromText } from '../../git/ref.ts';
import { refToText } from '../../replication/ref-text.ts';
import { resolveDivergence } from '../../replication/resolution.ts';
import { anOid } from '../support/plans.ts';
import { seed } from '../support/seed.ts';

const [SOURCE, DESTINATION] = ['https://s/Source', 'https://d/Destination'];
const ONE = anOid('1');
const NINE = anOid('9');
const resolve = (ref: string, expected: string | null = ONE, found: string | null = NINE) =>
  resolveDivergence({ ref, expected, found }, SOURCE, DESTINATION);

it('keeps the work under a name beside the original, or puts back what the source has', () => {
  expect(resolve('refs/heads/main')).toEqual({
    keep: `git fetch https://d/Destination refs/heads/main && git push https://s/Source ${NINE}:refs/heads/from-replica/main`,
    giveUp: `git fetch https://s/Source refs/heads/main && git push --force-with-lease=refs/heads/main:${NINE} https://d/Destination ${ONE}:refs/heads/main`,
  });
});

it('deletes exactly what was seen of a head that only the destination has', () => {
  expect(resolve('refs/tags/x', null)).toMatchObject({
    giveUp: `git push --force-with-lease=refs/tags/x:${NINE} https://d/Destination :refs/tags/x`,
  });
});

it.each([
  ['refs/notes/x', 'refs/notes/from-replica/x'],
  ['refs/stash', 'refs/from-replica/stash'],
])('brings the work of %s to %s, also outside branches and tags', (ref, rescue) => {
  expect(resolve(ref)).toMatchObject({ keep: expect.stringContaining(` ${NINE}:${rescue}`) });
});

it('quotes a URL that a shell would take apart', () => {
  expect(
    resolveDivergence({ ref: 'refs/heads/a', expected: null, found: NINE }, SOURCE, 'https://d/a;b'),
  ).toMatchObject({
    giveUp: expect.stringContaining("'https://d/a;b'"),
  });
});

const LONG = 'x'.repeat(1000);
it.each<[string, RefName]>([
  ['that is no UTF-8', 'refs/heads/\xe9' as RefName],
  ['with a character that turns text around', refFromText('refs/heads/a\u202eb')],
  ['that is too long to be shown whole', refFromText(`refs/heads/${LONG}`)],
])('gives no command for a name %s, but says how to see it', (_what, ref) => {
  expect(resolve(refToText(ref))).toEqual({
    impossible: expect.stringContaining(`git ls-remote ${DESTINATION} | grep ${NINE}`),
  });
});

it('takes an ellipsis at the end of a short name for a part of it', () => {
  expect(resolve('refs/heads/more…')).toHaveProperty('keep');
});

it.each([
  ['what is not there', resolveDivergence({ ref: 'refs/heads/a', expected: ONE, found: null }, SOURCE, DESTINATION)],
  [
    'a source that nobody knows',
    resolveDivergence({ ref: 'refs/heads/a', expected: ONE, found: NINE }, '', DESTINATION),
  ],
  [
    'sides that have one URL in two accounts',
    resolveDivergence({ ref: 'refs/heads/a', expected: ONE, found: NINE }, SOURCE, SOURCE),
  ],
  [
    'a destination that nobody knows',
    resolveDivergence({ ref: 'refs/heads/a', expected: ONE, found: NINE }, SOURCE, ''),
  ],
])('gives no command about %s', (_what, resolution) => {
  expect(resolution).toEqual({ impossible: expect.stringMatching(/\.$/) });
});

it('writes commands that a real shell takes apart into just the words that are meant, for hostile names', async () => {
  const piece = fc.constantFrom(...'aZ09/-_.,;|&<>()$`\'"!#%=+{}@äß日😀', '$(id)', "''", '--');
  const names = fc
    .sample(
      fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `refs/heads/${pieces.join('')}`),
      { seed, numRuns: 150 },
    )
    .filter((name) => isValidRefName(refFromText(name)));
  const commands = names.flatMap((ref) => Object.values(resolve(ref)));
  const script = ['git() { printf "[%s]" "$@"; echo; }', ...commands].join('\n');

  const { stdout } = await promisify(execFile)('sh', ['-c', script], { env: {} });

  const words = (...all: string[]) => all.map((word) => `[${word}]`).join('');
  const expected = names.flatMap((ref) => [
    words('fetch', DESTINATION, ref),
    words('push', SOURCE, `${NINE}:${ref.replace('refs/heads/', 'refs/heads/from-replica/')}`),
    words('fetch', SOURCE, ref),
    words('push', `--force-with-lease=${ref}:${NINE}`, DESTINATION, `${ONE}:${ref}`),
  ]);
  expect(names.length).toBeGreaterThan(30);
  expect({ seed, ran: stdout.trimEnd().split('\n') }).toEqual({ seed, ran: expected });
});
