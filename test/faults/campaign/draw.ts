import type { RefName } from '../../../git/ref.ts';
import type { Act, Fault, Phase, Service } from '../../support/fault-proxy/fault.ts';
import { randomNumbers } from '../../support/seed.ts';
import type { Case, Deed, Tip } from './case.ts';
import type { Universe } from './universe.ts';

type Random = (below: number) => number;

/** Names as teams have them, and names that only git takes (bytes, as latin1). */
const BRANCHES = [
  'main',
  'develop',
  'feature/a',
  'feature/b',
  'release/1.0',
  'x',
  'x/y',
  'x/y/z',
  'h\xc3\xa9llo',
  '\xff\xfe',
  '$(id)',
  '`id`;|&',
  '<b>',
  '--upload-pack=x',
  '%0d%0a',
  '"quoted"',
].map((name) => `refs/heads/${name}` as RefName);
const TAGS = ['v1', 'v1.0', 'v2/rc', "'", 'v2', 'nightly', 't\xe2\x80\xae'].map(
  (name) => `refs/tags/${name}` as RefName,
);
/** Nobody's business. */
const OTHERS = ['refs/notes/commits', 'refs/pull/1/head', 'refs/keep-around/x'] as RefName[];

const SERVICES: Service[] = ['info/refs', 'git-upload-pack', 'git-receive-pack'];

/** The case number `seed` of a universe. */
export function drawCase(universe: Universe, universeSeed: number, seed: number): Case {
  const random = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const chance = (percent: number) => random(100) < percent;
  const template = random(universe.templates.length);
  const { nodes: known } = universe.templates[template] as Universe['templates'][number];
  const isCommit = (node: number) => universe.nodes[node]?.kind === 'commit';
  const commits = universe.nodes.map((_, at) => at).filter(isCommit);
  const all = universe.nodes.map((_, at) => at);
  const fits = (ref: RefName, node: number) => !ref.startsWith('refs/heads/') || isCommit(node);

  const destination = new Map<RefName, Tip>();
  for (const node of known) {
    const ref = chance(70) ? pick(BRANCHES) : pick(TAGS);
    if (chance(85) && fits(ref, node) && isFree(destination, ref)) destination.set(ref, { node });
  }
  const source = new Map(destination);
  if (chance(15)) destination.set(pick([...destination.keys(), pick(BRANCHES)]), { stray: random(3) });
  if (chance(10)) destination.set(pick(OTHERS), { node: pick(known) });
  removeConflicts(destination);

  const anyTip = (ref: RefName): Tip => ({ node: pick(ref.startsWith('refs/heads/') ? commits : all) });
  const forward = (tip: Tip | undefined, ref: RefName): Tip => {
    if (tip === undefined || !('node' in tip)) return anyTip(ref);
    const old = universe.nodes[tip.node]?.oid;
    const next = commits.filter((at) => old !== undefined && universe.reaches(old, universe.nodes[at]?.oid as never));
    return next.length > 0 ? { node: pick(next) } : anyTip(ref);
  };
  for (const [ref, tip] of source) {
    const what = random(100);
    if (what < 50) continue;
    if (what < 72) source.set(ref, forward(tip, ref));
    else if (what < 86) source.set(ref, anyTip(ref));
    else source.delete(ref);
  }
  for (let more = random(6); more > 0; more--) {
    const ref = chance(70) ? pick(BRANCHES) : pick(TAGS);
    if (isFree(source, ref)) source.set(ref, anyTip(ref));
  }
  if (chance(10)) source.set(pick(OTHERS), { node: pick(commits) });
  if (chance(3)) source.clear();

  const profile = chance(60) ? 'codecommit' : 'git';
  const runs = chance(12) ? 2 : 1;
  const deeds: Record<string, Deed> = {};
  const faults: Case['faults'] = { source: [], destination: [] };
  for (let count = chance(6) ? 0 : 1 + random(3); count > 0; count--) {
    const side = pick(['source', 'destination'] as const);
    const name = `deed-${Object.keys(deeds).length}`;
    const fault = drawFault(random, name);
    faults[side].push(fault);
    if (fault.act.do === 'hook') deeds[name] = drawDeed();
  }
  return {
    universe: universeSeed,
    template,
    profile,
    source: [...source],
    destination: [...destination],
    policy: {
      deletes: chance(80) ? 'mirror' : 'keep',
      rewrites: pick(['mirror', 'mirror', 'archive', 'refuse'] as const),
      massChange: chance(25) ? { percent: 1 + random(30), heads: 1 + random(4) } : { percent: 20, heads: 10 },
    },
    rejects: chance(8) ? pick(['refs/', 'refs/tags/', 'refs/heads/', 'refs/heads/feature/']) : undefined,
    apis: profile === 'codecommit' && chance(50),
    runs,
    faults,
    deeds,
  };

  function drawDeed(): Deed {
    if (chance(10)) return 'stop';
    const side = chance(65) ? 'source' : 'destination';
    const there = side === 'source' ? source : destination;
    const ref = there.size > 0 && chance(75) ? pick([...there.keys()]) : pick(BRANCHES);
    if (chance(25)) return { side, ref, to: undefined };
    if (side === 'destination') return { side, ref, to: { stray: random(3) } };
    return { side, ref, to: chance(50) ? forward(there.get(ref), ref) : anyTip(ref) };
  }
}

/** Whether a name can be beside the others: neither a directory of one, nor in one. */
function isFree(refs: ReadonlyMap<RefName, Tip>, ref: RefName): boolean {
  return [...refs.keys()].every((other) => !other.startsWith(`${ref}/`) && !ref.startsWith(`${other}/`));
}

function removeConflicts(refs: Map<RefName, Tip>): void {
  for (const ref of [...refs.keys()]) if (!isFree(refs, ref)) refs.delete(ref);
}

function drawFault(random: Random, hookName: string): Fault {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const service = random(10) === 0 ? undefined : pick(SERVICES);
  const base = {
    ...(service !== undefined && { service }),
    nth: random(4) === 0 ? 2 + random(2) : 1,
    ...(random(4) > 0 && { times: 1 + random(2) }),
  };
  const kind = random(100);
  if (kind < 22)
    return {
      ...base,
      phase: pick<Phase>(['start', 'asked', 'head', 'whole', 'end']),
      act: { do: 'hook', name: hookName },
    };
  if (kind < 40) {
    const act = pick<Act>([{ do: 'reset' }, { do: 'close' }, { do: 'stall' }, { do: 'delay', ms: random(20) }]);
    return { ...base, phase: pick<Phase>(['start', 'asked', 'head', 'whole', 'end']), act };
  }
  if (kind < 55) return { ...base, act: drawAnswer(random) };
  if (kind < 58) return { ...base, phase: 'head', act: drawAnswer(random) };
  if (kind < 61)
    return {
      ...base,
      act: pick<Act>([{ do: 'interim', status: 100 }, { do: 'interim', status: 103 }, { do: 'buffer' }]),
    };
  if (kind < 65) return { ...base, act: { do: 'raw', text: pick(RAW) } };
  const phase = random(5) === 0 ? 'request' : 'answer';
  const at =
    random(2) === 0 ? { packet: random(random(3) === 0 ? 40 : 6) } : { byte: Math.floor(2 ** (random(1300) / 100)) };
  return { ...base, phase, at, act: drawDamage(random, hookName) };
}

function drawDamage(random: Random, hookName: string): Act {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  return pick<() => Act>([
    () => ({ do: 'reset' }),
    () => ({ do: 'close' }),
    () => ({ do: 'cut' }),
    () => ({ do: 'stall' }),
    () => ({ do: 'delay', ms: random(20) }),
    () => ({ do: 'flip', mask: 1 << random(8) }),
    () => ({ do: 'replace', bytes: 1 + random(8), text: '' }),
    () => ({ do: 'replace', bytes: 0, text: pick(PACKETS) }),
    () => ({ do: 'replace', bytes: 4, text: pick(PACKETS) }),
    () => ({ do: 'drip', bytes: 1 + random(400), ms: 1 }),
    () => ({ do: 'hook', name: hookName }),
  ])();
}

/** What servers, proxies and strangers may say in the middle. */
const PACKETS = [
  '0000',
  '0001',
  '0002',
  '0003',
  '0004',
  '0005\x01',
  '0005\x02',
  '0009\x03oh!',
  'fff1',
  'ffff',
  'zzzz',
  '0008NAK\n',
  '000eunpack ok\n',
  '0014unpack no space',
  '0019ok refs/heads/main\n',
  '001ang refs/heads/main no',
  '0016ERR server error.\n',
  '\0\0\0\0',
  'PACK\0\0\0\x02\0\0\0\0',
];

const RAW = [
  '',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n0000\n\r\n0\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`,
  'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0000',
  'SSH-2.0-OpenSSH_9.2\r\n',
  'HTTP/0.9 hello',
  'HTTP/1.1 999 ?\r\nContent-Length: 0\r\n\r\n',
];

function drawAnswer(random: Random): Act {
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T;
  const retryAfter = () =>
    pick<Record<string, string>>([
      {},
      { 'Retry-After': pick(['0', '2', '1000000000', 'soon', 'Wed, 21 Oct 2099 07:28:00 GMT']) },
    ]);
  return pick<() => Act>([
    () => ({ do: 'answer', status: 429, headers: retryAfter() }),
    () => ({
      do: 'answer',
      status: pick([500, 502, 503, 504]),
      headers: retryAfter(),
      body: pick(['', '<html>no</html>', '\x1b[2J']),
    }),
    () => ({ do: 'answer', status: pick([401, 403, 404, 400, 413, 204, 206]) }),
    () => ({ do: 'answer', status: pick([301, 302, 307, 308]), headers: { Location: 'http://127.0.0.2:9/' } }),
    () => ({ do: 'answer', status: 200, headers: { 'Content-Type': 'text/html' }, body: '<html>please log in</html>' }),
    () => ({
      do: 'answer',
      status: 200,
      headers: { 'Content-Type': 'application/x-git-upload-pack-result' },
      body: pick(PACKETS),
    }),
    () => ({ do: 'answer', status: 200, headers: { 'Content-Encoding': 'gzip' }, body: 'not gzip' }),
    () => ({ do: 'echo', status: pick([403, 500, 200]) }),
  ])();
}
