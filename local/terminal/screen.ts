/** Lines that stay, and under them at most one that changes. Where the output is no terminal, the changing line is left out. */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  #transient = '';
  #lastDrawn = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  line(text = ''): void {
    this.#clear();
    this.#stream.write(`${text}\n`);
  }

  /** Redraws the changing line, at most some twenty times a second. */
  transient(text: string): void {
    if (!this.#stream.isTTY || Date.now() - this.#lastDrawn < 50) return;
    this.#clear();
    this.#transient = text;
    this.#lastDrawn = Date.now();
    this.#stream.write(text);
  }

  /** Takes the changing line away. */
  settle(): void {
    this.#clear();
  }

  #clear(): void {
    if (this.#transient === '') return;
    this.#stream.write('\r\u001b[2K');
    this.#transient = '';
  }
}
