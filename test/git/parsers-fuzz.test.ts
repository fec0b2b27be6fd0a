import fc from 'fast-check';
import { GitError } from '../../git/errors.ts';
import { PktLineReader } from '../../git/pkt-line/reader.ts';
import { readAdvertisement } from '../../git/protocol/advertisement.ts';
import { readPushReport } from '../../git/protocol/push-report.ts';
import { readSideBand } from '../../git/protocol/side-band.ts';
import { readAcknowledgements } from '../../git/protocol/upload-answer.ts';
import { seed } from '../support/seed.ts';
import { collect, packets, readerOf } from '../support/stream.ts';

const [A, B] = ['a'.repeat(40), 'b'.repeat(40)];
const silent = () => {};

/** The bytes in chunks of these sizes, again and again; nothing is a size too. */
async function* cut(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] as number;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const sizes = fc
  .array(fc.integer({ min: 0, max: 70 }), { minLength: 1, maxLength: 6 })
  .filter((all) => all.some(Boolean));

/** What happens to a good answer on a bad day. */
const damage = fc.array(
  fc.record({
    kind: fc.constantFrom('change', 'insert', 'remove', 'cut', 'repeat'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom('0000', '0001', '0004', 'fff0', 'ffff', '\0', '\n', ' ', 'flush', 'ERR x', '000aflush\n')
        .map((text) => Buffer.from(text)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

function damaged(bytes: Buffer, damages: readonly { kind: string; at: number; bytes: Buffer }[]): Buffer {
  let result = bytes;
  for (const { kind, at, bytes: some } of damages) {
    const place = Math.floor(at * result.length);
    const [before, after] = [result.subarray(0, place), result.subarray(place)];
    if (kind === 'change') result = Buffer.concat([before, some, after.subarray(some.length)]);
    else if (kind === 'insert') result = Buffer.concat([before, some, after]);
    else if (kind === 'remove') result = Buffer.concat([before, after.subarray(some.length)]);
    else if (kind === 'cut') result = before;
    else result = Buffer.concat([before, after, after]);
  }
  return result;
}

const report = packets('unpack ok\n', 'ok refs/heads/a\n', 'ng refs/heads/b no\n', null).toString('latin1');
const LIST = packets(
  '# service=git-upload-pack\n',
  null,
  `${A} HEAD\0x symref=HEAD:refs/heads/m\n`,
  `${B} refs/heads/m\n`,
  `shallow ${A}\n`,
  null,
);
const GOOD = {
  list: LIST,
  acknowledgements: packets(`ACK ${A} common\n`, `ACK ${B} ready\n`, `ACK ${A}\n`),
  sideBand: packets('\u0001PACK', '\u0002Counting\r', '\u0001more', null),
  report: packets(`\u0001${report.slice(0, 20)}`, '\u0002x', `\u0001${report.slice(20)}`, null),
};

/** How each answer is read: its bytes, cut in some way, to something that can be compared. */
const READ: Record<keyof typeof GOOD, (chunks: AsyncIterable<Buffer>) => Promise<unknown>> = {
  list: async (chunks) => [...(await readAdvertisement(new PktLineReader(chunks), 'git-upload-pack')).refs],
  acknowledgements: async (chunks) => [...(await readAcknowledgements(new PktLineReader(chunks)))],
  sideBand: async (chunks) => (await collect(readSideBand(new PktLineReader(chunks), silent))).toString('latin1'),
  report: async (chunks) => {
    const line = packets(`${A} refs/heads/m\0report-status side-band-64k\n`, null);
    const seen = await readPushReport(chunks, await readAdvertisement(readerOf(line), 'git-receive-pack'), silent);
    return [seen?.unpackError, ...(seen?.results ?? [])];
  },
};

describe.each(Object.keys(READ) as (keyof typeof GOOD)[])('the parser of a %s', (kind) => {
  it('reads the same however the answer is cut into chunks', async () => {
    const expected = await READ[kind](cut(GOOD[kind], [GOOD[kind].length]));

    await fc.assert(
      fc.asyncProperty(sizes, async (some) => expect(await READ[kind](cut(GOOD[kind], some))).toEqual(expected)),
      { seed, numRuns: 300 },
    );
  });

  it('answers damaged bytes with its own error or an answer, and the same for every way to cut them', async () => {
    const outcome = (bytes: Buffer, some: readonly number[]) =>
      READ[kind](cut(bytes, some)).catch((error: unknown) => {
        expect(error).toBeInstanceOf(GitError);
        return `error ${(error as GitError).code}`;
      });

    await fc.assert(
      fc.asyncProperty(damage, sizes, async (damages, some) => {
        const bytes = damaged(GOOD[kind], damages);

        expect(await outcome(bytes, some)).toEqual(await outcome(bytes, [bytes.length || 1]));
      }),
      { seed, numRuns: 1500 },
    );
  });

  it('answers any bytes at all with its own error or an answer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), sizes, async (bytes, some) => {
        await READ[kind](cut(Buffer.from(bytes), some)).catch((error: unknown) =>
          expect(error).toBeInstanceOf(GitError),
        );
      }),
      { seed, numRuns: 1000 },
    );
  });
});

it('a damaged list that is taken for whole ends with a flush, and has no bytes after it', async () => {
  await fc.assert(
    fc.asyncProperty(damage, async (damages) => {
      const bytes = damaged(LIST, damages);
      const taken = await READ.list(cut(bytes, [bytes.length || 1])).then(
        () => true,
        () => false,
      );

      if (taken) expect(bytes.toString('latin1').slice(-4)).toBe('0000');
    }),
    { seed, numRuns: 3000 },
  );
});
