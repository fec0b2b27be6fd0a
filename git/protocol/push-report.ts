import { GitError } from '../errors.ts';
import { PktLineReader } from '../pkt-line/reader.ts';
import { printable, type RefName } from '../ref.ts';
import type { Advertisement } from './advertisement.ts';
import { readSideBand } from './side-band.ts';

/** What receive-pack says of a push. It is a hint: what is true is what the next reading of the refs shows. */
export interface PushReport {
  /** Why the pack was not taken; absent if it was. */
  unpackError: string | undefined;
  /** Per ref: undefined for `ok`, the server's reason for `ng`. */
  results: Map<RefName, string | undefined>;
  /** The server's `fatal:` or `error:` text for people, where it sent one: often the only place that says why. */
  fatal?: string | undefined;
}

const REPORT_BYTES_MAX = 16 * 1024 * 1024;

/** Reads the report-status that ends a push; undefined if the server does not offer one. */
export async function readPushReport(
  body: AsyncIterable<Buffer>,
  advertised: Advertisement,
  onProgress: (text: string) => void,
): Promise<PushReport | undefined> {
  if (!advertised.capabilities.has('report-status')) {
    for await (const _ of body);
    return undefined;
  }
  const outer = new PktLineReader(body);
  if (!advertised.capabilities.has('side-band-64k')) return parseReport(outer);
  let fatal: string | undefined;
  const listen = (text: string) => {
    const line = /(?:fatal|error): [^\r\n]+/.exec(text)?.[0];
    if (line !== undefined) fatal ??= printable(line);
    onProgress(text);
  };
  const report = await parseReport(new PktLineReader(bounded(readSideBand(outer, listen))));
  return { ...report, ...(fatal !== undefined && { fatal }) };
}

async function parseReport(reader: PktLineReader): Promise<PushReport> {
  const unpack = await reader.line('the result of the push');
  if (!unpack?.startsWith('unpack ')) {
    throw new GitError('protocol', `expected "unpack …", got "${printable(unpack ?? 'nothing')}"`);
  }
  const results = new Map<RefName, string | undefined>();
  for (;;) {
    const line = await reader.line('the result of each ref');
    if (line === null) break;
    const [status, ref = '', ...reason] = line.split(' ');
    if (status === 'ok' && ref !== '') results.set(ref as RefName, undefined);
    else if (status === 'ng' && ref !== '')
      results.set(ref as RefName, serverText(reason.join(' ')) || 'no reason given');
    else throw new GitError('protocol', `expected "ok REF" or "ng REF", got "${printable(line)}"`);
  }
  const said = serverText(unpack.slice('unpack '.length));
  return { unpackError: said === 'ok' ? undefined : said, results };
}

const serverText = (bytes: string): string => printable(Buffer.from(bytes, 'latin1').toString('utf8').trim());

async function* bounded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > REPORT_BYTES_MAX) throw new GitError('too-large', `a push report of over ${REPORT_BYTES_MAX} bytes`);
    yield chunk;
  }
}
