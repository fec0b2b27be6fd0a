import { FastImport } from '../fast-import.ts';
import { randomNumbers } from '../random.ts';

/** How much a history writes. */
export interface HistorySize {
  commits: number;
  /** Lines that a commit writes anew, in all its files. */
  linesPerCommit: number;
}

const LINES_OF_A_FILE_MAX = 400;
const DICTIONARY = 6000;

/**
 * Fills an empty bare repository with a history like a team's: a main line that edits some files at a time in a tree of three
 * levels, side branches that are merged, tags, and a few open branches at its end. Always the same for the same seed.
 */
export async function writeHistory(repository: string, size: HistorySize, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const git = new FastImport(repository);
  const project = new Project(random);
  let mark = 0;
  const commit = async (branch: string, parents: { from?: number; merge?: number } = {}): Promise<number> => {
    mark += 1;
    const message = `Change ${mark}: ${project.words(8)}`;
    await git.write(
      ...(parents.from === undefined ? [] : [`reset refs/heads/${branch}`]),
      `commit refs/heads/${branch}`,
      `mark :${mark}`,
      `committer A Developer <developer${random(40)}@example.com> ${1_500_000_000 + mark * 600} +0900`,
      `data ${message.length}`,
      message,
      ...(parents.from === undefined ? [] : [`from :${parents.from}`]),
      ...(parents.merge === undefined ? [] : [`merge :${parents.merge}`]),
    );
    for (const [path, text] of project.edit(size.linesPerCommit))
      await git.write(`M 100644 inline ${path}`, `data ${text.length}`, text);
    return mark;
  };
  let tip = await commit('main');
  while (mark < size.commits - 40) {
    tip = await commit('main');
    if (random(12) === 0) {
      let side = await commit('side', { from: tip });
      for (let n = random(5); n > 0; n--) side = await commit('side');
      tip = await commit('main');
      tip = await commit('main', { merge: side });
    }
    if (random(250) === 0)
      await git.write(
        `tag v1.${mark}`,
        `from :${tip}`,
        'tagger A Developer <a@example.com> 1700000000 +0000',
        'data 3',
        'tag',
      );
  }
  await git.write('reset refs/heads/side', `from ${'0'.repeat(40)}`);
  for (let n = 1; mark < size.commits; n++) {
    await commit(`topic/${n}`, { from: tip - random(30) });
    await commit(`topic/${n}`);
  }
  await git.end();
}

/** Files of a project, as lines of words. */
class Project {
  readonly #random: (below: number) => number;
  readonly #dictionary: string[];
  readonly #files: { path: string; lines: string[] }[] = [];

  constructor(random: (below: number) => number) {
    this.#random = random;
    this.#dictionary = Array.from({ length: DICTIONARY }, () =>
      random(36 ** 6)
        .toString(36)
        .slice(random(4)),
    );
  }

  words(count: number): string {
    const random = this.#random;
    // Words that are used often, as in any text.
    return Array.from({ length: count }, () => this.#dictionary[random(1 + random(DICTIONARY))]).join(' ');
  }

  /** Writes so many lines: into one to three files, now and then a new one. */
  edit(lines: number): [path: string, text: string][] {
    const random = this.#random;
    const count = 1 + random(3);
    const edited = new Map<string, string>();
    for (let n = 0; n < count; n++) {
      const file = this.#files.length === 0 || random(40) === 0 ? this.#add() : this.#files[random(this.#files.length)];
      if (file === undefined) continue;
      for (let left = Math.ceil(lines / count); left > 0; ) {
        const run = Math.min(left, 1 + random(8));
        const at = random(file.lines.length + 1);
        const fresh = Array.from({ length: run }, () => this.words(4 + random(8)));
        file.lines.splice(at, file.lines.length > LINES_OF_A_FILE_MAX || random(2) === 0 ? run : 0, ...fresh);
        left -= run;
      }
      edited.set(file.path, file.lines.join('\n'));
    }
    return [...edited];
  }

  #add(): { path: string; lines: string[] } {
    const random = this.#random;
    const number = this.#files.length;
    const path = `packages/p${random(30)}/src/s${random(12)}/file${number}.ts`;
    const file = { path, lines: Array.from({ length: 20 + random(120) }, () => this.words(4 + random(8))) };
    this.#files.push(file);
    return file;
  }
}
