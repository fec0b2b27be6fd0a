import { cut } from './cut.ts';

/** Drawn at most so often. */
const DRAW_MS = 50;

/** Lines that stay, and under them some that change. Where the output is no terminal, those that change are left out. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  /** Stays under all lines until it is replaced. */
  #pinned: readonly string[] = [];
  /** Under that, until the next line. */
  #transient = '';
  /** How many lines are drawn that can be taken away. */
  #drawn = 0;
  #lastDrawn = 0;
  #later: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Whether anybody sees what changes. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true;
  }

  /** Lines that can be pinned so that the screen holds them. */
  get room(): number {
    return Math.max(5, (this.#stream.rows ?? 24) - 6);
  }

  line(text = ''): void {
    this.#transient = '';
    this.#clear();
    this.#stream.write(`${text}\n`);
    // Many lines come at once: they are not drawn under each.
    if (this.#pinned.length > 0) this.#drawSoon();
  }

  /** Replaces the lines that stay at the bottom. */
  pin(lines: readonly string[]): void {
    if (!this.isTerminal) return;
    this.#pinned = lines;
    this.#drawSoon();
  }

  /** Redraws the changing line, at most some twenty times a second. */
  transient(text: string): void {
    if (!this.isTerminal || Date.now() - this.#lastDrawn < DRAW_MS) return;
    this.#transient = text;
    this.#draw();
  }

  /** Takes the changing line away. */
  settle(): void {
    this.#transient = '';
    this.#draw();
  }

  /** Leaves the lines at the bottom where they are, for good. */
  unpin(): void {
    this.settle();
    if (this.#pinned.length > 0) this.#stream.write('\n');
    this.#pinned = [];
    this.#drawn = 0;
  }

  #drawSoon(): void {
    this.#later ??= setTimeout(() => this.#draw(), DRAW_MS).unref();
  }

  #draw(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#clear();
    const lines = [...this.#pinned, ...(this.#transient === '' ? [] : [this.#transient])];
    // A line that wraps would be two to take away.
    const columns = (this.#stream.columns ?? 80) - 1;
    if (lines.length > 0) this.#stream.write(lines.map((line) => cut(line, columns)).join('\n'));
    this.#drawn = lines.length;
    this.#lastDrawn = Date.now();
  }

  #clear(): void {
    if (this.#drawn === 0) return;
    this.#stream.write(`\r${this.#drawn > 1 ? `\u001b[${this.#drawn - 1}A` : ''}\u001b[J`);
    this.#drawn = 0;
  }
}
