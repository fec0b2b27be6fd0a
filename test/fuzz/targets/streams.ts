import { PktLineReader } from '../../../git/pkt-line/reader.ts';
import { cut, whole } from '../chunks.ts';
import { type Answer, answerOf, judge, judgeEqual, judgeError } from '../judge.ts';
import { reshapePackets } from '../packets.ts';
import { random, seedOf } from '../random.ts';
import type { Target } from '../target.ts';

export const [A, B, LONG] = ['a1'.repeat(20), '0b'.repeat(20), 'c3'.repeat(32)] as const;

/** Pieces that every parser of the wire has to do with. */
export const WIRE_WORDS = [
  '0000',
  '0001',
  '0002',
  '0003',
  '0004',
  '0005',
  'fff0',
  'fff1',
  'ffff',
  '000g',
  '\0',
  '\n',
  ' ',
  'ERR no\u001b[2J',
  'ERR ',
  A,
  B,
  LONG,
  '0'.repeat(40),
  'refs/heads/m',
  'PACK',
  '\xff\xfe',
  '\u0001',
  '\u0002',
  '\u0003',
  'E',
];

/** What a parser of a stream is made of. */
interface Stream<T> {
  name: string;
  files: readonly string[];
  codes: readonly string[];
  examples: readonly Buffer[];
  words?: readonly string[];
  generate: Target['generate'];
  reshape?: Target['reshape'];
  /** What of the input is the stream: all of it, if nothing is said. */
  streamOf?(bytes: Buffer): Buffer;
  read(chunks: AsyncIterable<Buffer>, bytes: Buffer): Promise<T>;
  /** What the answer must be, by a second way to tell: the code of an error, any error, or an answer. */
  expected?(bytes: Buffer): string | undefined;
  /** What else is true of an answer. */
  judgeValue?(value: T, bytes: Buffer): unknown;
}

/** The parser of a stream, which must answer the same however its bytes are cut into chunks. */
export function streamTarget<T>(stream: Stream<T>): Target {
  const words = [...WIRE_WORDS, ...(stream.words ?? [])];
  return {
    name: stream.name,
    files: stream.files,
    examples: stream.examples,
    words,
    generate: stream.generate,
    reshape: stream.reshape ?? ((bytes, from) => reshapePackets(bytes, from, words)),
    async run(bytes) {
      const sent = stream.streamOf?.(bytes) ?? bytes;
      const answer = await answerOf(() => stream.read(whole(sent), bytes));
      const other = await answerOf(() => stream.read(cut(sent, random(seedOf(bytes))), bytes));
      const kind = kindOf(answer, stream.codes);
      judgeSame(answer, other, stream.codes);
      judgeExpected(answer, stream.expected?.(bytes));
      if ('value' in answer) await stream.judgeValue?.(answer.value as T, bytes);
      return kind;
    },
  };
}

export const [AN_ANSWER, AN_ERROR] = ['an answer', 'an error'] as const;

function judgeExpected(answer: Answer, expected: string | undefined): void {
  if (expected === undefined) return;
  const code = 'error' in answer ? (answer.error as { code: string }).code : AN_ANSWER;
  const found = expected === AN_ERROR && 'error' in answer ? AN_ERROR : code;
  judgeEqual('what is right is taken, and what is wrong is refused', found, expected);
}

const kindOf = (answer: Answer, codes: readonly string[]): string =>
  'error' in answer ? judgeError(answer.error, codes) : AN_ANSWER;

function judgeSame(one: Answer, other: Answer, codes: readonly string[]): void {
  const claim = 'the answer is the same however the bytes are cut';
  if ('error' in one && 'error' in other) {
    // A message may show what had come by then, so only the kinds are the same.
    judgeError(other.error, codes);
    judgeEqual(claim, (one.error as { code: string }).code, (other.error as { code: string }).code);
  } else {
    judge(claim, 'value' in one && 'value' in other, [one, other]);
    judgeEqual(claim, one, other);
  }
}

export const readerOf = (bytes: Buffer): PktLineReader => new PktLineReader(whole(bytes));

export async function bytesOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}
