import { setTimeout as pause } from 'node:timers/promises';
import { GitError } from '../../../git/errors.ts';
import type { Oid } from '../../../git/oid.ts';
import type { Advertisement } from '../../../git/protocol/advertisement.ts';
import type { PushReport } from '../../../git/protocol/push-report.ts';
import type { PushCommand } from '../../../git/protocol/push-request.ts';
import { printable, type RefName, refFromText } from '../../../git/ref.ts';
import type { GitRemote } from '../../../git/remote.ts';

/** What was answered to a push, or what broke it. */
export interface Sent {
  report: PushReport | undefined;
  error: GitError | undefined;
}

/** The same, and what is there afterwards. */
export interface Pushed extends Sent {
  after: Advertisement;
}

const ATTEMPTS_MAX = 5;
const PAUSE_MS = 1000;
const PIECE_BYTES = 64 * 1024;

/** A push with the client of ccrepl itself, so chunked. What is throttled is sent again. @throws GitError `aborted` */
export async function send(
  remote: GitRemote,
  commands: readonly PushCommand[],
  pack: Buffer | (() => AsyncIterable<Buffer>) | undefined,
  advertised: Advertisement,
): Promise<Sent> {
  for (let attempt = 1; ; attempt++) {
    try {
      const body = Buffer.isBuffer(pack) ? pieces(pack) : pack?.();
      return { report: await remote.push(commands, body, advertised), error: undefined };
    } catch (error) {
      if (!(error instanceof GitError) || error.code === 'aborted') throw error;
      if (error.code !== 'throttled' || attempt === ATTEMPTS_MAX) return { report: undefined, error };
      await pause(PAUSE_MS * 2 ** attempt);
    }
  }
}

async function* pieces(pack: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < pack.length; at += PIECE_BYTES) yield pack.subarray(at, at + PIECE_BYTES);
}

/** The server's words about one ref: "ok", the reason of its `ng` with what was said of the pack, or what broke the push. */
export function wordsFor(ref: RefName, { report, error }: Sent): string {
  if (error !== undefined) return `no report: ${error.message}`;
  if (report === undefined) return 'no report';
  const words = [report.results.get(ref), report.unpackError && `unpack ${report.unpackError}`, report.fatal];
  const said = [...new Set(words.filter((text) => text !== undefined))];
  if (said.length > 0) return printable(said.join('; '), 300);
  return report.results.has(ref) ? 'ok' : 'nothing about this ref';
}

export const creation = (name: string, oid: Oid): PushCommand => ({ ref: refFromText(name), old: undefined, new: oid });

/** Whether a ref is now as a push wanted it. */
export const isDone = ({ ref, new: next }: PushCommand, { refs }: Advertisement): boolean => refs.get(ref) === next;
