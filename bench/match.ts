import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CONTESTANTS, type Contestant, packBytes, type Stage } from './contestants.ts';
import { bytesOf, copyRepository, git, refsOf } from './git.ts';
import { measured } from './measure/command.ts';
import type { GitServer } from './measure/server.ts';
import { phasesOf } from './phases.ts';
import type { Cell, Run } from './results.ts';
import type { Prepared } from './shapes/prepared.ts';
import type { Work } from './works.ts';

/** Where a match takes place: a server for each side, which serves `repository.git` of its folder, and a folder for clients. */
export interface Ground {
  source: { server: GitServer; root: string };
  destination: { server: GitServer; root: string };
  clients: string;
  bundle: string;
}

const NAME = 'repository.git';

/** Every contestant does the same work so many times, in turns, each time from a fresh state; others begin each round. */
export async function match(
  ground: Ground,
  shape: string,
  prepared: Prepared,
  work: Work,
  rounds: number,
  onRun: (contestant: Contestant, round: number, run: Run) => void,
): Promise<Cell[]> {
  const source = { path: join(ground.source.root, NAME), url: ground.source.server.url(NAME) };
  const destination = { path: join(ground.destination.root, NAME), url: ground.destination.server.url(NAME) };
  const stage: Stage = {
    prepared,
    work,
    source,
    destination,
    folder: join(ground.clients, 'own'),
    bundle: ground.bundle,
  };
  await replace(await prepared.after(work), source.path);
  const players = CONTESTANTS.filter(({ takesPart }) => takesPart(work));
  const cells = new Map(
    players.map(({ name }) => [name, { shape, work: work.name, contestant: name, runs: [] } as Cell]),
  );
  const own = cells.get('ccrepl');
  if (own) own.mustCarryBytes = await mustCarry(stage);
  for (let round = 0; round < rounds; round++) {
    for (const [turn] of players.entries()) {
      const player = players[(turn + round) % players.length] as Contestant;
      const run = await oneRun(ground, stage, player);
      cells.get(player.name)?.runs.push(run);
      onRun(player, round, run);
    }
  }
  return [...cells.values()];
}

async function oneRun(ground: Ground, stage: Stage, player: Contestant): Promise<Run> {
  const { prepared, work, folder, destination } = stage;
  await replace(work.first ? prepared.empty : prepared.before, destination.path);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const command = await player.prepare(stage);
  const before = await bytesOf(folder);
  // What others have written is not written now.
  await promisify(execFile)('sync');
  await Promise.all([ground.source.server.traffic(), ground.destination.server.traffic()]);
  const { beganAt, ...usage } = await measured(command, folder, ground.clients);
  const [from, to] = await Promise.all([ground.source.server.traffic(), ground.destination.server.traffic()]);
  await prove(stage, player);
  return {
    ...usage,
    requests: from.requests + to.requests,
    down: from.toClient + to.toClient,
    up: from.toServer + to.toServer,
    diskBytes: (await bytesOf(folder)) - before,
    ...(player.name === 'ccrepl' && { phases: phasesOf([...from.served, ...to.served], beganAt, usage.seconds) }),
  };
}

/** @throws Error if the run does not count */
async function prove({ source, destination, work }: Stage, { name }: Contestant): Promise<void> {
  const [from, to] = await Promise.all([refsOf(source.path), refsOf(destination.path)]);
  const differing = [...new Set([...from.keys(), ...to.keys()])].filter((ref) => from.get(ref) !== to.get(ref));
  if (differing.length > 0)
    throw new Error(
      `${name} left ${differing.length} refs unequal after "${work.what}": ${differing.slice(0, 5).join(' ')}`,
    );
  await git(destination.path, 'fsck', '--connectivity-only', '--no-dangling', '--no-progress');
}

async function replace(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await copyRepository(from, to);
}

/** The pack to the client and from it, one list of the source, one of the destination, and one to see that all is there. */
async function mustCarry({ prepared, work, source, destination }: Stage): Promise<number> {
  await replace(work.first ? prepared.empty : prepared.before, destination.path);
  const list = (url: string, service: string) => bytesOfAnswer(`${url}/info/refs?service=${service}`);
  const [theirs, before] = [await list(source.url, 'git-upload-pack'), await list(destination.url, 'git-receive-pack')];
  if (work.name === 'nothing') return theirs + before;
  const pack = await packBytes(source.path, destination.path);
  await replace(source.path, destination.path);
  return 2 * pack + theirs + before + (await list(destination.url, 'git-receive-pack'));
}

function bytesOfAnswer(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
