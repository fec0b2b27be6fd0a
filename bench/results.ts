import { readFile } from 'node:fs/promises';
import type { ContestantName } from './contestants.ts';
import type { Usage } from './measure/command.ts';
import type { Phases } from './phases.ts';

/** What one run came to. It counts only if both sides were equal afterwards, and git found no fault in the destination. */
export interface Run extends Omit<Usage, 'beganAt'> {
  requests: number;
  /** Bytes that the client received. */
  down: number;
  /** Bytes that the client sent. */
  up: number;
  /** By which the client's folder has grown. */
  diskBytes: number;
  /** Of ccrepl: where its time went. */
  phases?: Phases;
}

/** All runs of one way to replicate, for one work on one shape; `runs[n]` was in round n. */
export interface Cell {
  shape: string;
  work: string;
  contestant: ContestantName;
  runs: Run[];
  /** For ccrepl: the pack there and back, and the lists that have to be read. */
  mustCarryBytes?: number;
}

export interface StartUp {
  /** Milliseconds, round by round. */
  empty: number[];
  /** Of a program that loads what https and a signature need, and does nothing. */
  modules: number[];
  firstRequest: number[];
  profile: Profile;
}

/** Shares of the processor's time of a start, by V8's sampling profiler; 1 together. */
export interface Profile {
  /** V8's and Node's own C++. */
  native: number;
  /** Compiling the program. */
  compiling: number;
  /** JavaScript of Node. */
  modules: number;
  collecting: number;
  /** ccrepl's own code, and the libraries that are bundled with it. */
  own: number;
}

/** Compressed. */
export interface ImageSizes {
  bytes: number;
  /** Without the symbols of Node, as the Dockerfile does it; false where there is no `strip`. */
  stripped: boolean;
  /** Of the original design, without its clone; absent where there is no apt. */
  originalPackageBytes?: number;
}

/** What `npm run bench` writes. `format` is another one when what is older can no longer be compared. */
export interface Results {
  format: 1;
  mode: 'full' | 'quick' | 'own';
  at: string;
  machine: Machine;
  scale: number;
  rounds: number;
  shapes: { name: string; what: string; packBytes: number; refs: number }[];
  cells: Cell[];
  startUp: StartUp;
  image: ImageSizes;
}

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  kernel: string;
  node: string;
  git: string;
  fileSystem: string;
}

/** @throws Error that says what to do if there are none, or they are not such */
export async function readResults(path: string): Promise<Results> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const toDo = 'make some with --save, or with --out DIR';
    throw new Error(`there are no results to compare with at ${path} (${cause.code}): ${toDo}`, { cause });
  });
  let results: unknown;
  try {
    results = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not JSON: expected what --save or --out DIR has written`, { cause });
  }
  if ((results as Partial<Results> | null)?.format === 1) return results as Results;
  throw new Error(`${path} is of another format: expected what --save or --out DIR has written`);
}
