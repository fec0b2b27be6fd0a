import type { Oid } from '../../../git/oid.ts';
import { COMMANDS_PER_PUSH_MAX } from '../../../replication/pushes.ts';
import { type Pair, requests, Scene } from '../../support/oracle/pair.ts';

let pair: Pair;
// CodeCommit's look-alike: it takes no push of more than 4,000 commands.
Scene.forThisFile((one) => {
  pair = one;
});

/** `npm run faults:large` has the largest too. */
const LARGE = process.env['CCREPL_FAULTS'] === 'large';

/** Thousands of refs are thousands of files, which take as long as the disk takes. */
const PATIENT = { withinMs: 600_000 };

const name = (n: number) => `refs/heads/team-${n % 40}/branch-${n}`;

it.each(LARGE ? [4001, 8001, 20_000] : [4001, 8001])(
  'F29: %d changes are made by at most 4,000 a push, each push proven by a reading before the next',
  async (changes) => {
    const commits: Oid[] = [pair.main];
    for (let n = 0; n < 20; n++) commits.push(await pair.commit(`${n}`, { parents: commits.slice(-1) }));
    await pair.set('source', { 'refs/heads/main': commits[10] });
    await pair.heal();
    // Some go, but not so many that a person must confirm it; of the others half are there already.
    const gone = 40;
    const moved = Math.floor(changes / 2);
    const main = ['refs/heads/main', commits[10] as Oid] as const;
    const heads = (from: number, to: number, older: number) =>
      Array.from({ length: to - from }, (_, n) => [name(from + n), commits[(n % 10) + 11 - older] as Oid] as const);
    await pair.pack('destination', [main, ...heads(0, moved + gone, 10)]);
    await pair.pack('source', [main, ...heads(0, moved, 0), ...heads(moved + gone, changes, 0)]);

    const { violations, result, seen, chronicle, sourceAfter } = await pair.observe(PATIENT);

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
    expect(result.heads).toHaveLength(changes);
    expect(result.heads.every(({ status }) => status === 'done')).toBe(true);
    const pushes = Math.ceil(changes / COMMANDS_PER_PUSH_MAX);
    expect(seen.destination.map(({ service }) => service)).toEqual([
      'info/refs',
      ...Array.from({ length: pushes }, () => ['git-receive-pack', 'info/refs']).flat(),
    ]);
    // Whose the old tips are, whether the moves go forward (5,000 a question), and one pack: it comes with the first push, the others carry none.
    expect(requests(seen.source, 'git-upload-pack')).toBe(2 + Math.ceil(moved / 5000));
    expect(chronicle.after).toEqual(sourceAfter);
    await pair.heal('in-sync', PATIENT);
  },
  900_000,
);

it('F29: 4,000 names for objects that are there already are created in one push, with a valid pack of nothing', async () => {
  await pair.pack(
    'source',
    Array.from({ length: 4001 }, (_, n) => [n === 0 ? 'refs/heads/main' : name(n), pair.main] as const),
  );

  const { violations, result, seen, chronicle, sourceAfter } = await pair.observe(PATIENT);

  expect(violations).toEqual([]);
  expect(result).toMatchObject({ result: 'replicated', packBytes: 0, objects: 0 });
  expect(requests(seen.source, 'git-upload-pack')).toBe(0);
  expect(requests(seen.destination, 'git-receive-pack')).toBe(1);
  expect(chronicle.after).toEqual(sourceAfter);
  await pair.heal('in-sync', PATIENT);
}, 900_000);
