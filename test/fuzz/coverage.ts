import { Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';

/** One file's characters: 1 where code ran. */
type Painted = Map<string, Uint8Array>;

const session = new Session();

/**
 * Must be called before the parsers are loaded: only functions that are compiled after it count their blocks.
 * https://v8.dev/blog/javascript-code-coverage
 */
export function startCoverage(): void {
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/**
 * Which blocks of some files ran, by V8's own precise coverage. A block is what lies between two borders of ranges that V8 ever
 * reported: which ranges it reports differs from time to time.
 */
export class Coverage {
  readonly #urls: ReadonlySet<string>;
  readonly #ran: Painted = new Map();
  readonly #borders = new Map<string, Set<number>>();

  constructor(files: readonly string[], home: string) {
    this.#urls = new Set(files.map((file) => pathToFileURL(`${home}/${file}`).href));
  }

  /** What ran since the last time. */
  take(): Painted {
    const painted: Painted = new Map();
    session.post('Profiler.takePreciseCoverage', (error, answer) => {
      if (error) throw error;
      for (const { url, functions } of answer.result) {
        if (!this.#urls.has(url)) continue;
        const ranges = functions.flatMap((one) => one.ranges);
        const length = Math.max(...ranges.map(({ endOffset }) => endOffset));
        const characters = new Uint8Array(length);
        // Outer ranges come before those inside them.
        ranges.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
        const borders = this.#borders.get(url) ?? new Set();
        for (const { startOffset, endOffset, count } of ranges) {
          characters.fill(count > 0 ? 1 : 0, startOffset, endOffset);
          borders.add(startOffset).add(endOffset);
        }
        this.#borders.set(url, borders);
        painted.set(url, characters);
      }
    });
    return painted;
  }

  /** Whether something ran that never ran before. */
  isNew(painted: Painted): boolean {
    return [...painted].some(([url, characters]) => {
      const ran = this.#ran.get(url);
      for (let at = 0; at < characters.length; at++) if (characters[at] === 1 && ran?.[at] !== 1) return true;
      return false;
    });
  }

  add(painted: Painted): void {
    for (const [url, characters] of painted) {
      const known = this.#ran.get(url);
      const ran = new Uint8Array(Math.max(characters.length, known?.length ?? 0));
      if (known !== undefined) ran.set(known);
      for (let at = 0; at < characters.length; at++) if (characters[at] === 1) ran[at] = 1;
      this.#ran.set(url, ran);
    }
  }

  get blocks(): { reached: number; of: number } {
    let [reached, of] = [0, 0];
    for (const [url, borders] of this.#borders) {
      const starts = [...borders].sort((a, b) => a - b).slice(0, -1);
      of += starts.length;
      reached += starts.filter((start) => this.#ran.get(url)?.[start] === 1).length;
    }
    return { reached, of };
  }
}
