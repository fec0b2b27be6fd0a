import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import type { SourceApi, SourceRemote } from '../../replication/apis.ts';
import { compareRemotes } from '../../replication/compare.ts';
import { foreignTips, type SourceKnows, settleOrigins, withOrigins } from '../../replication/origin.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { anOid, aPlan, refs } from '../support/plans.ts';

const knows =
  (...digits: string[]): SourceKnows =>
  async () =>
    new Set(digits.map(anOid));
const fails: SourceKnows = async () => {
  throw new Error('must not be asked');
};
const actions = ({ heads }: { heads: readonly { action: string; reason: string }[] }) =>
  heads.map(({ action, reason }) => `${action} ${reason}`);

it('asks nobody where nothing would be overwritten', async () => {
  const plan = aPlan({ 'refs/heads/new': '1' }, {});

  expect(await settleOrigins(plan, [fails])).toBe(plan);
  expect(await foreignTips(new Set(), [fails])).toEqual(new Set());
});

it('asks no further once every tip is known', async () => {
  expect(await foreignTips(new Set([anOid('1')]), [knows('1'), fails])).toEqual(new Set());
});

it('passes on the failure of an authority: a failed question is no answer', async () => {
  await expect(foreignTips(new Set([anOid('1')]), [fails])).rejects.toThrow('must not be asked');
});

it('takes an authority that answers over one before it that cannot say', async () => {
  const silent: SourceKnows = async () => undefined;

  expect(await foreignTips(new Set([anOid('1')]), [silent, knows('1')])).toEqual(new Set());
  expect(await foreignTips(new Set([anOid('1')]), [silent, knows()])).toEqual(new Set([anOid('1')]));
  expect(await foreignTips(new Set([anOid('1')]), [silent, silent])).toBeUndefined();
});

it('is not misled by ids that nobody asked about', async () => {
  expect(await foreignTips(new Set([anOid('1')]), [knows('2', '3')])).toEqual(new Set([anOid('1')]));
});

it('leaves the tips that it was given as they are', async () => {
  const tips = new Set([anOid('1')]);

  await foreignTips(tips, [knows('1')]);

  expect(tips).toEqual(new Set([anOid('1')]));
});

it('keeps a head from being deleted as from being moved, if somebody else wrote it', async () => {
  const plan = aPlan(
    { 'refs/heads/a': '1', 'refs/heads/new': '2' },
    { 'refs/heads/a': '8', 'refs/heads/gone': '9', 'refs/heads/old': '7' },
  );

  expect(actions(await settleOrigins(plan, [knows('7')]))).toEqual([
    'refuse diverged',
    'refuse diverged',
    'create new-at-source',
    'delete gone-at-source',
  ]);
});

it('refuses only the heads in question when nobody can say, and still creates the others', () => {
  const plan = aPlan({ 'refs/heads/a': '1', 'refs/heads/new': '2' }, { 'refs/heads/a': '8' });

  expect(actions(withOrigins(plan, new Set([anOid('8')]), undefined))).toEqual([
    'refuse origin-unknown',
    'create new-at-source',
  ]);
});

describe('a comparison of two remotes', () => {
  function remotes(from: Record<string, string>, to: Record<string, string>, known: Set<Oid> | undefined) {
    const calls: string[] = [];
    const remote = (side: string, heads: Record<string, string>): SourceRemote<{ refs: Map<RefName, Oid> }> => ({
      advertisement: async (service) => {
        calls.push(`${side} ${service}`);
        return { refs: refs(heads) };
      },
      knownObjects: async (oids) => {
        calls.push(`${side} ${oids.map((oid) => oid[0]).join()}`);
        return known;
      },
      contains: async () => undefined,
    });
    return { calls, source: remote('source', from), destination: remote('destination', to) };
  }

  it('reads the destination first and with upload-pack only, and asks the source about strange tips alone', async () => {
    const { calls, source, destination } = remotes({ 'refs/heads/a': '1' }, { 'refs/heads/a': '8' }, new Set());

    const plan = await compareRemotes(source, destination, DEFAULT_POLICY);

    expect(calls).toEqual(['destination git-upload-pack', 'source git-upload-pack', 'source 8']);
    expect(actions(plan)).toEqual(['refuse diverged']);
  });

  it('turns to the other authorities where the wire cannot say', async () => {
    const { source, destination } = remotes({ 'refs/heads/a': '1' }, { 'refs/heads/a': '8' }, undefined);
    const api: SourceApi = {
      knows: knows('8'),
      contains: async () => undefined,
      branches: async () => new Set(),
      defaultBranch: async () => undefined,
    };

    expect(actions(await compareRemotes(source, destination, DEFAULT_POLICY, { source: api }))).toEqual([
      'update moved-at-source',
    ]);
    expect(actions(await compareRemotes(source, destination, DEFAULT_POLICY))).toEqual(['refuse origin-unknown']);
  });
});
