import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { NODE_FLAGS } from '../container/node-flags.ts';
import { REPLICA } from '../local/demonstration.ts';
import { type CpuProfile, sharesOf } from './profile.ts';
import type { StartUp } from './results.ts';

/** Microseconds. */
const PROFILE_INTERVAL = 100;
/** Whatever else the machine does in one of them shows less in all. */
const PROFILES = 7;

/**
 * How long the container's program takes to its first request, beside a Node that has nothing to do, and one that loads Node's own modules
 * for https and hashes, in turns; and what its processor does meanwhile.
 */
export async function startUp(bundle: string, scratch: string, rounds: number): Promise<StartUp> {
  const programs = { empty: '', modules: "import 'node:https';\nimport 'node:crypto';\n" };
  for (const [name, text] of Object.entries(programs)) await writeFile(join(scratch, `${name}.mjs`), text);
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const env = environment(`http://127.0.0.1:${(listener.address() as AddressInfo).port}`);
  const times: Pick<StartUp, 'empty' | 'modules' | 'firstRequest'> = { empty: [], modules: [], firstRequest: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      for (const name of ['empty', 'modules'] as const)
        times[name].push(await timed(async () => void (await once(start([join(scratch, `${name}.mjs`)], {}), 'exit'))));
      let child: ReturnType<typeof start> | undefined;
      times.firstRequest.push(
        await timed(async () => {
          const request = firstRequest(listener);
          child = start([...NODE_FLAGS, bundle], env);
          await request;
        }),
      );
      const ended = child && once(child, 'exit');
      child?.kill('SIGKILL');
      await ended;
    }
    const profiles: CpuProfile[] = [];
    for (let n = 0; n < PROFILES; n++)
      profiles.push(await profile(bundle, join(scratch, `profile-${n}`), listener, env));
    return { ...times, profile: sharesOf(profiles) };
  } finally {
    listener.close();
  }
}

/** Two repositories of CodeCommit, at a server that never answers. */
function environment(origin: string): Record<string, string> {
  const endpoints = { [REPLICA.source.region]: origin, [REPLICA.destination.region]: origin };
  return {
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CCREPL_GIT_ENDPOINTS: JSON.stringify(endpoints),
    CCREPL_REPLICA: JSON.stringify(REPLICA),
  };
}

/** V8's profile from the start to the first request, and of the program's own end by a signal: it is written only then. */
async function profile(
  bundle: string,
  folder: string,
  listener: Server,
  env: Record<string, string>,
): Promise<CpuProfile> {
  await mkdir(folder);
  const flags = ['--cpu-prof', `--cpu-prof-interval=${PROFILE_INTERVAL}`, `--cpu-prof-dir=${folder}`];
  const request = firstRequest(listener);
  const child = start([...NODE_FLAGS, ...flags, bundle], env);
  const ended = once(child, 'exit');
  await request;
  child.kill('SIGTERM');
  await ended;
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error('Node wrote no profile of the start');
  return JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
}

async function firstRequest(listener: Server): Promise<void> {
  const [socket] = (await once(listener, 'connection')) as [Socket];
  socket.on('error', () => {});
  await once(socket, 'data');
}

const start = (args: readonly string[], env: Record<string, string>) =>
  spawn(process.execPath, args, { env, stdio: 'ignore' });

/** In milliseconds. */
async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
