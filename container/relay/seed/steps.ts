import type { Oid } from '../../../git/oid.ts';
import { ReplicationError } from '../../../replication/errors.ts';
import type { Context } from '../context.ts';
import type { WaitingPack } from '../transfer.ts';
import type { Carrier, Place } from './carrier.ts';

/** A depth below a tip, and how many objects its commit would bring. */
export interface Depth {
  depth: number;
  objects: number;
}

/** A commit on the way to a tip, the pack that brings it, and how far below the tip it is. */
export interface Step {
  commit: Oid;
  pack: WaitingPack;
  depth: number;
}

/** The commit at `near` alone brings more than one push may; below `far` nothing is missing. */
export interface Gap {
  near: number;
  far: number;
}

/** Looks at the history that one step may cost. */
const LOOKS_PER_STEP = 12;
/** The first depth that is looked at to find where a history ends. */
const FIRST_DEPTH = 64;
/** Steps below this share of what a push holds are made larger, if there is room. */
const SMALL_STEP = 0.4;

/** Finds commits of a history that bring about as much as one push may. */
export class StepFinder {
  readonly #context: Context;
  readonly #carrier: Carrier;

  constructor(context: Context, carrier: Carrier) {
    this.#context = context;
    this.#carrier = carrier;
  }

  /**
   * The commit below `tip` that brings about as much as one push may. Depths between `near`, which brings too much, and
   * `far`, where nothing is missing, are looked at by interpolation. A gap if no commit between them fits.
   */
  async find(place: Place, tip: Oid, near: Depth, far: Depth): Promise<Step | Gap> {
    for (let look = 0; near.depth + 1 < far.depth; look++) {
      const { objects } = this.#carrier.budget;
      const depth = between(near, far, objects);
      const found = await this.lookAt(place, tip, depth);
      if (found === undefined) far = { depth, objects: 0 };
      else if (!this.#carrier.budget.fits(found.pack.objects)) {
        found.pack.cancel();
        near = { depth, objects: found.pack.objects };
      } else if (found.pack.objects < objects * SMALL_STEP && look < LOOKS_PER_STEP) {
        found.pack.cancel();
        far = { depth, objects: found.pack.objects };
      } else return { ...found, depth };
    }
    // No depth between: what fits, if it is anything.
    if (far.objects > 0) {
      const found = await this.lookAt(place, tip, far.depth);
      if (found !== undefined) return { ...found, depth: far.depth };
    }
    return { near: near.depth, far: far.depth };
  }

  /** A commit at this depth that goes forward from where `place` stands, and its pack; undefined if none is missing. */
  async lookAt(place: Place, tip: Oid, depth: number): Promise<{ commit: Oid; pack: WaitingPack } | undefined> {
    const commits = depth === 1 ? [tip] : await this.commitsAt(tip, depth);
    // The shortest way from the tip to where it stands leads over this depth: over the one commit that is there.
    const mustAsk = commits.length > 1 || place.depth === undefined || place.depth <= depth;
    for (const commit of commits) {
      const { source } = this.#context;
      if (place.at !== undefined && mustAsk && !(await source.contains([commit], [place.at], this.#carrier.source)))
        continue;
      const pack = await this.#carrier.open([commit]);
      if (pack !== undefined) return { commit, pack };
    }
    return undefined;
  }

  /** A depth at which the history of `tip` has ended. */
  async beyond(tip: Oid): Promise<number> {
    let depth = FIRST_DEPTH;
    while ((await this.commitsAt(tip, depth)).length > 0) depth *= 2;
    return depth;
  }

  async commitsAt(tip: Oid, depth: number): Promise<Oid[]> {
    const commits = await this.#context.source.commitsAtDepth(tip, depth, this.#carrier.source);
    if (commits !== undefined) return commits;
    throw new ReplicationError(
      'quota',
      `the history is too big for one push, and ${this.#context.source.where} does not offer "shallow", which seeding in steps needs`,
    );
  }
}

/** Where between two depths about `objects` objects would come, if they were spread evenly. */
function between(near: Depth, far: Depth, objects: number): number {
  const share = (objects * 0.75 - far.objects) / Math.max(1, near.objects - far.objects);
  const depth = Math.round(far.depth - share * (far.depth - near.depth));
  return Math.min(far.depth - 1, Math.max(near.depth + 1, depth));
}
