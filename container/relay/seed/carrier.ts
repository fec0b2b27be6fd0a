import type { Oid } from '../../../git/oid.ts';
import type { Advertisement } from '../../../git/protocol/advertisement.ts';
import { takesDeletes } from '../../../git/protocol/push-request.ts';
import type { RefName } from '../../../git/ref.ts';
import { asReplicationError, ReplicationError } from '../../../replication/errors.ts';
import { HAVES_MAX } from '../../../replication/haves.ts';
import type { PlannedHead } from '../../../replication/plan.ts';
import { boundsOf, helperRefs, seedingLine, seedingMarker } from '../../../replication/reserved.ts';
import type { SeedBudget } from '../../../replication/seed-budget.ts';
import type { Context } from '../context.ts';
import { whyTooBig } from '../outcome.ts';
import type { Sides } from '../sides.ts';
import { openPack, push, type WaitingPack } from '../transfer.ts';

/** A ref of the destination that carries a history forward, and where it stands. */
export interface Place {
  ref: RefName;
  at: Oid | undefined;
  /** How far below the tip that is, where it is known. */
  depth?: number;
}

/** Commands that say how a seeding stands, in one push. */
export const MARKERS_MAX = 10;

/** Carries packs to the destination, one push each, and knows what is there. */
export class Carrier {
  readonly budget: SeedBudget;
  readonly source: Advertisement;
  /** Pushes that went through. */
  pushes = 0;
  readonly #context: Context;
  /** The destination as it was read last. */
  #there: Advertisement;
  /** Tips that were pushed in this run, the latest first. */
  readonly #recent: Oid[] = [];
  #nextLine = 0;

  constructor(context: Context, sides: Sides, budget: SeedBudget) {
    this.#context = context;
    this.source = sides.source;
    this.#there = sides.destination;
    this.budget = budget;
  }

  /** Where a ref of the destination stands. */
  at(ref: RefName): Oid | undefined {
    return this.#there.refs.get(ref);
  }

  /** The pack of `wants` without what the destination has; undefined if nothing is missing. */
  async open(wants: readonly Oid[]): Promise<WaitingPack | undefined> {
    const there = new Set(this.#there.refs.values());
    const missing = [...new Set(wants)].filter((oid) => !there.has(oid));
    if (missing.length === 0) return undefined;
    const helpers = helperRefs(this.#there.refs).values();
    const haves = new Set([...this.#recent, ...helpers, ...[...there].slice(0, HAVES_MAX)]);
    const sides = { source: this.source, destination: this.#there };
    const pack = await openPack(this.#context, sides, missing, [...haves].slice(0, HAVES_MAX));
    if (pack.objects > 0) return pack;
    pack.cancel();
    return undefined;
  }

  /** Pushes and reads again; false if it was too much after all. */
  async send(moves: readonly { place: Place; tip: Oid }[], pack: WaitingPack | undefined): Promise<boolean> {
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
      this.pushes += 1;
      this.#recent.length = Math.min(this.#recent.length, HAVES_MAX / 2);
      this.budget.succeeded(pushed.packBytes, pushed.objects);
      return true;
    }
    const isElsewhere = ({ ref, old, new: next }: PlannedHead) => ![old, next].includes(this.#there.refs.get(ref));
    if (heads.some(isElsewhere))
      throw new ReplicationError('conflict', 'a head was moved at the destination while its history was brought');
    const why = whyTooBig(pushed);
    if (why === undefined) throw pushed.error ?? refusalOf(heads, pushed.report);
    this.budget.failed(pushed.packBytes, pushed.objects, why);
    return false;
  }

  /** A helper ref that is not there yet. */
  helper(): Place {
    while (this.#there.refs.has(seedingLine(this.#nextLine))) this.#nextLine += 1;
    return { ref: seedingLine(this.#nextLine++), at: undefined };
  }

  /** The commands that tell a later run that this is under way, and how much one push takes. */
  #marking(moves: readonly { tip: Oid }[]): PlannedHead[] {
    const [first] = moves;
    if (first === undefined) return [];
    const { bounds } = this.budget;
    const markers = [...helperRefs(this.#there.refs)].filter(([ref]) => boundsOf(ref) !== undefined);
    const isClose = ([ref]: [RefName, Oid]) => {
      const said = boundsOf(ref);
      return said?.failed === Math.ceil(bounds.failed) && bounds.took < said.took * 1.5;
    };
    if (markers.some(isClose)) return [];
    const reason = 'moved-at-source';
    const stale = takesDeletes(this.#there) ? markers : [];
    return [
      { ref: seedingMarker(bounds), action: 'create', old: undefined, new: first.tip, reason },
      ...stale.map(([ref, old]): PlannedHead => ({ ref, action: 'delete', old, new: undefined, reason })),
    ];
  }
}

function refusalOf(
  heads: readonly PlannedHead[],
  report: { results: ReadonlyMap<RefName, string | undefined>; unpackError: string | undefined } | undefined,
): ReplicationError {
  const said = heads.map(({ ref }) => report?.results.get(ref)).find((reason) => reason !== undefined);
  return new ReplicationError(
    'partial',
    `the destination rejected a step of the seeding: ${said ?? report?.unpackError ?? 'it did not say why'}`,
  );
}
