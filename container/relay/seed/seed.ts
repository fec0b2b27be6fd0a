import type { Oid } from '../../../git/oid.ts';
import type { RefName } from '../../../git/ref.ts';
import { ReplicationError } from '../../../replication/errors.ts';
import { conflictsWith } from '../../../replication/names.ts';
import { type Plan, type PlannedHead, writes } from '../../../replication/plan.ts';
import { COMMANDS_PER_PUSH_MAX } from '../../../replication/pushes.ts';
import type { SeedBudget } from '../../../replication/seed-budget.ts';
import type { Context } from '../context.ts';
import { likelyDefaultBranch } from '../default-branch.ts';
import type { Sides } from '../sides.ts';
import { Carrier, MARKERS_MAX, type Place } from './carrier.ts';
import { type Depth, StepFinder } from './steps.ts';

/** What a seeding came to. */
export interface Seeded {
  /** Heads that are as they are to be. */
  arrived: readonly PlannedHead[];
  /** Pushes that went through. */
  pushes: number;
  stoppedBy: unknown;
}

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
  readonly #arrived: PlannedHead[] = [];
  readonly #context: Context;
  readonly #carrier: Carrier;
  readonly #steps: StepFinder;
  readonly #waits: (ref: RefName) => boolean;

  constructor(context: Context, sides: Sides, budget: SeedBudget) {
    this.#context = context;
    this.#carrier = new Carrier(context, sides, budget);
    this.#steps = new StepFinder(context, this.#carrier);
    // Whatever is in the way of a name is deleted later.
    this.#waits = conflictsWith([...sides.destination.refs.keys()].filter((ref) => !sides.source.refs.has(ref)));
  }

  get result(): Pick<Seeded, 'arrived' | 'pushes'> {
    return { arrived: this.#arrived, pushes: this.#carrier.pushes };
  }

  /** The longest beginning of `heads` (halved, and halved again) that fits into one push; at least one head. */
  async largestGroup(heads: readonly PlannedHead[]): Promise<readonly PlannedHead[]> {
    // Markers of the seeding may go with it.
    let group = heads.slice(0, COMMANDS_PER_PUSH_MAX - MARKERS_MAX);
    while (group.length > 1) {
      const pack = await this.#carrier.open(group.map(({ new: tip }) => tip as Oid));
      pack?.cancel();
      if (pack === undefined || this.#carrier.budget.fits(pack.objects)) break;
      group = group.slice(0, Math.ceil(group.length / 2));
    }
    return group;
  }

  /** Pushes heads that fit together. */
  async carry(heads: readonly PlannedHead[]): Promise<void> {
    const moves = heads.map((head) => ({
      place: this.#ownPlace(head) ?? this.#carrier.helper(),
      tip: head.new as Oid,
    }));
    const pack = await this.#carrier.open(moves.map(({ tip }) => tip));
    if (await this.#carrier.send(moves, pack)) {
      for (const [n, head] of heads.entries()) if (moves[n]?.place.ref === head.ref) this.#arrived.push(head);
      return;
    }
    // Less than was foretold: one after the other.
    for (const head of heads) await this.bring(head);
  }

  /** Brings all of one head's history. */
  async bring(head: PlannedHead): Promise<void> {
    const own = this.#ownPlace(head);
    await this.#bring(await this.#placeOnTheWay(head, own), head.new as Oid, own);
    if (this.#carrier.at(head.ref) === head.new) this.#arrived.push(head);
  }

  async #bring(place: Place, tip: Oid, own: Place | undefined): Promise<void> {
    let left: number | undefined;
    let far: Depth | undefined;
    for (;;) {
      if (left === undefined || left <= this.#carrier.budget.objects) {
        const whole = await this.#carrier.open([tip]);
        if (whole === undefined || this.#carrier.budget.fits(whole.objects)) {
          if (await this.#carrier.send([{ place: own ?? place, tip }], whole)) return;
        } else whole.cancel();
        left = whole?.objects ?? 0;
      }
      far ??= { depth: await this.#steps.beyond(tip), objects: 0 };
      const step = await this.#steps.find(place, tip, { depth: 1, objects: Math.max(left, 2) }, far);
      if (!('pack' in step)) {
        await this.#pastOneCommit(place, tip, step.near, step.far);
        left = undefined;
        continue;
      }
      const sent = await this.#carrier.send([{ place, tip: step.commit }], step.pack);
      if (sent) {
        left -= step.pack.objects;
        place.depth = step.depth;
        far = { depth: step.depth, objects: 0 };
      }
    }
  }

  /** The next commit alone brings too much: first the side lines that it merges, each in steps; or it is just that big. */
  async #pastOneCommit(place: Place, tip: Oid, near: number, far: number): Promise<void> {
    let brought = false;
    for (const commit of await this.#steps.commitsAt(tip, far)) {
      const pack = await this.#carrier.open([commit]);
      if (pack === undefined) continue;
      pack.cancel();
      brought = true;
      await this.#bring(this.#carrier.helper(), commit, undefined);
    }
    if (brought) return;
    const found = await this.#steps.lookAt(place, tip, near);
    if (found === undefined) return;
    const { objects } = found.pack;
    const sent = await this.#carrier.send([{ place, tip: found.commit }], found.pack);
    if (sent) return;
    throw new ReplicationError(
      'quota',
      `commit ${found.commit} alone brings ${objects} objects, more than the destination takes in one push`,
    );
  }

  /** The head's own ref, if all of its tip may be put there as it is; else it is collected at a helper, for the delivery. */
  #ownPlace({ ref, action, old }: PlannedHead): Place | undefined {
    const at = this.#carrier.at(ref);
    if (action === 'create' && at === undefined && !this.#waits(ref)) return { ref, at };
    // Whether a move is a rewrite, and what is to become of its old tip, is the delivery's business.
    return action === 'update' && at === old && this.#context.policy.rewrites === 'mirror' ? { ref, at } : undefined;
  }

  /** Where older commits of a head may stand meanwhile: at its own branch, if that only moves forward; else at a helper. */
  async #placeOnTheWay(head: PlannedHead, own: Place | undefined): Promise<Place> {
    // Where rewrites are treated apart, an interim head that the source gives up would be taken for one of its tips.
    const apart = this.#context.policy.rewrites !== 'mirror';
    if (own === undefined || apart || !head.ref.startsWith('refs/heads/')) return this.#carrier.helper();
    if (own.at === undefined) return own;
    const forward = await this.#context.source.contains([head.new as Oid], [own.at], this.#carrier.source);
    return forward ? own : this.#carrier.helper();
  }
}
