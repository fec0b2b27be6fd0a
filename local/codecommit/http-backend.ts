import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, dirname } from 'node:path';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** One request for git's own CGI server. */
export interface BackendRequest {
  /** The bare repository on disk. */
  repositoryPath: string;
  method: string;
  /** `info/refs`, `git-upload-pack` or `git-receive-pack`. */
  service: string;
  query: string;
  contentType: string | undefined;
  /** Known length of the body; without one it is read to its end. */
  contentLength?: number | undefined;
  body: AsyncIterable<Buffer> | undefined;
  env?: Record<string, string>;
  /** Ends the process: the client has gone. */
  signal: AbortSignal;
}

export interface BackendResponse {
  status: number;
  headers: Record<string, string>;
  body: AsyncGenerator<Buffer>;
}

const HEADER_BYTES_MAX = 64 * 1024;
/** How long git may take to clean up after itself: on a busy machine a few seconds, and a lock that stays is for ever. */
const PATIENCE_MS = 20_000;
/** A group that is no child of ours can only be looked at. */
const LOOK_MS = 10;

const running = new Set<Promise<unknown>>();

/** Resolves when every git that serves now has ended, also those whose clients have gone. */
export async function backendsEnded(): Promise<void> {
  await Promise.allSettled(running);
}

/** Runs the real `git http-backend`, protocol v0, and gives its answer as it comes. */
export async function runHttpBackend(request: BackendRequest): Promise<BackendResponse> {
  const child = spawn('git', ['http-backend'], {
    // A group of its own: http-backend starts upload-pack, receive-pack and pack-objects, and all must end together.
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      PATH: process.env['PATH'],
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_PROJECT_ROOT: dirname(request.repositoryPath),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${basename(request.repositoryPath)}/${request.service}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: request.query,
      REMOTE_USER: 'local',
      REMOTE_ADDR: '127.0.0.1',
      ...(request.contentType !== undefined && { CONTENT_TYPE: request.contentType }),
      ...(request.contentLength !== undefined && { CONTENT_LENGTH: String(request.contentLength) }),
      ...request.env,
    },
  });
  // git http-backend can spin for ever when a body with a Content-Length is cut: whoever goes away takes it along.
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) keep(endGroup(child.pid));
    // What nobody reads any more would keep the process from being closed.
    child.stdout.destroy();
  };
  request.signal.addEventListener('abort', kill, { once: true });
  const closed = once(child, 'close').finally(() => request.signal.removeEventListener('abort', kill));
  // Whoever waits for it hears of its failure; nobody may.
  closed.catch(() => {});
  keep(closed);
  if (request.signal.aborted) kill();
  // EPIPE: the process ended before it had read everything. What it answered is what counts.
  child.stdin.on('error', () => {});
  if (request.body === undefined) child.stdin.end();
  else {
    const body = Readable.from(request.body).on('error', kill);
    // A git that ends early leaves the rest to be read away: a client that is still sending does not look at answers.
    child.stdin.once('close', () => body.resume());
    body.pipe(child.stdin);
  }

  // Through a stream that is no socket: under load, a pipe of a child was seen to hold its first bytes and never say "readable".
  const piped = new PassThrough();
  // Not `pipe`, which does not pass on that it was broken off: whoever reads would wait for ever.
  pipeline(child.stdout, piped, () => {});
  const chunks = piped[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const { head, rest } = await readHead(chunks).catch(async (error: unknown) => {
    kill();
    await closed;
    throw error;
  });
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of head.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  async function* body(): AsyncGenerator<Buffer> {
    if (rest.length > 0) yield rest;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    await closed;
  }
  return { status, headers, body: body() };
}

async function readHead(chunks: AsyncIterator<Buffer>): Promise<{ head: string; rest: Buffer }> {
  let seen: Buffer = Buffer.alloc(0);
  for (;;) {
    // Before the limit: where git was faster than we are, the first bytes that come may be a full pipe, 64 KiB, and most of it body.
    const end = seen.indexOf('\r\n\r\n');
    if (end >= 0) return { head: seen.toString('latin1', 0, end), rest: seen.subarray(end + 4) };
    if (seen.length > HEADER_BYTES_MAX)
      throw new Error(`git http-backend gave a head of over ${HEADER_BYTES_MAX} bytes`);
    const { value, done } = await chunks.next();
    if (done) throw new Error('git http-backend ended before it had answered');
    seen = Buffer.concat([seen, value]);
  }
}

/** Has `backendsEnded` wait for it. */
function keep(ending: Promise<unknown>): void {
  running.add(ending);
  void ending.catch(() => {}).finally(() => running.delete(ending));
}

/**
 * First in a way that lets git take its lock files away: one that stays would refuse every later push of that ref, and a server
 * whose client goes away leaves none. Resolves when the whole group is gone: receive-pack outlives http-backend.
 */
async function endGroup(pid: number): Promise<void> {
  const late = Date.now() + PATIENCE_MS;
  for (let signal: NodeJS.Signals | 0 = 'SIGTERM'; signalGroup(pid, signal); await pause(LOOK_MS))
    signal = Date.now() > late ? 'SIGKILL' : 0;
}

/** False if there is no such group any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}
