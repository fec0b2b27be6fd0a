import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Oid } from '../../git/oid.ts';
import { aFolder, git } from '../support/repository.ts';
import { randomNumbers } from '../support/seed.ts';

const run = promisify(execFile);

/** Commits of the long line that is brought in steps, and of the many short ones. */
const LONG = 20;
export const LONG_TIP = `h${LONG}`;
export const MANY = 24;

/** All objects that the plans are about, in one bare repository, each with a short name. */
export interface World {
  path: string;
  oid(name: string): Oid;
}

/**
 * main has m1 to m4; `f` and `g` branch off, `n` is main rewritten from m1 on, `big` brings one file of 700 KB, `h` is long and stands alone;
 * `c` and `d` are many branches of one and two commits; t1 to t3 are annotated tags of m1 to m3, and tt is a tag of t1.
 */
export async function makeWorld(): Promise<World> {
  const path = join(await aFolder(), 'world.git');
  await git('/', 'init', '--quiet', '--bare', path);
  const stream = new Stream();
  for (const [name, parent] of LINES) stream.commit(name, parent);
  stream.commit('big', 'm2', 700_000);
  for (let n = 1; n <= MANY; n++) {
    stream.commit(`c${n}`, 'm1');
    stream.commit(`d${n}`, `c${n}`);
  }
  for (let n = 1; n <= LONG; n++) stream.commit(`h${n}`, n === 1 ? undefined : `h${n - 1}`, 400);
  for (const n of [1, 2, 3]) stream.tag(`t${n}`, `m${n}`);
  stream.tag('tt', 't1');
  const marks = join(path, 'marks');
  const child = run('git', [
    ...['-C', path, '-c', 'fastimport.unpackLimit=0'],
    ...['fast-import', '--quiet', '--done', `--export-marks=${marks}`],
  ]);
  child.child.stdin?.end(stream.text());
  await child;
  const oids = new Map(
    (await readFile(marks, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.slice(1).split(' ') as [string, Oid]),
  );
  return { path, oid: (name) => oids.get(String(stream.mark(name))) as Oid };
}

const LINES: [name: string, parent: string | undefined][] = [
  ['m1', undefined],
  ['m2', 'm1'],
  ['m3', 'm2'],
  ['m4', 'm3'],
  ['f1', 'm2'],
  ['f2', 'f1'],
  ['g1', 'm1'],
  ['g2', 'g1'],
  ['n2', 'm1'],
  ['n3', 'n2'],
];

/** What `git fast-import` reads. */
class Stream {
  readonly #lines: string[] = [];
  readonly #marks = new Map<string, number>();
  readonly #random = randomNumbers(1);

  commit(name: string, parent: string | undefined, bytes = 1000): void {
    const mark = this.#next(name);
    let text = `${name}\n`;
    while (text.length < bytes) text += `${this.#random(2 ** 32).toString(36)}\n`;
    this.#lines.push(
      `commit refs/world/${name}`,
      `mark :${mark}`,
      `committer C O Mitter <committer@example.com> ${1_700_000_000 + mark} +0000`,
      `data ${name.length}`,
      name,
      ...(parent === undefined ? [] : [`from :${this.mark(parent)}`]),
      `M 100644 inline d${mark % 7}/${name}.txt`,
      `data ${text.length}`,
      text,
    );
  }

  tag(name: string, of: string): void {
    const mark = this.#next(name);
    this.#lines.push(`tag ${name}`, `mark :${mark}`, `from :${this.mark(of)}`);
    this.#lines.push('tagger T Agger <tagger@example.com> 1700000000 +0000', 'data 3', 'tag');
  }

  mark(name: string): number {
    const mark = this.#marks.get(name);
    if (mark === undefined) throw new Error(`the world of the plans has no "${name}"`);
    return mark;
  }

  text(): string {
    return `${this.#lines.join('\n')}\ndone\n`;
  }

  #next(name: string): number {
    this.#marks.set(name, this.#marks.size + 1);
    return this.#marks.size;
  }
}
