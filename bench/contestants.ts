import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NODE_FLAGS } from '../container/node-flags.ts';
import { encodePktLine, FLUSH } from '../git/pkt-line/encode.ts';
import { DEFAULT_POLICY } from '../replication/policy.ts';
import { copyRepository, GIT_ENV, git, refsOf } from './git.ts';
import type { Command } from './measure/command.ts';
import type { Prepared } from './shapes/prepared.ts';
import type { Work } from './works.ts';

/** What one run is about: two repositories, and an empty folder for the client. */
export interface Stage {
  prepared: Prepared;
  work: Work;
  source: { path: string; url: string };
  destination: { path: string; url: string };
  folder: string;
  /** The container's program. */
  bundle: string;
}

/** A way to replicate. `prepare` puts what it has from before into its folder, which is not measured. */
export interface Contestant {
  name: ContestantName;
  what: string;
  takesPart: (work: Work) => boolean;
  prepare: (stage: Stage) => Promise<Command>;
}

export type ContestantName = 'ccrepl' | 'warm-mirror' | 'stale-image' | 'clone-and-push' | 'floor';

export const CONTESTANTS: readonly Contestant[] = [
  {
    name: 'ccrepl',
    what: 'the program of the container',
    takesPart: () => true,
    prepare: async ({ source, destination, bundle }) => ({
      argv: [process.execPath, ...NODE_FLAGS, bundle],
      env: {
        CCREPL_REPLICA: JSON.stringify({
          id: 'bench',
          source: { url: source.url },
          destination: { url: destination.url },
          // As `git push --mirror` does it.
          policy: { ...DEFAULT_POLICY, rewrites: 'mirror', deletes: 'mirror' },
        }),
      },
    }),
  },
  {
    name: 'warm-mirror',
    what: '`git fetch -p origin && git push --mirror`, from a mirror on a disk that was in sync before',
    takesPart: () => true,
    prepare: (stage) => mirror(stage, stage.prepared.before),
  },
  {
    name: 'stale-image',
    what: 'the same from a mirror in an image, 1,000 commits ago',
    takesPart: ({ first }) => first !== true,
    prepare: (stage) => mirror(stage, stage.prepared.stale),
  },
  {
    name: 'clone-and-push',
    what: '`git clone --mirror && git push --mirror`',
    takesPart: () => true,
    prepare: async ({ source, destination }) => ({
      argv: [
        ...['sh', '-c', 'git clone -q --mirror "$1" mirror.git && git -C mirror.git push -q --mirror "$2"', 'sh'],
        ...[source.url, destination.url],
      ] as [string, ...string[]],
      env: GIT_ENV,
    }),
  },
  {
    name: 'floor',
    what: '`git pack-objects --thin | git receive-pack` where the repositories are, without network and client',
    takesPart: ({ name }) => name !== 'nothing',
    prepare: floor,
  },
];

async function mirror({ source, destination, folder }: Stage, from: string): Promise<Command> {
  const path = join(folder, 'mirror.git');
  await copyRepository(from, path);
  // What `git clone --mirror` sets.
  await git(path, 'config', 'remote.origin.url', source.url);
  await git(path, 'config', 'remote.origin.fetch', '+refs/*:refs/*');
  await git(path, 'config', 'remote.origin.mirror', 'true');
  const script = 'cd mirror.git && git fetch -q -p origin && git push -q --mirror "$1"';
  return { argv: ['sh', '-c', script, 'sh', destination.url], env: GIT_ENV };
}

async function floor(stage: Stage): Promise<Command> {
  const { source, destination, folder } = stage;
  await mkdir(folder, { recursive: true });
  const [commands, revisions] = [join(folder, 'commands'), join(folder, 'revisions')];
  const { updates, text } = await floorRevisions(source.path, destination.path);
  const lines = updates.map(([name, old, next], n) =>
    encodePktLine(Buffer.from(`${old} ${next} ${name}${n === 0 ? '\0report-status' : ''}`)),
  );
  await writeFile(commands, Buffer.concat([...lines, FLUSH]));
  await writeFile(revisions, text);
  const script =
    '{ cat "$1"; git -C "$2" pack-objects --revs --thin --stdout --delta-base-offset -q <"$3"; } | git receive-pack --stateless-rpc "$4" >/dev/null';
  return { argv: ['sh', '-c', script, 'sh', commands, source.path, revisions, destination.path], env: GIT_ENV };
}

type Update = [name: string, old: string, next: string];

/** What must be done, and what the pack is made of: the new tips, without the old ones of what changes, and of the default branch. */
async function floorRevisions(source: string, destination: string): Promise<{ updates: Update[]; text: string }> {
  const [from, to] = [await refsOf(source), await refsOf(destination)];
  const none = '0'.repeat(40);
  const updates: Update[] = [...new Set([...from.keys(), ...to.keys()])]
    .map((name): Update => [name, to.get(name) ?? none, from.get(name) ?? none])
    .filter(([, old, next]) => old !== next);
  const wanted = updates.map(([, , next]) => next).filter((oid) => oid !== none);
  const head = to.get(await git(source, 'symbolic-ref', 'HEAD'));
  const known = updates.map(([, old]) => old).filter((oid) => oid !== none);
  const not = [...known, ...(head === undefined ? [] : [head])].map((oid) => `^${oid}`);
  return { updates, text: `${[...wanted, ...not].join('\n')}\n` };
}

/** Bytes of the pack that has to get across, as git itself makes it. */
export async function packBytes(source: string, destination: string): Promise<number> {
  const { updates, text } = await floorRevisions(source, destination);
  if (updates.every(([, , next]) => /^0+$/.test(next))) return 0;
  const script = 'git pack-objects --revs --thin --stdout --delta-base-offset -q | wc -c';
  const running = promisify(execFile)('sh', ['-c', script], { cwd: source, env: { ...process.env, ...GIT_ENV } });
  running.child.stdin?.end(text);
  return Number.parseInt((await running).stdout, 10);
}
