import type { Oid } from '../../git/oid.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import type { RefName } from '../../git/ref.ts';
import { asReplicationError, ReplicationError } from '../../replication/errors.ts';
import { HAVES_MAX } from '../../replication/haves.ts';
import { conflictsWith } from '../../replication/names.ts';
import { type Plan, type PlannedHead, writes } from '../../replication/plan.ts';
import { COMMANDS_PER_PUSH_MAX } from '../../replication/pushes.ts';
import { boundsOf, helperRefs, seedingLine, seedingMarker } from '../../replication/reserved.ts';
import type { SeedBudget } from '../../replication/seed-budget.ts';
import type { Context } from './context.ts';
import { likelyDefaultBranch } from './default-branch.ts';
import { whyTooBig } from './outcome.ts';
import type { Sides } from './sides.ts';
import { openPack, push, type WaitingPack } from './transfer.ts';

/** A ref of the destination that carries a history forward, and where it stands. */
interface Place {
  ref: RefName;
  at: Oid | undefined;
  /** How far below the tip that is, where it is known. */
  depth?: number;
}

/** What a seeding came to. */
export interface Seeded {
  /** Heads that are as they are to be. */
  arrived: readonly PlannedHead[];
  /** Pushes that went through. */
  pushes: number;
  stoppedBy: unknown;
}

/** A depth below a tip, and how many objects its commit would bring. */
interface Depth {
  depth: number;
  objects: number;
}

/** Looks at the history that one step may cost. */
const LOOKS_PER_STEP = 12;
/** The first depth that is looked at to find where a history ends. */
const FIRST_DEPTH = 64;
/** Commands that say how a seeding stands, in one push. */
const MARKERS_MAX = 10;
/** Steps below this share of what a push holds are made larger, if there is room. */
const SMALL_STEP = 0.4;

/**
 * Brings a history that is too big for one push to the destination in steps, until what is left fits: older commits of a branch
 * are pushed as its interim head, which only ever moves forward. Where a branch cannot hold them (a tag, a rewritten branch, a
 * side line that was merged), a helper ref does; once all has arrived the delivery takes the helpers away. What has arrived stays, so a run
 * that is killed is gone on with by the next.
 */
export async function seed(context: Context, plan: Plan, sides: Sides, budget: SeedBudget): Promise<Seeded> {
  const seeding = new Seeding(context, sides, budget);
  try {
    let rest = inOrder(plan, likelyDefaultBranch(sides));
    while (rest.length > 0) {
      const group = await seeding.largestGroup(rest);
      if (group.length === 1) await seeding.bring(group[0] as PlannedHead);
      else await seeding.carry(group);
      rest = rest.slice(group.length);
    }
    return { ...seeding.result, stoppedBy: undefined };
  } catch (error) {
    // What has arrived stays, and counts as progress; whether it is worth another look is for the run to say.
    return { ...seeding.result, stoppedBy: error };
  }
}

/** Heads that bring objects, the default branch first: most of a history is in it. */
function inOrder(plan: Plan, first: RefName | undefined): PlannedHead[] {
  const moving = plan.heads.filter((head) => writes(head) && head.new !== undefined && head.reason !== 'archive');
  const deletes = plan.heads.filter(({ action }) => action === 'delete').map(({ ref }) => ref);
  const inTheWay = conflictsWith(deletes);
  const free = moving.filter(({ action, ref }) => action !== 'create' || !inTheWay(ref));
  const waiting = moving.filter(({ action, ref }) => action === 'create' && inTheWay(ref));
  const ordered = [...free, ...waiting];
  const at = ordered.findIndex(({ ref }) => ref === first);
  if (at > 0) ordered.unshift(...ordered.splice(at, 1));
  return ordered;
}

class Seeding {
  readonly result = { arrived: [] as PlannedHead[], pushes: 0 };
  readonly #context: Context;
  readonly #source: Advertisement;
  readonly #budget: SeedBudget;
  readonly #waits: (ref: RefName) => boolean;
  /** The destination as it was read last. */
  #there: Advertisement;
  /** Tips that were pushed in this run, the latest first. */
  readonly #recent: Oid[] = [];
  #nextLine = 0;

  constructor(context: Context, sides: Sides, budget: SeedBudget) {
    this.#context = context;
    this.#source = sides.source;
    this.#there = sides.destination;
    this.#budget = budget;
    // Whatever is in the way of a name is deleted later.
    this.#waits = conflictsWith([...sides.destination.refs.keys()].filter((ref) => !sides.source.refs.has(ref)));
  }

  /** The longest beginning of `heads` (halved, and halved again) that fits into one push; at least one head. */
  async largestGroup(heads: readonly PlannedHead[]): Promise<readonly PlannedHead[]> {
    // Markers of the seeding may go with it.
    let group = heads.slice(0, COMMANDS_PER_PUSH_MAX - MARKERS_MAX);
    while (group.length > 1) {
      const pack = await this.#open(group.map(({ new: tip }) => tip as Oid));
      pack?.cancel();
      if (pack === undefined || this.#budget.fits(pack.objects)) break;
      group = group.slice(0, Math.ceil(group.length / 2));
    }
    return group;
  }

  /** Pushes heads that fit together. */
  async carry(heads: readonly PlannedHead[]): Promise<void> {
    const moves = heads.map((head) => ({ place: this.#ownPlace(head) ?? this.#helper(), tip: head.new as Oid }));
    const pack = await this.#open(moves.map(({ tip }) => tip));
    if (await this.#send(moves, pack)) {
      for (const [n, head] of heads.entries()) if (moves[n]?.place.ref === head.ref) this.result.arrived.push(head);
      return;
    }
    // Less than was foretold: one after the other.
    for (const head of heads) await this.bring(head);
  }

  /** Brings all of one head's history. */
  async bring(head: PlannedHead): Promise<void> {
    const own = this.#ownPlace(head);
    await this.#bring(await this.#placeOnTheWay(head, own), head.new as Oid, own);
    if (this.#there.refs.get(head.ref) === head.new) this.result.arrived.push(head);
  }

  async #bring(place: Place, tip: Oid, own: Place | undefined): Promise<void> {
    let left: number | undefined;
    let far: Depth | undefined;
    for (;;) {
      if (left === undefined || left <= this.#budget.objects) {
        const whole = await this.#open([tip]);
        if (whole === undefined || this.#budget.fits(whole.objects)) {
          if (await this.#send([{ place: own ?? place, tip }], whole)) return;
        } else whole.cancel();
        left = whole?.objects ?? 0;
      }
      far ??= { depth: await this.#beyond(tip), objects: 0 };
      const step = await this.#findStep(place, tip, { depth: 1, objects: Math.max(left, 2) }, far);
      if (step === undefined) {
        left = undefined;
        continue;
      }
      const sent = await this.#send([{ place, tip: step.commit }], step.pack);
      if (sent) {
        left -= step.pack.objects;
        place.depth = step.depth;
        far = { depth: step.depth, objects: 0 };
      }
    }
  }

  /**
   * The commit below `tip` that brings about as much as one push may. Depths between `near`, which brings too much, and
   * `far`, where nothing is missing, are looked at by interpolation. Undefined if something else had to be brought first.
   */
  async #findStep(place: Place, tip: Oid, near: Depth, far: Depth) {
    for (let look = 0; near.depth + 1 < far.depth; look++) {
      const { objects } = this.#budget;
      const depth = between(near, far, objects);
      const found = await this.#lookAt(place, tip, depth);
      if (found === undefined) far = { depth, objects: 0 };
      else if (!this.#budget.fits(found.pack.objects)) {
        found.pack.cancel();
        near = { depth, objects: found.pack.objects };
      } else if (found.pack.objects < objects * SMALL_STEP && look < LOOKS_PER_STEP) {
        found.pack.cancel();
        far = { depth, objects: found.pack.objects };
      } else return { ...found, depth };
    }
    // No depth between: what fits, if it is anything, else a commit that alone brings too much.
    if (far.objects > 0) {
      const found = await this.#lookAt(place, tip, far.depth);
      if (found !== undefined) return { ...found, depth: far.depth };
    }
    return this.#pastOneCommit(place, tip, near.depth, far.depth);
  }

  /** The next commit alone brings too much: first the side lines that it merges, each in steps; or it is just that big. */
  async #pastOneCommit(place: Place, tip: Oid, near: number, far: number) {
    let brought = false;
    for (const commit of await this.#commitsAt(tip, far)) {
      const pack = await this.#open([commit]);
      if (pack === undefined) continue;
      pack.cancel();
      brought = true;
      await this.#bring(this.#helper(), commit, undefined);
    }
    if (brought) return undefined;
    const found = await this.#lookAt(place, tip, near);
    if (found === undefined) return undefined;
    const { objects } = found.pack;
    const sent = await this.#send([{ place, tip: found.commit }], found.pack);
    if (sent) return undefined;
    throw new ReplicationError(
      'quota',
      `commit ${found.commit} alone brings ${objects} objects, more than the destination takes in one push`,
    );
  }

  /** A commit at this depth that goes forward from where `place` stands, and its pack; undefined if none is missing. */
  async #lookAt(place: Place, tip: Oid, depth: number): Promise<{ commit: Oid; pack: WaitingPack } | undefined> {
    const commits = depth === 1 ? [tip] : await this.#commitsAt(tip, depth);
    // The shortest way from the tip to where it stands leads over this depth: over the one commit that is there.
    const mustAsk = commits.length > 1 || place.depth === undefined || place.depth <= depth;
    for (const commit of commits) {
      const { source } = this.#context;
      if (place.at !== undefined && mustAsk && !(await source.contains([commit], [place.at], this.#source))) continue;
      const pack = await this.#open([commit]);
      if (pack !== undefined) return { commit, pack };
    }
    return undefined;
  }

  /** A depth at which the history of `tip` has ended. */
  async #beyond(tip: Oid): Promise<number> {
    let depth = FIRST_DEPTH;
    while ((await this.#commitsAt(tip, depth)).length > 0) depth *= 2;
    return depth;
  }

  async #commitsAt(tip: Oid, depth: number): Promise<Oid[]> {
    const commits = await this.#context.source.commitsAtDepth(tip, depth, this.#source);
    if (commits !== undefined) return commits;
    throw new ReplicationError(
      'quota',
      `the history is too big for one push, and ${this.#context.source.where} does not offer "shallow", which seeding in steps needs`,
    );
  }

  /** The pack of `wants` without what the destination has; undefined if nothing is missing. */
  async #open(wants: readonly Oid[]): Promise<WaitingPack | undefined> {
    const there = new Set(this.#there.refs.values());
    const missing = [...new Set(wants)].filter((oid) => !there.has(oid));
    if (missing.length === 0) return undefined;
    const helpers = helperRefs(this.#there.refs).values();
    const haves = new Set([...this.#recent, ...helpers, ...[...there].slice(0, HAVES_MAX)]);
    const sides = { source: this.#source, destination: this.#there };
    const pack = await openPack(this.#context, sides, missing, [...haves].slice(0, HAVES_MAX));
    if (pack.objects > 0) return pack;
    pack.cancel();
    return undefined;
  }

  /** Pushes and reads again; false if it was too much after all. */
  async #send(moves: readonly { place: Place; tip: Oid }[], pack: WaitingPack | undefined): Promise<boolean> {
    const heads = moves.map(({ place, tip }): PlannedHead => {
      const action = place.at === undefined ? 'create' : 'update';
      return { ref: place.ref, action, old: place.at, new: tip, reason: 'moved-at-source' };
    });
    heads.push(...this.#marking(moves));
    const pushed = await push(this.#context, this.#there, heads, pack);
    if (pushed.error !== undefined && asReplicationError(pushed.error).code === 'terminated') throw pushed.error;
    this.#context.progress('confirming');
    this.#there = await this.#context.destination.advertisement('git-receive-pack').catch((error: unknown) => {
      throw pushed.error ?? error;
    });
    if (moves.every(({ place, tip }) => this.#there.refs.get(place.ref) === tip)) {
      for (const { place, tip } of moves) {
        place.at = tip;
        this.#recent.unshift(tip);
      }
      this.result.pushes += 1;
      this.#recent.length = Math.min(this.#recent.length, HAVES_MAX / 2);
      this.#budget.succeeded(pushed.packBytes, pushed.objects);
      return true;
    }
    const isElsewhere = ({ ref, old, new: next }: PlannedHead) => ![old, next].includes(this.#there.refs.get(ref));
    if (heads.some(isElsewhere))
      throw new ReplicationError('conflict', 'a head was moved at the destination while its history was brought');
    const why = whyTooBig(pushed);
    if (why === undefined) throw pushed.error ?? this.#refusal(heads, pushed.report);
    this.#budget.failed(pushed.packBytes, pushed.objects, why);
    return false;
  }

  #refusal(
    heads: readonly PlannedHead[],
    report: { results: ReadonlyMap<RefName, string | undefined>; unpackError: string | undefined } | undefined,
  ): ReplicationError {
    const said = heads.map(({ ref }) => report?.results.get(ref)).find((reason) => reason !== undefined);
    return new ReplicationError(
      'partial',
      `the destination rejected a step of the seeding: ${said ?? report?.unpackError ?? 'it did not say why'}`,
    );
  }

  /** The head's own ref, if all of its tip may be put there as it is; else it is collected at a helper, for the delivery. */
  #ownPlace({ ref, action, old }: PlannedHead): Place | undefined {
    const at = this.#there.refs.get(ref);
    if (action === 'create' && at === undefined && !this.#waits(ref)) return { ref, at };
    // Whether a move is a rewrite, and what is to become of its old tip, is the delivery's business.
    return action === 'update' && at === old && this.#context.policy.rewrites === 'mirror' ? { ref, at } : undefined;
  }

  /** Where older commits of a head may stand meanwhile: at its own branch, if that only moves forward; else at a helper. */
  async #placeOnTheWay(head: PlannedHead, own: Place | undefined): Promise<Place> {
    // Where rewrites are treated apart, an interim head that the source gives up would be taken for one of its tips.
    const apart = this.#context.policy.rewrites !== 'mirror';
    if (own === undefined || apart || !head.ref.startsWith('refs/heads/')) return this.#helper();
    if (own.at === undefined) return own;
    const forward = await this.#context.source.contains([head.new as Oid], [own.at], this.#source);
    return forward ? own : this.#helper();
  }

  /** The commands that tell a later run that this is under way, and how much one push takes. */
  #marking(moves: readonly { tip: Oid }[]): PlannedHead[] {
    const [first] = moves;
    if (first === undefined) return [];
    const { bounds } = this.#budget;
    const markers = [...helperRefs(this.#there.refs)].filter(([ref]) => boundsOf(ref) !== undefined);
    const isClose = ([ref]: [RefName, Oid]) => {
      const said = boundsOf(ref);
      return said?.failed === Math.ceil(bounds.failed) && bounds.took < said.took * 1.5;
    };
    if (markers.some(isClose)) return [];
    const reason = 'moved-at-source';
    return [
      { ref: seedingMarker(bounds), action: 'create', old: undefined, new: first.tip, reason },
      ...markers.map(([ref, old]): PlannedHead => ({ ref, action: 'delete', old, new: undefined, reason })),
    ];
  }

  /** A helper ref that is not there yet. */
  #helper(): Place {
    while (this.#there.refs.has(seedingLine(this.#nextLine))) this.#nextLine += 1;
    return { ref: seedingLine(this.#nextLine++), at: undefined };
  }
}

/** Where between two depths about `objects` objects would come, if they were spread evenly. */
function between(near: Depth, far: Depth, objects: number): number {
  const share = (objects * 0.75 - far.objects) / Math.max(1, near.objects - far.objects);
  const depth = Math.round(far.depth - share * (far.depth - near.depth));
  return Math.min(far.depth - 1, Math.max(near.depth + 1, depth));
}
