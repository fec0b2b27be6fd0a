import { Corpus } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { random } from './random.ts';
import { Finding, type Target } from './target.ts';

/** Inputs between two looks at what ran: few at first, when nearly each shows something new. */
const [BATCH_MIN, BATCH_MAX] = [64, 8192];

/** What guides a search, and what watches it. Without them it is random alone. */
export interface Instruments {
  coverage?: Coverage;
  begin?(bytes: Buffer): void;
  /** After a batch: so many inputs are done. */
  onBatch?(done: number): void;
}

export interface Found {
  bytes: Buffer;
  finding: Finding;
  /** Which input it was. */
  number: number;
}

export interface Searched {
  inputs: number;
  corpus: number;
  /** Kinds of answers that were seen. */
  kinds: ReadonlySet<string>;
  found: Found | undefined;
}

/** Answers keep so many kinds apart, so that a parser that repeats what it was given cannot fill the memory. */
const KINDS_MAX = 5000;

/** Gives so many inputs to a parser, or fewer if one shows what must not be. */
export async function search(
  target: Target,
  inputs: number,
  seed: number,
  instruments: Instruments = {},
): Promise<Searched> {
  const { coverage } = instruments;
  const corpus = new Corpus(target, random(seed));
  const kinds = new Set<string>();
  const result = (done: number, found?: Found): Searched => ({ inputs: done, corpus: corpus.size, kinds, found });

  const run = async (bytes: Buffer): Promise<void> => {
    instruments.begin?.(bytes);
    const kind = await target.run(bytes);
    if (kinds.has(kind) || kinds.size >= KINDS_MAX) return;
    kinds.add(kind);
    corpus.keep(bytes);
  };
  /** Of a batch in which something new ran, the inputs that made it run: each half is tried again. */
  const keepNew = async (batch: readonly Buffer[]): Promise<void> => {
    for (const bytes of batch) await run(bytes);
    const ran = coverage?.take();
    if (ran === undefined || !coverage?.isNew(ran)) return;
    if (batch.length === 1) {
      corpus.keep(batch[0] as Buffer);
      coverage.add(ran);
      return;
    }
    await keepNew(batch.slice(0, batch.length >> 1));
    await keepNew(batch.slice(batch.length >> 1));
  };

  for (let done = 0, size = BATCH_MIN; done < inputs; size = Math.min(size * 2, BATCH_MAX)) {
    const batch: Buffer[] = [];
    while (batch.length < size && done < inputs) {
      const bytes = done < target.examples.length ? (target.examples[done] as Buffer) : corpus.next();
      done += 1;
      try {
        await run(bytes);
      } catch (error) {
        return result(done, { bytes, finding: asFinding(error), number: done });
      }
      batch.push(bytes);
    }
    const ran = coverage?.take();
    if (ran !== undefined && coverage?.isNew(ran)) {
      await keepNew(batch);
      // What only runs the first time, such as what a cache saves later, is not seen again.
      coverage.add(ran);
    }
    instruments.onBatch?.(done);
  }
  return result(inputs);
}

/** An error of the judge itself is a finding too: nothing may be lost. */
export const asFinding = (error: unknown): Finding =>
  error instanceof Finding
    ? error
    : new Finding('the judge understands the answer', String((error as Error)?.stack ?? error));

/** What is wrong with a parser's answer to one input; undefined if nothing is. */
export async function findingOf(target: Target, bytes: Buffer): Promise<Finding | undefined> {
  try {
    await target.run(bytes);
    return undefined;
  } catch (error) {
    return asFinding(error);
  }
}
