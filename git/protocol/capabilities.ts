/** Capabilities as a server advertised them: the name, and its value or `true`. `symref` may stand there many times. */
export class Capabilities {
  readonly #values = new Map<string, string[]>();

  constructor(text: string) {
    for (const word of text.split(' ')) {
      if (word === '') continue;
      const at = word.indexOf('=');
      const name = at < 0 ? word : word.slice(0, at);
      const values = this.#values.get(name) ?? [];
      if (at >= 0) values.push(word.slice(at + 1));
      this.#values.set(name, values);
    }
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  get names(): string[] {
    return [...this.#values.keys()];
  }

  /**
   * Those of `wanted` that the server advertised. Nothing else may ever be sent: CodeCommit answers with nothing, or hangs
   * up, when it meets a capability that it did not offer (isomorphic-git#310).
   */
  choose(...wanted: string[]): string[] {
    return wanted.filter((word) => this.has(word.split('=')[0] as string));
  }
}
