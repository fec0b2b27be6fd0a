import type { Served } from './measure/server.ts';

/** Where the time of a run of ccrepl went: seconds, one after the other, together the whole. */
export interface Phases {
  /** From the start of the process to the first request. */
  start: number;
  /** Until both lists were read. */
  lists: number;
  /** Until the last pack was taken and reported: here the servers pack and index. */
  objects: number;
  /** Until the destination's list was read again. */
  proof: number;
  /** Until the process had ended. */
  end: number;
}

/** `beganAt` in seconds since 1970, as the times of what was served. */
export function phasesOf(served: readonly Served[], beganAt: number, seconds: number): Phases {
  const firstObjects = Math.min(...served.filter(({ isList }) => !isList).map(({ from }) => from));
  const last = (some: readonly Served[], otherwise: number) =>
    some.length === 0 ? otherwise : Math.max(...some.map(({ to }) => to)) - beganAt;
  const start = Math.min(...served.map(({ from }) => from)) - beganAt;
  const lists = last(
    served.filter(({ isList, from }) => isList && from < firstObjects),
    start,
  );
  const objects = last(
    served.filter(({ isList }) => !isList),
    lists,
  );
  const proof = Math.max(objects, last(served, objects));
  return { start, lists: lists - start, objects: objects - lists, proof: proof - objects, end: seconds - proof };
}
