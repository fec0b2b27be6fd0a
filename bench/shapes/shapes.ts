import { bigCommits } from '../big-commit.ts';
import { git, gitReading } from '../git.ts';
import { randomNumbers } from '../random.ts';
import { writeHistory } from './history.ts';

/** A kind of repository. `fill` makes an empty one into it, always the same; `scale` 1 is its full size. */
export interface Shape {
  name: string;
  /** What is kept of it is kept under this; its name if it is always the same. */
  key?: string;
  /** What it is, at that scale. */
  what: (scale: number) => string;
  /** Names of the works that are of interest for it. */
  works: readonly string[];
  fill: (repository: string, scale: number) => Promise<void>;
}

const HISTORY_WORKS = ['nothing', 'commit', 'hundred', 'first'] as const;

export const SHAPES: readonly Shape[] = [
  {
    name: 'small',
    what: (scale) => `${count(6000, scale)} commits`,
    works: HISTORY_WORKS,
    fill: (repository, scale) => writeHistory(repository, { commits: scaled(6000, scale), linesPerCommit: 6 }, 1),
  },
  {
    name: 'large',
    what: (scale) => `${count(82_000, scale)} commits`,
    works: HISTORY_WORKS,
    fill: (repository, scale) => writeHistory(repository, { commits: scaled(82_000, scale), linesPerCommit: 22 }, 2),
  },
  {
    name: 'refs',
    what: (scale) => `${count(10_000, scale)} branches`,
    works: ['nothing', 'one-ref', 'thousand-refs'],
    async fill(repository, scale) {
      await writeHistory(repository, { commits: scaled(6000, scale), linesPerCommit: 6 }, 3);
      const commits = (await git(repository, 'rev-list', '--all')).split('\n');
      const random = randomNumbers(4);
      const branches = Array.from({ length: scaled(10_000, scale) }, (_, n) => {
        const oid = commits[random(commits.length)];
        return `create ${MANY}${String(n).padStart(5, '0')} ${oid}\n`;
      });
      await gitReading(repository, branches.join(''), 'update-ref', '--stdin');
    },
  },
  {
    name: 'blobs',
    what: (scale) => `${count(400, scale)} MB of big files`,
    works: ['nothing', 'blob', 'first'],
    fill: (repository, scale) => bigCommits(repository, { megabytes: scaled(400, scale), commits: 20 }),
  },
];

/** How the many branches of `refs` are named, before their number. */
export const MANY = 'refs/heads/team/work-';

const scaled = (full: number, scale: number): number => Math.max(100, Math.round(full * scale));
const count = (full: number, scale: number): string => scaled(full, scale).toLocaleString('en-US');
