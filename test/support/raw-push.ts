import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import http from 'node:http';
import { basicHeader } from '../../git/credentials.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import type { Region } from '../../local/codecommit/region.ts';
import { chunksOf, collect, packets } from './stream.ts';

export const ZEROS = '0'.repeat(40);

/** A push as no stock client would send it. */
export interface RawPush {
  /** `old new ref` each. */
  commands: readonly string[];
  capabilities?: string;
  pack: Buffer;
  /** Says no length beforehand. */
  chunked?: boolean;
  /** Never ends the body. */
  open?: boolean;
  headers?: Record<string, string>;
}

export interface Pushed {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Sends a push to the repository `R` as `dev`; fails with the connection. */
export async function rawPush(region: Region, push: RawPush): Promise<Pushed> {
  const { commands, capabilities = 'report-status side-band-64k', pack } = push;
  const [first = '', ...rest] = commands;
  const body = Buffer.concat([packets(`${first}\0 ${capabilities}`, ...rest, null), pack]);
  const request = http.request(`${region.cloneUrl('R')}/git-receive-pack`, {
    method: 'POST',
    agent: false,
    headers: {
      Authorization: basicHeader('dev', 'pw'),
      'Content-Type': 'application/x-git-receive-pack-request',
      ...(!push.chunked && !push.open && { 'Content-Length': String(body.length) }),
      ...push.headers,
    },
  });
  // A connection that breaks shows in what is awaited here.
  request.on('error', () => {});
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
  if (push.chunked || push.open) request.write(body);
  if (!push.open) request.end(push.chunked ? undefined : body);
  const [response] = await answered;
  const answer = await collect(response);
  request.destroy();
  return { status: response.statusCode, headers: response.headers, body: answer };
}

/** What a report says, and what is printed beside it; of an answer with side bands or without. */
export async function reportOf({ body }: Pushed, sideBand = true): Promise<{ report: string[]; progress: string }> {
  const bands = { report: body, progress: Buffer.alloc(0) };
  if (sideBand) {
    bands.report = Buffer.alloc(0);
    const outer = new PktLineReader(chunksOf(body));
    for (let packet = await outer.next(); Buffer.isBuffer(packet); packet = await outer.next()) {
      const name = packet[0] === 1 ? 'report' : 'progress';
      bands[name] = Buffer.concat([bands[name], packet.subarray(1)]);
    }
  }
  const inner = new PktLineReader(chunksOf(bands.report));
  const report: string[] = [];
  for (let packet = await inner.next(); Buffer.isBuffer(packet); packet = await inner.next()) {
    report.push(packet.toString('latin1').trimEnd());
  }
  return { report, progress: bands.progress.toString('latin1') };
}

/** Running processes that serve the region: the CGI server and whatever it started. */
export async function gitProcesses(region: Region): Promise<number> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const environments = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')));
  return environments.filter((text) => text.includes(`GIT_PROJECT_ROOT=${region.store.directory}`)).length;
}

/** Looks again, each time after the event loop has had a turn, at most so often. */
export async function until(condition: () => Promise<boolean>, looks = 2000): Promise<void> {
  for (let n = 0; n < looks; n++) if (await condition()) return;
  throw new Error(`not true after ${looks} looks`);
}
