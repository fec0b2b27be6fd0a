import { encodePktLine } from '../../git/pkt-line/encode.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';

/** Chunks of a stream as a server might send them. */
export async function* chunksOf(...chunks: (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
}

/** The same bytes in chunks of `size`. */
export async function* slicesOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const readerOf = (...chunks: (string | Buffer)[]): PktLineReader => new PktLineReader(chunksOf(...chunks));

/** pkt-lines, where `null` is a flush. */
export const packets = (...lines: (string | null)[]): Buffer =>
  Buffer.concat(lines.map((line) => (line === null ? Buffer.from('0000') : encodePktLine(line))));

export async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}
