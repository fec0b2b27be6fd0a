import type { ContestantName } from './contestants.ts';
import type { Usage } from './measure/command.ts';

/** What one run came to. It counts only if both sides were equal afterwards, and git found no fault in the destination. */
export interface Run extends Usage {
  requests: number;
  /** Bytes that the client received. */
  down: number;
  /** Bytes that the client sent. */
  up: number;
  /** By which the client's folder has grown. */
  diskBytes: number;
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
  firstRequest: number[];
}

/** Compressed. */
export interface ImageSizes {
  bytes: number;
  /** Without the symbols of Node, as the Dockerfile does it; false where there is no `strip`. */
  stripped: boolean;
  /** Of the original design, without its clone; absent where there is no apt. */
  originalPackageBytes?: number;
}

/** What `npm run bench` writes. */
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
