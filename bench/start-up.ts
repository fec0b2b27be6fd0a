import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { NODE_FLAGS } from '../container/node-flags.ts';
import { REPLICA } from '../local/demonstration.ts';
import type { StartUp } from './results.ts';

/** How long the container's program takes to its first request, beside a Node that has nothing to do, in turns. */
export async function startUp(bundle: string, scratch: string, rounds: number): Promise<StartUp> {
  const program = join(scratch, 'empty.mjs');
  await writeFile(program, '');
  const listener = createServer();
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const origin = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const endpoints = { [REPLICA.source.region]: origin, [REPLICA.destination.region]: origin };
  const env = {
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'secret',
    CCREPL_GIT_ENDPOINTS: JSON.stringify(endpoints),
    CCREPL_REPLICA: JSON.stringify(REPLICA),
  };
  const empty: number[] = [];
  const firstRequest: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      empty.push(await timed(async () => void (await once(start([program], {}), 'exit'))));
      let child: ReturnType<typeof start> | undefined;
      firstRequest.push(
        await timed(async () => {
          const connected = once(listener, 'connection');
          child = start([...NODE_FLAGS, bundle], env);
          const [socket] = (await connected) as [Socket];
          socket.on('error', () => {});
          await once(socket, 'data');
        }),
      );
      const ended = child && once(child, 'exit');
      child?.kill('SIGKILL');
      await ended;
    }
  } finally {
    listener.close();
  }
  return { empty, firstRequest };
}

const start = (args: readonly string[], env: Record<string, string>) =>
  spawn(process.execPath, args, { env, stdio: 'ignore' });

/** In milliseconds. */
async function timed(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
