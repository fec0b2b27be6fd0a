import type { Oid } from '../../../git/oid.ts';
import { type RefName, refFromText } from '../../../git/ref.ts';
import { writeObject, writeTag } from '../../support/oracle/objects.ts';
import type { Script } from '../../support/oracle/observe.ts';
import { type Pair, requests, Scene } from '../../support/oracle/pair.ts';
import { askGit } from '../../support/oracle/refs.ts';

let pair: Pair;
Scene.forThisFile((one) => {
  pair = one;
});

const [MAIN, WORK] = ['refs/heads/main', 'refs/heads/work'] as [RefName, RefName];

describe('tags of every kind', () => {
  it('F31: arrive, and are moved from each kind to every other, with exactly the object that the source shows', async () => {
    const path = pair.path('source');
    const [one, two] = [await pair.commit('one'), await pair.commit('two')];
    const tree = async (oid: Oid) => (await askGit(path, 'rev-parse', `${oid}^{tree}`)).trim() as Oid;
    const annotated = await writeTag(path, 'annotated', one, 'commit');
    const kinds: Record<string, Oid> = {
      light: one,
      annotated,
      'of-a-tag': await writeTag(path, 'of-a-tag', annotated, 'tag'),
      tree: await tree(one),
      'of-a-tree': await writeTag(path, 'of-a-tree', await tree(two), 'tree'),
      blob: await writeObject(path, 'blob', 'a blob that no tree has\n'),
      'of-a-blob': await writeTag(path, 'of-a-blob', await writeObject(path, 'blob', 'another\n'), 'blob'),
      moved: await writeTag(path, 'annotated', two, 'commit'),
    };
    const oids = Object.values(kinds);
    const names = Object.keys(kinds).map((name) => `refs/tags/${name}`);

    // Every turn takes each tag so many kinds further, so that after all of them there was a move from every kind to every other.
    for (let turn = 0, further = 0; turn < oids.length; turn++) {
      further += turn;
      const tags = names.map((name, n) => [name, oids[(n + further) % oids.length] as Oid] as const);
      await pair.pack('source', [[MAIN, pair.main], ...tags]);
      const { violations, result, chronicle, sourceAfter } = await pair.observe();
      expect(violations).toEqual([]);
      expect(result).toMatchObject({ result: 'replicated', rounds: 1 });
      expect(chronicle.after).toEqual(sourceAfter);
    }
    await pair.heal('in-sync');
  });
});

describe('a branch that is rewritten at the source', () => {
  let old: Oid;
  let amended: Oid;
  let later: Oid;
  const [BACK, FORWARD] = ['refs/heads/back', 'refs/heads/forward'] as [RefName, RefName];
  beforeEach(async () => {
    old = await pair.commit('work');
    amended = await pair.commit('work, amended');
    later = await pair.commit('later', { parents: [old] });
    await pair.set('source', { [WORK]: old, [BACK]: later, [FORWARD]: pair.main, 'refs/tags/v1': old });
    await pair.heal();
    await pair.set('source', { [WORK]: amended, [BACK]: old, [FORWARD]: old, 'refs/tags/v1': amended });
  });
  const archive = (oid: Oid, name: string) => `refs/tags/ccrepl-archive/${oid}/${name}` as RefName;

  it('F32: is followed, and where the policy archives, its old tip stays under a tag', async () => {
    const policy = { rewrites: 'archive' } as const;

    const { violations, result, chronicle } = await pair.observe({ policy });

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'replicated' });
    expect(chronicle.after.get(WORK)).toBe(amended);
    // One object needs one name, though a branch and a tag stood at it.
    const at = (oid: Oid) => [...chronicle.after].filter(([, value]) => value === oid).map(([ref]) => ref);
    expect(at(old)).toEqual([BACK, FORWARD, archive(old, 'tags/v1')]);
    expect(at(later)).toEqual([archive(later, 'heads/back')]);
    await pair.heal('in-sync', { policy });
  });

  it('F32: is left where it is, with both ids, where the policy lets heads only go forward; what goes forward arrives', async () => {
    const policy = { rewrites: 'refuse' } as const;

    const { violations, result, chronicle } = await pair.observe({ policy });

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused', retryable: false } });
    expect(result.heads.map(({ ref, status, code, old: from, new: to }) => [ref, status, code, from, to])).toEqual([
      [BACK, 'refused', 'rewrite-refused', later, old],
      [FORWARD, 'done', undefined, pair.main, old],
      [WORK, 'refused', 'rewrite-refused', old, amended],
      ['refs/tags/v1', 'refused', 'rewrite-refused', old, amended],
    ]);
    expect([WORK, BACK, FORWARD].map((ref) => chronicle.after.get(ref))).toEqual([old, later, old]);
    await pair.set('source', { [WORK]: old, [BACK]: later, 'refs/tags/v1': old });
    await pair.heal('in-sync', { policy });
  });

  it('F32: is followed without an archive where the policy mirrors, which is how it is unless somebody decides', async () => {
    const { violations, chronicle, sourceAfter } = await pair.observe({ policy: { rewrites: 'mirror' } });

    expect(violations).toEqual([]);
    expect(chronicle.after).toEqual(sourceAfter);
    await pair.heal('in-sync');
  });
});

describe('what ransomware, or a mistake, does to a source in one stroke', () => {
  type Heads = Map<string, Oid>;
  const rewritten = async (good: Heads): Promise<Heads> => {
    const bad = new Map<string, Oid>();
    for (const name of good.keys()) bad.set(name, await pair.commit(`pay to get ${name} back`, { parents: [] }));
    return bad;
  };

  it.each<[string, number, (good: Heads) => Heads | Promise<Heads>, { deletes: number; rewrites: number }]>([
    ['30 % of the branches deleted', 40, (good) => new Map([...good].slice(0, 28)), { deletes: 12, rewrites: 0 }],
    ['every branch rewritten', 11, rewritten, { deletes: 0, rewrites: 11 }],
  ])(
    'F33: %s is refused as a whole, what is new arrives, and only its own fingerprint lets it through, once',
    async (_what, size, strike, counts) => {
      const good: Heads = new Map([[MAIN, pair.main]]);
      for (let n = 1; n < size; n++) good.set(`refs/heads/b${n}`, await pair.commit(`b${n}`));
      await pair.pack('source', good);
      await pair.heal();
      const bad = await strike(good);
      await pair.pack('source', [...bad, ['refs/heads/new', pair.main]]);
      const run = (confirm?: string, script: Script = {}) => pair.observe({ ...script, options: { confirm } });

      const refused = await run();
      const fingerprint = refused.result.massChange?.fingerprint;
      const wrong = await run('0123456789abcdef');
      // Something else happens before the person has decided: a change that was not shown is not confirmed.
      const more = [...bad].filter(([name]) => name !== 'refs/heads/b1');
      await pair.pack('source', [...more, ['refs/heads/new', pair.main]]);
      const outdated = await run(fingerprint);
      await pair.pack('source', [...bad, ['refs/heads/new', pair.main]]);
      const confirmed = await run(fingerprint);

      for (const { violations } of [refused, wrong, outdated, confirmed]) expect(violations).toEqual([]);
      expect(refused.result).toMatchObject({
        result: 'incomplete',
        error: { code: 'refused', retryable: false, message: expect.stringContaining(`confirm ${fingerprint}`) },
        massChange: { ...counts, of: size, confirmed: false },
      });
      const statuses = (of: string) => refused.result.heads.filter(({ status }) => status === of);
      expect(statuses('done').map(({ ref }) => ref)).toEqual(['refs/heads/new']);
      expect(new Set(statuses('refused').map(({ code }) => code))).toEqual(new Set(['mass-change']));
      for (const [name, oid] of good) expect(outdated.chronicle.after.get(refFromText(name))).toBe(oid);
      expect(requests(wrong.seen.destination, 'git-receive-pack')).toBe(0);
      expect([wrong, outdated].map(({ result }) => result.massChange?.confirmed)).toEqual([false, false]);
      expect(wrong.result.massChange?.fingerprint).toBe(fingerprint);
      expect(outdated.result.massChange?.fingerprint).not.toBe(fingerprint);
      expect(confirmed.result).toMatchObject({ result: 'replicated', massChange: { ...counts, confirmed: true } });

      // The word was for that run: the same again needs the same again.
      await pair.pack('source', good);
      await run((await run()).result.massChange?.fingerprint);
      await pair.pack('source', bad);
      const again = await run();
      expect(again.violations).toEqual([]);
      expect(again.result).toMatchObject({ error: { code: 'refused' }, massChange: { confirmed: false } });
      await pair.pack('source', good);
      await pair.heal('in-sync');
    },
  );
});
