import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePktLine, FLUSH } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { type BackendResponse, runHttpBackend } from './http-backend.ts';
import { PackBody, type Received } from './pack-body.ts';
import { PackGate, type Stop } from './pack-gate.ts';
import { type Profile, REF_COMMANDS_MAX, unadvertised } from './profile.ts';
import type { PushFault } from './push-fault.ts';
import { PUSH_REFUSALS, refusedPush } from './push-refusal.ts';
import { parseReceived, type ReceivedRef } from './received-ref.ts';
import { end, type ServiceRequest, send } from './service-request.ts';

export interface ReceiveOptions {
  profile: Profile;
  fault: PushFault | undefined;
  /** Counted up. */
  received: Received;
  /** Gets the refs that a push has moved, before its answer ends. */
  onReceived: (refs: ReceivedRef[]) => Promise<void>;
}

/** Serves one push: refuses what the profile refuses, goes wrong as it is told to, and leaves all the rest to git. */
export async function receivePack(
  service: ServiceRequest,
  options: ReceiveOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.headers['content-encoding'] !== undefined) return end(response, 415);
  const reader = new PktLineReader(request);
  const commands: Buffer[] = [];
  for (let packet = await reader.next(); packet !== 'flush' && packet !== undefined; packet = await reader.next()) {
    commands.push(Buffer.from(packet));
  }
  const capabilities = commands[0]?.toString('latin1').split('\0')[1] ?? '';
  const pack = new PackBody(reader, options.received);
  if (commands.length > 0) options.received.pushes += 1;

  const strike = async (stop: Stop): Promise<void> => {
    if (stop.kind === 'cut') request.socket.destroy();
    else if (stop.kind === 'answered') await answerAndClose(request, stop.status, pack);
    else {
      // At once, as git does when index-pack gives up; and then the rest is read, for a client that looks only at its end.
      response.writeHead(200, {
        'Content-Type': 'application/x-git-receive-pack-result',
        'Cache-Control': 'no-cache',
      });
      response.end(refusedPush(commands, capabilities, PUSH_REFUSALS[stop.refusal]));
      await drained(request, pack);
    }
  };
  const strict = options.profile === 'codecommit';
  if (strict && unadvertised(capabilities, 'git-receive-pack')) {
    await pack.drain();
    return end(response, 200);
  }
  if (strict && commands.length > REF_COMMANDS_MAX) return strike({ kind: 'refused', refusal: 'ref-commands' });

  const gate = new PackGate(strict, options.fault);
  const head = Buffer.concat([...commands.map((command) => encodePktLine(command)), FLUSH]);
  const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-received-'));
  try {
    const moved = join(scratch, 'refs');
    const answer = await begunAnswer(
      runHttpBackend({
        ...service,
        query: '',
        body: sequence(head, gate.pass(pack)),
        env: { CCREPL_RECEIVED: moved },
        signal: service.abort.signal,
      }),
    );
    if (gate.stopped !== undefined) {
      // What git says of half a pack is of no interest, but that it has ended is.
      for await (const _ of answer.body);
      return await strike(gate.stopped);
    }
    // The event goes out before the answer ends: whoever has pushed can rely on it being on its way.
    const notified = afterwards(answer.body, async () =>
      options.onReceived(parseReceived(await readFile(moved, 'latin1').catch(() => ''))),
    );
    await send(response, { ...answer, body: notified });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The answer once git has said something, which it does when it has the pack: git http-backend sends its head at once. */
async function begunAnswer(pending: Promise<BackendResponse>): Promise<BackendResponse> {
  const answer = await pending;
  const first = await answer.body.next();
  return first.done ? answer : { ...answer, body: sequence(first.value, answer.body) };
}

/**
 * Answers at once, while the pack is still coming, and then reads on until the client ends: a socket that is closed on unread
 * bytes resets its connection, and then the client may never see the answer. Node's own response would close it.
 */
async function answerAndClose({ socket }: IncomingMessage, status: number, pack: PackBody): Promise<void> {
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
  // A client that goes away instead has seen enough.
  await drained({ socket }, pack);
  socket.destroy();
}

/** Reads on until the client ends, or goes away: of that, Node tells a request nothing once its response is finished. */
async function drained({ socket }: Pick<IncomingMessage, 'socket'>, pack: PackBody): Promise<void> {
  if (socket.destroyed) return;
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await Promise.race([pack.drain().catch(() => {}), gone]);
}

async function* sequence(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function* afterwards(body: AsyncIterable<Buffer>, then: () => Promise<void>): AsyncGenerator<Buffer> {
  yield* body;
  await then();
}
