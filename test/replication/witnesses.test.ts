import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { type SourceApi, type SourceRemote, witnessesOf } from '../../replication/apis.ts';
import { compareRemotes } from '../../replication/compare.ts';
import type { View } from '../../replication/plan.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { anOid, refs } from '../support/plans.ts';

const [MAIN, DEV, TAG] = ['refs/heads/main', 'refs/heads/dev', 'refs/tags/v'] as [RefName, RefName, RefName];
const view = (...names: RefName[]): View => ({ refs: refs(Object.fromEntries(names.map((name) => [name, '1']))) });
const FIRST = view(MAIN, TAG);

/** A source that shows one view after the other, and notes what it is asked. */
function aSource(...views: View[]): SourceRemote<View> & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    advertisement: async (service) => {
      asked.push(service);
      return views.shift() as View;
    },
    knownObjects: async (oids, of) => {
      asked.push(`known in ${of.refs.size}`);
      return new Set(oids);
    },
    contains: async (tips, oids, of) => {
      asked.push(`${tips} contain ${oids} in ${of.refs.size}`);
      return true;
    },
  };
}
const anApi = (changes: Partial<SourceApi> = {}): SourceApi => ({
  knows: async () => new Set(),
  contains: async () => false,
  branches: async () => new Set([MAIN]),
  defaultBranch: async () => undefined,
  ...changes,
});

it('asks a source’s git server first, about the view that was read, and then its API', async () => {
  const [source, api] = [aSource(), anApi()];
  const oids = [anOid('1')];

  const { knows, contains } = witnessesOf(source, FIRST, api);

  expect([knows.length, contains.length]).toEqual([2, 2]);
  expect(await knows[0]?.(oids)).toEqual(new Set(oids));
  expect(await contains[0]?.(['T' as Oid], ['O' as Oid])).toBe(true);
  expect(source.asked).toEqual(['known in 2', 'T contain O in 2']);
  expect(knows[1]).toBe(api.knows);
  expect(contains[1]).toBe(api.contains);
});

it('asks its git server alone where there is no API', () => {
  const { knows, contains } = witnessesOf(aSource(), FIRST, undefined);

  expect([knows.length, contains.length]).toEqual([1, 1]);
});

describe('what is gone', () => {
  it('is looked for in another reading where there is no API, branches and tags', async () => {
    const source = aSource(view(MAIN, DEV, TAG));

    const there = await witnessesOf(source, FIRST, undefined).stillThere([DEV, TAG, 'refs/tags/gone' as RefName]);

    expect([...there]).toEqual([DEV, TAG]);
    expect(source.asked).toEqual(['git-upload-pack']);
  });

  it('is looked for by the API if it is a branch, and in another reading if it is a tag', async () => {
    const source = aSource(view(MAIN, DEV, TAG));
    const api = anApi({ branches: async () => new Set([MAIN]) });

    const there = await witnessesOf(source, FIRST, api).stillThere([DEV, TAG]);

    // The other reading shows the branch, but whether a branch is there is the API's to say.
    expect([...there]).toEqual([TAG]);
  });

  it('costs only the questions that it needs', async () => {
    const source = aSource(view(MAIN, TAG));
    let asked = 0;
    const api = anApi({
      branches: async () => {
        asked += 1;
        return new Set([MAIN, DEV]);
      },
    });
    const { stillThere } = witnessesOf(source, FIRST, api);

    expect([...(await stillThere([DEV]))]).toEqual([DEV]);
    expect({ asked, read: source.asked }).toEqual({ asked: 1, read: [] });
    expect([...(await stillThere(['refs/tags/gone' as RefName]))]).toEqual([]);
    expect({ asked, read: source.asked }).toEqual({ asked: 1, read: ['git-upload-pack'] });
  });

  it.each<[string, View, ReadonlySet<RefName>]>([
    ['another reading that shows nothing', view(), new Set([MAIN])],
    ['another reading of another repository', view('refs/heads/other' as RefName), new Set([MAIN])],
    ['an API that shows no branch', view(MAIN, TAG), new Set()],
    ['an API of another repository', view(MAIN, TAG), new Set(['refs/heads/other' as RefName])],
  ])('is not proven by %s', async (_what, again, branches) => {
    const { stillThere } = witnessesOf(aSource(again), FIRST, anApi({ branches: async () => branches }));

    await expect(stillThere([DEV, 'refs/tags/gone' as RefName])).rejects.toMatchObject({ code: 'refused' });
  });

  it('is proven by a view that shows but a part of the first, since what it lacks may be gone by now', async () => {
    const source = aSource(view(TAG));

    expect((await witnessesOf(source, view(MAIN, TAG), undefined).stillThere([DEV])).size).toBe(0);
  });
});

describe('a comparison', () => {
  const sides = (source: View, destination: View) => {
    const order: string[] = [];
    const remote = (side: string, shown: View) => {
      const from = aSource();
      return {
        ...from,
        advertisement: async () => {
          order.push(side);
          return shown;
        },
      };
    };
    return { order, source: remote('source', source), destination: remote('destination', destination) };
  };
  const compare = (source: View, destination: View, options: Parameters<typeof compareRemotes>[3] = {}) => {
    const both = sides(source, destination);
    return compareRemotes(both.source, both.destination, DEFAULT_POLICY, options);
  };
  const saying = (branch: RefName | undefined) => ({
    defaultBranch: async () => branch,
    setDefaultBranch: async () => {},
  });
  const failing = async () => {
    throw new Error('denied');
  };

  it('reads the destination first, so that what is pushed in between is never taken for gone', async () => {
    const both = sides(FIRST, FIRST);

    await compareRemotes(both.source, both.destination, DEFAULT_POLICY);

    expect(both.order).toEqual(['destination', 'source']);
  });

  it.each<[string, RefName | undefined, RefName | undefined, string]>([
    ['what HEAD names is shown', MAIN, DEV, 'delete gone-at-source'],
    ['what HEAD names is not shown', DEV, MAIN, 'refuse source-inconsistent'],
    ['HEAD names nothing, and the API a branch that is shown', undefined, MAIN, 'delete gone-at-source'],
    ['HEAD names nothing, and the API a branch that is not shown', undefined, DEV, 'refuse source-inconsistent'],
  ])('deletes only where the source shows its default branch: %s', async (_what, headTarget, byApi, expected) => {
    const source = { ...FIRST, head: anOid('1'), headTarget };
    const api = anApi({ defaultBranch: async () => byApi });

    const { heads } = await compare(source, view(MAIN, TAG, 'refs/heads/gone' as RefName), { source: api });

    expect(heads.map(({ action, reason }) => `${action} ${reason}`)).toEqual([expected]);
  });

  it.each<[string, RefName | undefined, RefName | undefined, RefName]>([
    ['its API', DEV, undefined, DEV],
    ['its API, whatever HEAD names', DEV, TAG, DEV],
    ['HEAD where the API says nothing', undefined, DEV, DEV],
  ])('takes the destination’s default branch from %s', async (_what, byApi, headTarget, found) => {
    const source = { ...view(MAIN, DEV), headTarget: MAIN };

    const plan = await compare(source, { ...view(MAIN, DEV), headTarget }, { destination: saying(byApi) });

    expect(plan.defaultBranch).toEqual({ wanted: MAIN, found, settable: true });
  });

  it('can set no default branch that it could not read, or of a host without an API, and says which it could not read', async () => {
    const source = { ...view(MAIN, DEV), headTarget: MAIN };
    const destination = { ...view(MAIN, DEV), headTarget: DEV };
    const unread = { destination: { ...saying(undefined), defaultBranch: failing } };

    const [denied, other] = [await compare(source, destination, unread), await compare(source, destination)];

    expect(denied.defaultBranch).toMatchObject({ settable: false });
    expect(denied.warnings).toEqual([
      expect.stringMatching(/^the default branch of the destination could not be read/),
    ]);
    expect(other.defaultBranch).toMatchObject({ settable: false });
    expect(other).not.toHaveProperty('warnings');
    const both = await compare(source, destination, { ...unread, source: anApi({ defaultBranch: failing }) });
    expect(both.warnings).toHaveLength(2);
    expect(both.warnings?.[0]).toContain('the default branch of the source could not be read');
  });

  it('knows what a person has confirmed', async () => {
    const many = view(...Array.from({ length: 20 }, (_, n) => `refs/heads/gone${n}` as RefName), MAIN);
    const twice = (confirm?: string) => {
      const { source, destination } = sides(view(MAIN), many);
      return compareRemotes(source, destination, DEFAULT_POLICY, { confirm });
    };
    const refused = await twice();

    const confirmed = await twice(refused.massChange?.fingerprint);

    expect([refused.massChange?.confirmed, confirmed.massChange?.confirmed]).toEqual([false, true]);
  });
});
