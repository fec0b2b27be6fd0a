import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import type { RefName } from '../../git/ref.ts';
import { asReplicationError, type ReplicationError } from '../../replication/errors.ts';
import { chooseHaves } from '../../replication/haves.ts';
import { conflictsWith } from '../../replication/names.ts';
import type { PlannedHead } from '../../replication/plan.ts';
import { planSteps, type Step } from '../../replication/pushes.ts';
import { REASONS, type Reason } from '../../replication/reasons.ts';
import { archivedTips, SEEDING_PREFIX, seedingRefs } from '../../replication/reserved.ts';
import type { Context } from './context.ts';
import { likelyDefaultBranch } from './default-branch.ts';
import { judge, type Outcome, whyTooBig } from './outcome.ts';
import { missingTips, type Prepared, WANTS_MAX } from './prepare.ts';
import type { HeadResult } from './result.ts';
import type { Sides } from './sides.ts';
import { openPack, type Pushed, push, type WaitingPack } from './transfer.ts';

/** What a delivery came to. Heads that are in neither list were not reached. */
export interface Delivered {
  outcomes: Outcome[];
  /** Heads that were left alone although the plan had them, because something that they wait for did not happen. */
  refused: HeadResult[];
  /** Why it ended before its end. */
  error: unknown;
  /** A pack that was too much for one push. */
  tooBig: { pushed: Pushed; why: string } | undefined;
  defaultBranch: { branch: RefName; error: ReplicationError | undefined } | undefined;
}

/** Carries a plan out, step by step; the destination is read after each push, and that decides how it goes on. */
export async function deliver(
  context: Context,
  prepared: Prepared,
  sides: Sides,
  options: { full: boolean },
): Promise<Delivered> {
  const delivery = new Delivery(context, prepared, sides, options.full);
  const { plan } = prepared;
  const helpers = [...seedingRefs(sides.destination.refs)].map(
    ([ref, oid]): PlannedHead => ({ ref, action: 'delete', old: oid, new: undefined, reason: 'gone-at-source' }),
  );
  const steps = planSteps({ ...plan, heads: [...plan.heads, ...helpers] }, { first: likelyDefaultBranch(sides) });
  try {
    for (const step of steps) if (!(await delivery.take(step))) break;
  } catch (error) {
    delivery.result.error = error;
  } finally {
    delivery.end();
  }
  return delivery.result;
}

class Delivery {
  readonly result: Delivered = {
    outcomes: [],
    refused: [],
    error: undefined,
    tooBig: undefined,
    defaultBranch: undefined,
  };
  readonly #context: Context;
  readonly #prepared: Prepared;
  readonly #sides: Sides;
  readonly #full: boolean;
  /** Tips whose objects have been carried, though perhaps no ref shows them yet. */
  readonly #arrived = new Set<Oid>();
  #pack: WaitingPack | undefined;
  /** The destination as it was read last. */
  #there: Advertisement;
  /** Objects that the archive of the destination holds. */
  #archived: ReadonlySet<Oid>;
  /** The server forgets objects that no ref shows: every push must bring its own. */
  #forgetful = false;

  constructor(context: Context, prepared: Prepared, sides: Sides, full: boolean) {
    this.#context = context;
    this.#prepared = prepared;
    this.#sides = sides;
    this.#full = full;
    this.#pack = prepared.pack;
    this.#there = sides.destination;
    this.#archived = prepared.plan.archived;
  }

  /** False if nothing more may be done. */
  async take(step: Step): Promise<boolean> {
    if (step.kind === 'default-branch') return this.#setDefaultBranch(step.branch);
    const heads = step.heads.filter((head) => !this.#mustWait(head));
    if (heads.length === 0) return true;
    let pushed = await this.#push(heads);
    let outcomes = await this.#confirm(heads, pushed);
    if (pushed.packBytes === 0 && outcomes.some(({ again }) => again === 'more-objects')) {
      // Objects that came with an earlier push are gone again, or were never kept.
      this.#forgetful = true;
      this.#arrived.clear();
      const left = heads.filter((_, index) => outcomes[index]?.head.status !== 'done');
      pushed = await this.#push(left);
      outcomes = [...outcomes.filter(({ head }) => head.status === 'done'), ...(await this.#confirm(left, pushed))];
    }
    this.result.outcomes.push(...outcomes.filter(({ head }) => !head.ref.startsWith(SEEDING_PREFIX)));
    if (outcomes.every(({ head }) => head.status === 'done')) return true;
    const why = whyTooBig(pushed);
    if (why !== undefined) this.result.tooBig = { pushed, why };
    this.result.error = pushed.error;
    // Nothing more is moved, and above all nothing deleted, once the objects have not arrived.
    return pushed.error === undefined && pushed.report?.unpackError === undefined;
  }

  end(): void {
    this.#pack?.cancel();
  }

  async #push(heads: readonly PlannedHead[]): Promise<Pushed> {
    const pack = await this.#packFor(heads);
    const pushed = await push(this.#context, this.#there, heads, pack);
    if (pack !== undefined) {
      if (pack === this.#pack) this.#pack = undefined;
      if (pushed.error === undefined && pushed.report?.unpackError === undefined && !this.#forgetful)
        for (const oid of pack.wants) this.#arrived.add(oid);
    }
    return pushed;
  }

  /** The pack that a push must carry: the one that waits, none, or one of its own. */
  async #packFor(heads: readonly PlannedHead[]): Promise<WaitingPack | undefined> {
    const missing = missingTips(heads, this.#there).filter((oid) => !this.#arrived.has(oid));
    if (missing.length === 0) return undefined;
    if (this.#pack !== undefined && missing.every((oid) => this.#pack?.wants.has(oid))) return this.#pack;
    this.#pack?.cancel();
    this.#pack = undefined;
    const { plan } = this.#prepared;
    const wanted = this.#forgetful
      ? missing
      : new Set([...missing, ...missingTips(plan.heads, this.#there).filter((oid) => !this.#arrived.has(oid))]);
    const haves = this.#full ? [] : chooseHaves(plan);
    const sides = { source: this.#sides.source, destination: this.#there };
    return openPack(this.#context, sides, [...wanted].slice(0, Math.max(WANTS_MAX, missing.length)), haves);
  }

  /** Reads the destination again: what is there is the result, whatever was answered or lost on the way. */
  async #confirm(heads: readonly PlannedHead[], pushed: Pushed): Promise<Outcome[]> {
    // Our own stop signal: no more requests.
    if (pushed.error !== undefined && asReplicationError(pushed.error).code === 'terminated') throw pushed.error;
    this.#context.progress('confirming');
    this.#there = await this.#context.destination.advertisement('git-receive-pack').catch((error: unknown) => {
      throw pushed.error ?? error;
    });
    if (this.#context.policy.rewrites === 'archive') this.#archived = archivedTips(this.#there.refs);
    return heads.map((head) => judge(head, this.#there.refs.get(head.ref), pushed));
  }

  async #setDefaultBranch(branch: RefName): Promise<boolean> {
    const api = this.#context.apis.destination;
    try {
      await api?.setDefaultBranch(branch);
      this.result.defaultBranch = { branch, error: undefined };
    } catch (caught) {
      if (caught instanceof GitError && caught.code === 'aborted') throw caught;
      // The heads are worth more: what does not depend on it goes on.
      this.result.defaultBranch = { branch, error: asReplicationError(caught) };
    }
    return true;
  }

  /** True for a head whose condition has not come true: it is left as it is, with its reason. */
  #mustWait(head: PlannedHead): boolean {
    const reason = this.#reasonToWait(head);
    if (reason === undefined) return false;
    const { ref, action, old, new: next } = head;
    this.result.refused.push({ ref, action, old, new: next, status: 'refused', reason: REASONS[reason], code: reason });
    return true;
  }

  #reasonToWait({ ref, action, old, reason }: PlannedHead): Reason | undefined {
    if (reason === 'rewritten-at-source' && this.#context.policy.rewrites === 'archive' && old !== undefined) {
      if (!this.#archived.has(old)) return 'archive-failed';
    }
    if (this.result.defaultBranch?.error === undefined) return undefined;
    const kept = this.#prepared.plan.defaultBranch?.found;
    if (action === 'delete' && ref === kept) return 'default-branch';
    if (action === 'create' && kept !== undefined && conflictsWith([kept])(ref)) return 'name-taken';
    return undefined;
  }
}
