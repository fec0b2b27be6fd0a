import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A stream of commands for `git fast-import`, written as fast as git takes them. */
export class FastImport {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown[]>;
  #lines: string[] = [];
  #chars = 0;

  /** `config` as `git -c` has it. */
  constructor(repository: string, { config = [], marks }: { config?: readonly string[]; marks?: string } = {}) {
    const settings = config.flatMap((one) => ['-c', one]);
    const keep = marks === undefined ? [] : [`--export-marks=${marks}`];
    const args = ['-C', repository, ...settings, 'fast-import', '--quiet', '--done', '--force', ...keep];
    this.#child = spawn('git', args, { stdio: ['pipe', 'inherit', 'inherit'] });
    this.#closed = once(this.#child, 'close');
    // A git that has ended early says why by its code.
    this.#child.stdin?.on('error', () => {});
  }

  /** Lines of text; resolves when git has room for more. */
  async write(...lines: string[]): Promise<void> {
    for (const line of lines) {
      this.#lines.push(line);
      this.#chars += line.length;
    }
    if (this.#chars > 1_000_000) await this.#flush();
  }

  /** The bytes of a file's content, of so many in all, as they come. */
  async data(bytes: number, chunks: Iterable<Buffer>): Promise<void> {
    await this.write(`data ${bytes}`);
    await this.#flush();
    for (const chunk of chunks) await this.#send(chunk);
    await this.write('');
  }

  async end(): Promise<void> {
    await this.write('done');
    await this.#flush();
    this.#child.stdin?.end();
    const [code] = await this.#closed;
    if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  }

  async #flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const text = `${this.#lines.join('\n')}\n`;
    this.#lines = [];
    this.#chars = 0;
    await this.#send(text);
  }

  async #send(chunk: string | Buffer): Promise<void> {
    if (this.#child.stdin?.write(chunk) === false) await Promise.race([once(this.#child.stdin, 'drain'), this.#closed]);
  }
}
