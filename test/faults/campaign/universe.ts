import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Oid } from '../../../git/oid.ts';
import { askGit, readRefs } from '../../support/oracle/refs.ts';
import { randomNumbers } from '../../support/seed.ts';

type Random = (below: number) => number;

/** An object that a ref can name. */
export interface Node {
  oid: Oid;
  kind: 'commit' | 'tag' | 'tree' | 'blob';
}

/** A state of a destination that was there before: some nodes, and a pack of exactly what they reach. */
export interface Template {
  /** Indices of nodes of the universe. */
  nodes: number[];
  /** Commits on top of these, which the source never had. */
  strays: Oid[];
  /** Without its ending. */
  packPath: string;
}

/** Everything that repositories of one campaign can hold, made once; whatever a case shows is a part of it. */
export interface Universe {
  /** A bare repository with all nodes: a source borrows its objects. */
  path: string;
  nodes: Node[];
  templates: Template[];
  /** Whether the first object is the second, or is reached from it. */
  reaches: (from: Oid, to: Oid) => boolean;
}

const COMMITS = 60;
const TEMPLATES = 24;
const STRAYS = 3;
const ENV = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', HOME: '/nonexistent' };

/** The same for the same seed, up to the folder. */
export async function makeUniverse(directory: string, seed: number): Promise<Universe> {
  const random = randomNumbers(seed);
  const path = join(directory, 'universe.git');
  await askGit(directory, 'init', '--quiet', '--bare', path);
  await fastImport(path, history(random));
  await askGit(path, 'repack', '-adq', '--window=10');
  const nodes = await nodesOf(path);
  const reached = new Map<Oid, ReadonlySet<string>>();
  const learn = async (where: string, oid: Oid) => {
    const lines = await askGit(where, 'rev-list', '--objects', '--no-object-names', oid);
    // A tree or a blob is no history: it is what it reaches.
    reached.set(oid, new Set([oid, ...lines.split('\n')]));
  };
  for (const { oid } of nodes) await learn(path, oid);

  const strays = join(directory, 'strays.git');
  await askGit(directory, 'init', '--quiet', '--bare', strays);
  await writeFile(join(strays, 'objects', 'info', 'alternates'), `${join(path, 'objects')}\n`);
  const drawn = Array.from({ length: TEMPLATES }, () =>
    Array.from({ length: 1 + random(12) }, () => random(nodes.length)),
  );
  await fastImport(strays, strayHistory(drawn, nodes, random));
  const strayRefs = await readRefs(strays);
  const templates: Template[] = [];
  await mkdir(join(directory, 'packs'));
  for (const [index, chosen] of drawn.entries()) {
    const own = [...strayRefs].filter(([ref]) => ref.startsWith(`refs/heads/s${index}-`)).map(([, oid]) => oid);
    for (const oid of own) await learn(strays, oid);
    const tips = [...chosen.map((at) => (nodes[at] as Node).oid), ...own];
    templates.push({ nodes: chosen, strays: own, packPath: await packOf(strays, join(directory, 'packs'), tips) });
  }
  return { path, nodes, templates, reaches: (from, to) => from === to || (reached.get(to)?.has(from) ?? false) };
}

function history(random: Random): string {
  const lines: string[] = [];
  for (let n = 1; n <= COMMITS; n++) {
    const bytes = random(12) === 0 ? 20_000 + random(60_000) : random(1500);
    const text = Array.from({ length: Math.ceil(bytes / 6) }, () => random(2 ** 30).toString(36)).join('\n');
    const isRoot = n === 1 || random(15) === 0;
    const parent = Math.max(1, n - 1 - (random(3) === 0 ? random(10) : 0));
    const merged = n > 4 && random(8) === 0 ? 1 + random(n - 1) : 0;
    lines.push(
      `reset refs/heads/c${n}`,
      `commit refs/heads/c${n}`,
      `mark :${n}`,
      `committer C O Mitter <c@example.com> ${1_600_000_000 + n} +0000`,
      'data 1',
      'c',
      ...(isRoot ? [] : [`from :${parent}`]),
      ...(merged > 0 && !isRoot && merged !== parent ? [`merge :${merged}`] : []),
      `M 100644 inline d${random(3)}/f${random(6)}`,
      `data ${text.length}`,
      text,
    );
    if (random(4) === 0)
      lines.push(`tag a${n}`, `from :${n}`, `tagger T <t@example.com> ${1_700_000_000 + n} +0000`, 'data 1', 't');
  }
  lines.push('done', '');
  return lines.join('\n');
}

function strayHistory(drawn: readonly number[][], nodes: readonly Node[], random: Random): string {
  const lines: string[] = [];
  for (const [index, chosen] of drawn.entries()) {
    const parents = chosen.map((at) => nodes[at] as Node).filter(({ kind }) => kind === 'commit');
    for (let n = 0; n < STRAYS; n++) {
      const parent = parents[random(Math.max(parents.length, 1))];
      const text = `stray ${index} ${n} ${random(2 ** 30)}`;
      lines.push(
        `commit refs/heads/s${index}-${n}`,
        `committer S <s@example.com> ${1_650_000_000 + index * STRAYS + n} +0000`,
        'data 1',
        's',
        ...(parent === undefined ? [] : [`from ${parent.oid}`]),
        `M 100644 inline stray`,
        `data ${text.length}`,
        text,
      );
    }
  }
  lines.push('done', '');
  return lines.join('\n');
}

async function nodesOf(path: string): Promise<Node[]> {
  const refs = await readRefs(path);
  const nodes: Node[] = [...refs].map(([ref, oid]) => ({ oid, kind: ref.startsWith('refs/tags/') ? 'tag' : 'commit' }));
  const some = nodes.filter(({ kind }) => kind === 'commit').filter((_, at) => at % 15 === 7);
  for (const { oid } of some) {
    const tree = (await askGit(path, 'rev-parse', `${oid}^{tree}`)).trim() as Oid;
    const blob = (await askGit(path, 'ls-tree', '-r', oid)).slice(12, 52) as Oid;
    nodes.push({ oid: tree, kind: 'tree' }, { oid: blob, kind: 'blob' });
  }
  return nodes;
}

async function fastImport(path: string, stream: string): Promise<void> {
  const child = spawn('git', ['-C', path, 'fast-import', '--quiet', '--done'], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: ENV,
  });
  child.stdin.end(stream);
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
}

async function packOf(path: string, into: string, tips: readonly Oid[]): Promise<string> {
  const child = promisify(execFile)('git', ['-C', path, 'pack-objects', '--revs', '-q', join(into, 'pack')], {
    env: ENV,
  });
  child.child.stdin?.end(`${[...new Set(tips)].join('\n')}\n`);
  const { stdout } = await child;
  return join(into, `pack-${stdout.trim()}`);
}
