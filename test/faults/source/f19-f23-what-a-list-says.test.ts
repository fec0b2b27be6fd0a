import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oid } from '../../../git/oid.ts';
import { refFromText } from '../../../git/ref.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { listed, overheard } from '../../support/fault-proxy/lists.ts';
import { writeCommit, writeTag } from '../../support/oracle/objects.ts';
import { commandsOf, type Pair, requests, Scene, type Side } from '../../support/oracle/pair.ts';
import { askGit } from '../../support/oracle/refs.ts';

let scene: Scene;
let pair: Pair;
// What CodeCommit does not offer is taken away by the tests, and what git alone says is to be heard.
Scene.forThisFile((one, all) => {
  [pair, scene] = [one, all];
}, 'git');

const [MAIN, WORK] = ['refs/heads/main', 'refs/heads/work'] as const;
describe('capabilities', () => {
  // All 64 combinations of what a server may lack are tried in test/peers.
  const without = (word: string): Fault =>
    listed('destination', ([first = '', ...rest]) => [first.replace(` ${word}`, '').replace(`${word} `, ''), ...rest]);

  it('F19: a destination that offers no report-status is not asked for one, and what it shows afterwards is the result', async () => {
    const hook = join(pair.path('destination'), 'hooks', 'update');
    await writeFile(hook, '#!/bin/sh\n[ "$1" != refs/heads/locked ]\n', { mode: 0o755 });
    const oid = await pair.commit('work');
    await pair.set('source', { [WORK]: oid });
    const took = await pair.observe({ destination: [without('report-status-v2'), without('report-status')] });
    await pair.set('source', { 'refs/heads/locked': oid, 'refs/heads/open': oid });
    const refused = await pair.observe({ destination: [without('report-status-v2'), without('report-status')] });

    expect([took.violations, refused.violations]).toEqual([[], []]);
    expect(took.happened.destination).toEqual([2, 2]);
    expect(commandsOf(took.seen.destination)).toContain(WORK);
    expect(commandsOf(took.seen.destination)).not.toContain('report-status');
    expect(took.result).toMatchObject({ result: 'replicated', rounds: 1, heads: [{ status: 'done' }] });
    expect(refused.result).toMatchObject({ result: 'incomplete', error: { code: 'transient' } });
    expect(Object.fromEntries(refused.result.heads.map(({ ref, status, reason }) => [ref, [status, reason]]))).toEqual({
      'refs/heads/locked': ['not-written', 'the destination did not say why'],
      'refs/heads/open': ['done', undefined],
    });
    await rm(hook);
    await pair.heal();
  });

  it.each<[string, Side, string[]]>([
    ['version 1 at the source', 'source', ['version 1']],
    [
      'version 2 at the source',
      'source',
      ['version 2', 'agent=git/2.39.5', 'ls-refs=unborn', 'fetch=shallow wait-for-done'],
    ],
    ['version 1 at the destination', 'destination', ['version 1']],
    ['version 2 at the destination', 'destination', ['version 2', 'agent=git/2.39.5']],
  ])(
    'F19: protocol %s, which nobody asked for, is refused by its name, and nothing is written',
    async (_what, side, lines) => {
      await pair.set('source', { [WORK]: await pair.commit('work') });
      const other = listed(side, (own) => (lines[0] === 'version 1' ? [...lines, ...own] : lines));

      const { violations, result, happened, seen, chronicle } = await pair.observe({ [side]: [other] });

      expect(violations).toEqual([]);
      expect(happened[side]).toEqual([2]);
      expect(result).toMatchObject({ result: 'failed', error: { code: 'protocol', retryable: false } });
      expect(result.error?.message).toMatch(new RegExp(`^${side} http.*the server speaks "${lines[0]}"`));
      expect([...seen.source, ...seen.destination].some(({ headers }) => 'git-protocol' in headers)).toBe(false);
      expect(requests(seen.destination, 'git-receive-pack')).toBe(0);
      expect(chronicle.after).toEqual(chronicle.before);
      await pair.heal();
    },
  );
});

describe('lines of a list that are no refs', () => {
  const NO_REFS = /(^| )(HEAD|\.have|capabilities\^\{\}|shallow)\b|\^\{\}/;

  it('F20: HEAD, attached or not, peeled tags and the refs of a store that is borrowed from are never planned, and never in a command', async () => {
    const other = await scene.pair();
    const [oid, borrowed] = [await pair.commit('work'), await other.commit('in another store')];
    await other.set('source', { 'refs/heads/other': borrowed });
    await writeFile(
      join(pair.path('destination'), 'objects', 'info', 'alternates'),
      `${other.path('source')}/objects\n`,
    );
    await pair.set('source', { [WORK]: oid, 'refs/tags/v1': await writeTag(pair.path('source'), 'v1', oid, 'commit') });
    const attached: string[] = [];
    const detached: string[] = [];
    const there: string[] = [];

    const first = await pair.observe({
      source: [overheard('source', attached)],
      destination: [overheard('destination', there)],
    });
    await askGit(pair.path('source'), 'update-ref', '--no-deref', 'HEAD', oid);
    await pair.set('source', { 'refs/heads/main': oid });
    const second = await pair.observe({ source: [overheard('source', detached)] });

    expect([first.violations, second.violations]).toEqual([[], []]);
    expect([attached[0]?.slice(0, 45), detached[0]?.slice(0, 45)]).toEqual([`${pair.main} HEAD`, `${oid} HEAD`]);
    expect(attached).toContain(`${oid} refs/tags/v1^{}`);
    expect(there).toContain(`${borrowed} .have`);
    expect(first.result).toMatchObject({ result: 'replicated' });
    expect([...first.result.heads, ...second.result.heads].map(({ ref }) => ref)).toEqual([
      WORK,
      'refs/tags/v1',
      'refs/heads/main',
    ]);
    expect(commandsOf([...first.seen.destination, ...second.seen.destination])).not.toMatch(NO_REFS);
    await pair.heal('in-sync');
  });

  it('F20: the line that an empty repository sends in place of refs is none', async () => {
    await pair.set('destination', { 'refs/heads/main': undefined });
    const there: string[] = [];

    const { violations, result, seen } = await pair.observe({ destination: [overheard('destination', there)] });

    expect(violations).toEqual([]);
    expect(there[0]).toMatch(/^0{40} capabilities\^\{\}\0/);
    expect(result).toMatchObject({ result: 'replicated', heads: [{ ref: 'refs/heads/main', action: 'create' }] });
    expect(commandsOf(seen.destination)).not.toMatch(NO_REFS);
    await pair.heal('in-sync');
  });

  it('F20: a shallow source is refused as a whole, because it cannot give what it has not', async () => {
    const whole = join(pair.path('source'), 'shallow');
    await pair.set('source', { [WORK]: await pair.commit('work') });
    await writeFile(whole, `${pair.main}\n`);
    const shown: string[] = [];

    const { violations, result, seen, chronicle } = await pair.observe({ source: [overheard('source', shown)] });

    expect(violations).toEqual([]);
    expect(shown).toContain(`shallow ${pair.main}`);
    expect(result).toMatchObject({ result: 'failed', heads: [], error: { code: 'input', retryable: false } });
    expect(result.error?.message).toMatch(/^source http.* is a shallow repository: a source needs its whole history$/);
    expect(requests(seen.destination, 'git-receive-pack')).toBe(0);
    expect(chronicle.after).toEqual(chronicle.before);
    await rm(whole);
    await pair.heal();
  });

  it('F20: a shallow destination has no ref more for it', async () => {
    await writeFile(join(pair.path('destination'), 'shallow'), `${pair.main}\n`);
    await pair.set('source', { [WORK]: await pair.commit('work') });
    const there: string[] = [];

    const { violations, result } = await pair.observe({ destination: [overheard('destination', there)] });

    expect(violations).toEqual([]);
    expect(there).toContain(`shallow ${pair.main}`);
    expect(result).toMatchObject({ result: 'replicated', heads: [{ ref: WORK, status: 'done' }] });
    await pair.heal('in-sync');
  });
});

describe('names', () => {
  it('F21: names that git forbids are refused one by one, are in no command, and hold no other head up', async () => {
    const forbidden = [
      '../x',
      'a b',
      'x.lock',
      'a@{b',
      '\u001b[2J',
      'a..b',
      '.a',
      'a//b',
      'a~1',
      'a^',
      'a:b',
      'a?',
      'a[',
      'a\\b',
      'a.',
      '@{',
      'a\u007f',
    ].map((name) => `refs/heads/${name}`);
    await pair.set('source', { [WORK]: await pair.commit('work') });
    const hostile = listed('source', (lines) => [...lines, ...forbidden.map((name) => `${pair.main} ${name}`)]);

    const { violations, result, happened, seen, chronicle } = await pair.observe({ source: [hostile] });

    expect(violations).toEqual([]);
    expect(happened.source).toEqual([1]);
    expect(result).toMatchObject({ result: 'incomplete', error: { code: 'refused' } });
    const refused = result.heads.filter(({ status }) => status === 'refused');
    expect(refused.map(({ ref, code }) => `${ref} ${code}`).sort()).toEqual(
      forbidden.map((name) => `${name} invalid-name`).sort(),
    );
    expect(result.heads.filter(({ status }) => status === 'done').map(({ ref }) => ref)).toEqual([WORK]);
    const commands = commandsOf(seen.destination);
    expect(forbidden.filter((name) => commands.includes(name))).toEqual([]);
    expect(chronicle.after.get(refFromText(WORK))).toBe(chronicle.source[0]?.get(refFromText(WORK)));
    await pair.heal('in-sync');
  });

  it.each([
    [
      'of 300 bytes, which git and most hosts take, arrives as it is',
      `refs/heads/${'a'.repeat(200)}/${'b'.repeat(99)}`,
      'done',
    ],
    [
      'with a part that the destination’s file system does not take, is rejected there alone',
      `refs/heads/${'a'.repeat(300)}`,
      'rejected',
    ],
  ])('F21: a name %s', async (_what, name, status) => {
    const oid = await pair.commit('work');
    await pair.pack('source', [
      ['refs/heads/main', pair.main],
      [name, oid],
      [WORK, oid],
    ]);

    const { violations, result } = await pair.observe();
    expect(violations).toEqual([]);
    expect(Object.fromEntries(result.heads.map((head) => [head.ref, head.status]))).toEqual({
      [name]: status,
      [WORK]: 'done',
    });
    expect(result.error?.code).toBe(status === 'done' ? undefined : 'partial');
    const said = result.heads.find(({ ref }) => ref === name)?.reason;
    expect(said ?? '').toMatch(
      status === 'done' ? /^$/ : /^the destination said: failed to update ref \(error: cannot lock ref/,
    );
    await pair.pack('source', [
      ['refs/heads/main', pair.main],
      [WORK, oid],
    ]);
    await pair.heal(status === 'done' ? 'replicated' : 'in-sync');
  });

  it('F21: a branch of more than the 256 characters that CodeCommit takes is refused there, in no command, and holds no other up', async () => {
    const oid = await pair.commit('work');
    const [long, longest, inBytes] = [
      `refs/heads/${'a'.repeat(200)}/${'b'.repeat(56)}`,
      `refs/heads/${'a'.repeat(200)}/${'b'.repeat(55)}`,
      // Characters are counted, not bytes.
      `refs/heads/${'ä'.repeat(120)}/${'ä'.repeat(120)}/${'ä'.repeat(14)}`,
    ];
    const others = [MAIN, longest, inBytes, `refs/tags/${'t'.repeat(250)}/${'t'.repeat(50)}`];
    await pair.pack(
      'source',
      [long, ...others].map((name) => [name, oid] as const),
    );
    const apis = await pair.apis();

    const { violations, result, seen, chronicle } = await pair.observe({ apis });

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'incomplete', rounds: 1, error: { code: 'refused', retryable: false } });
    expect(result.heads.filter(({ status }) => status !== 'done')).toMatchObject([
      { ref: long, status: 'refused', code: 'name-too-long' },
    ]);
    expect([...chronicle.after.keys()].sort()).toEqual(others.map(refFromText).sort());
    expect(commandsOf(seen.destination)).not.toContain(long);
    await pair.pack(
      'source',
      others.map((name) => [name, oid] as const),
    );
    await pair.heal('in-sync', { apis });
  });

  it('F22: refs outside branches and tags are counted by their namespace, and left alone on both sides', async () => {
    const oid = await pair.commit('work');
    await pair.set('source', {
      [WORK]: oid,
      'refs/pull/1/head': oid,
      'refs/pull/2/head': oid,
      'refs/notes/commits': oid,
      [`refs/replace/${pair.main}`]: oid,
      'refs/stash': oid,
    });
    await pair.set('destination', { 'refs/notes/own': pair.main, 'refs/replace/own': pair.main });
    const one = listed('source', (lines) => [...lines, `${oid} ONE_LEVEL`]);

    const { violations, result, happened, seen, chronicle } = await pair.observe({ source: [one] });

    expect(violations).toEqual([]);
    expect(happened.source).toEqual([1]);
    expect(result).toMatchObject({ result: 'replicated', heads: [{ ref: WORK, status: 'done' }] });
    expect(Object.fromEntries(result.ignored)).toEqual({
      'refs/pull/*': 2,
      'refs/notes/*': 1,
      'refs/replace/*': 1,
      'refs/stash/*': 1,
      'ONE_LEVEL/*': 1,
    });
    expect(commandsOf(seen.destination)).not.toMatch(/pull|notes|replace|stash|ONE_LEVEL/);
    expect([...chronicle.after.keys()].sort()).toEqual(['refs/heads/main', WORK, 'refs/notes/own', 'refs/replace/own']);
    await pair.heal('in-sync');
  });
});

describe('object formats', () => {
  /** A side becomes an empty repository of the other format. */
  async function become256(side: Side): Promise<void> {
    const path = pair.path(side);
    await rm(path, { recursive: true });
    await mkdir(path);
    await askGit(path, 'init', '--quiet', '--bare', '--object-format=sha256', '--initial-branch=main', path);
    await appendFile(join(path, 'config'), '[http]\n\treceivepack = true\n');
  }
  const commit256 = (): Promise<Oid> =>
    writeCommit(pair.path('source'), { message: 'in the other format', format: 'sha256' });

  it.each<[string, Side]>([
    ['a source of SHA-256 and a destination of SHA-1', 'source'],
    ['a source of SHA-1 and a destination of SHA-256', 'destination'],
  ])('F23: %s are refused by name before anything is written', async (_what, side) => {
    await become256(side);
    if (side === 'source') await pair.set('source', { 'refs/heads/main': await commit256() });

    const { violations, result, seen, chronicle } = await pair.observe();

    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: 'failed', heads: [], error: { code: 'input', retryable: false } });
    expect(result.error?.message).toMatch(
      /^source http.* uses sha(1|256), destination http.* sha(1|256): both must use the same/,
    );
    expect(requests(seen.destination, 'git-receive-pack')).toBe(0);
    expect(chronicle.after).toEqual(chronicle.before);
  });

  it('F23: two repositories of SHA-256 are replicated like any others', async () => {
    await become256('source');
    await become256('destination');
    await pair.set('source', { 'refs/heads/main': await commit256() });

    await pair.heal();
  });

  it.each<Side>(['source', 'destination'])(
    'F23: a format that nobody knows at the %s is refused, and nothing is written',
    async (side) => {
      await pair.set('source', { [WORK]: await pair.commit('work') });
      const strange = listed(side, (lines) =>
        lines.map((line) => line.replace('object-format=sha1', 'object-format=sha512')),
      );

      const { violations, result, happened, chronicle } = await pair.observe({ [side]: [strange] });

      expect(violations).toEqual([]);
      expect(happened[side]).toEqual([2]);
      expect(result).toMatchObject({ result: 'failed', error: { code: 'protocol' } });
      expect(result.error?.message).toMatch(new RegExp(`^${side} http.*unknown object format "sha512"`));
      expect(chronicle.after).toEqual(chronicle.before);
      await pair.heal();
    },
  );
});
