import { GitError } from '../../git/errors.ts';
import type { Oid } from '../../git/oid.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { takesDeletes } from '../../git/protocol/push-request.ts';
import { displayRef, type RefName } from '../../git/ref.ts';
import { asReplicationError, ReplicationError } from '../../replication/errors.ts';
import { chooseHaves } from '../../replication/haves.ts';
import { conflictsWith } from '../../replication/names.ts';
import { changedBeside, type PlannedHead } from '../../replication/plan.ts';
import { COMMANDS_PER_PUSH_MAX, planSteps, type Step } from '../../replication/pushes.ts';
import { REASONS, type Reason } from '../../replication/reasons.ts';
import { archivedTips, helperRefs, isHelper } from '../../replication/reserved.ts';
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
  warnings: string[];
  /** The last reading shows that somebody else has changed heads meanwhile: others than the plan's, or what an earlier push had moved. */
  changedMeanwhile: boolean;
}

/** Carries a plan out, step by step; the destination is read after each push, and that decides how it goes on. */
export async function deliver(
  context: Context,
  prepared: Prepared,
  sides: Sides,
  options: { full: boolean },
): Promise<Delivered> {
  const delivery = new Delivery(context, prepared, sides, options.full);
  try {
    for (const step of planSteps(prepared.plan, { first: likelyDefaultBranch(sides) }))
      if (!(await delivery.take(step))) return delivery.result;
    await delivery.tidyUp();
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
    warnings: [],
    changedMeanwhile: false,
  };
  readonly #context: Context;
  readonly #prepared: Prepared;
  readonly #sides: Sides;
  readonly #full: boolean;
  /** Tips whose objects have been carried, though perhaps no ref shows them yet. */
  readonly #arrived = new Set<Oid>();
  /** Under which other names each tip that goes is to be created, or moved to. */
  readonly #newNames = new Map<Oid, RefName[]>();
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
    const deletes = prepared.plan.heads.filter(({ action }) => action === 'delete');
    const gone = new Set(deletes.map(({ old }) => old));
    // `a` has to go before there can be an `a/b`: a name that waits for a deletion cannot come before it.
    const waits = conflictsWith(deletes.map(({ ref }) => ref));
    for (const { ref, new: tip, reason } of prepared.plan.heads) {
      if (tip === undefined || !gone.has(tip) || reason === 'archive' || waits(ref)) continue;
      const names = this.#newNames.get(tip);
      if (names === undefined) this.#newNames.set(tip, [ref]);
      else names.push(ref);
    }
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
    this.result.outcomes.push(...outcomes.filter(({ head }) => !isHelper(head.ref)));
    if (outcomes.every(({ head }) => head.status === 'done')) return true;
    const why = whyTooBig(pushed);
    if (why !== undefined) this.result.tooBig = { pushed, why };
    this.result.error = pushed.error;
    // Nothing more is moved, and above all nothing deleted, once the objects have not arrived.
    return pushed.error === undefined && pushed.report?.unpackError === undefined;
  }

  /** Takes helper refs away, once nothing that they hold is still to be brought. */
  async tidyUp(): Promise<void> {
    const { plan } = this.#prepared;
    const isOpen = ({ action, new: next }: PlannedHead) => action === 'refuse' && next !== undefined;
    const open = this.result.refused.length > 0 || plan.source.size === 0 || plan.heads.some(isOpen);
    if (open || this.result.outcomes.some(({ head }) => head.status !== 'done')) return;
    const left = [...helperRefs(this.#there.refs)];
    if (left.length > 0 && !takesDeletes(this.#there)) {
      this.result.warnings.push(
        `helper refs stay (${left.length}, the first is ${displayRef(left[0]?.[0] as RefName)}): the server of the destination does not offer to delete (delete-refs)`,
      );
      return;
    }
    const helpers = left.map(
      ([ref, oid]): PlannedHead => ({ ref, action: 'delete', old: oid, new: undefined, reason: 'gone-at-source' }),
    );
    for (let at = 0; at < helpers.length; at += COMMANDS_PER_PUSH_MAX) {
      const part = helpers.slice(at, at + COMMANDS_PER_PUSH_MAX);
      const stayed = (await this.#confirm(part, await this.#push(part))).filter(({ head }) => head.status !== 'done');
      for (const { head } of stayed)
        this.result.warnings.push(`the helper ref ${head.ref} could not be taken away: ${head.reason}`);
    }
  }

  end(): void {
    this.#pack?.cancel();
    if (this.#there === this.#sides.destination) return;
    const isGone = ({ head }: Outcome) => head.status === 'done' && this.#there.refs.get(head.ref) !== head.new;
    this.result.changedMeanwhile =
      this.result.outcomes.some(isGone) || changedBeside(this.#prepared.plan, this.#there, this.#context.policy);
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
    const missing = missingTips(heads, this.#there, heads.length, this.#arrived);
    if (missing.length === 0) return undefined;
    if (this.#pack !== undefined && missing.every((oid) => this.#pack?.wants.has(oid))) return this.#pack;
    this.#pack?.cancel();
    this.#pack = undefined;
    const { plan } = this.#prepared;
    const most = Math.max(WANTS_MAX, missing.length);
    const others = this.#forgetful ? [] : missingTips(plan.heads, this.#there, most, this.#arrived);
    const wanted = new Set([...missing, ...others]);
    const haves = this.#full ? [] : chooseHaves(plan);
    const sides = { source: this.#sides.source, destination: this.#there };
    return openPack(this.#context, sides, [...wanted].slice(0, most), haves);
  }

  /** Reads the destination again: what is there is the result, whatever was answered or lost on the way. */
  async #confirm(heads: readonly PlannedHead[], pushed: Pushed): Promise<Outcome[]> {
    // Our own stop signal: no more requests.
    if (pushed.error !== undefined && asReplicationError(pushed.error).code === 'terminated') throw pushed.error;
    this.#context.progress('confirming');
    // It becomes what the source is.
    const { refs } = this.#sides.source;
    this.#there = await this.#context.destination.advertisement('git-receive-pack', refs).catch((error: unknown) => {
      throw pushed.error ?? error;
    });
    if (this.#context.policy.rewrites === 'archive') this.#archived = archivedTips(this.#there.refs);
    return heads.map((head) => judge(head, this.#there.refs.get(head.ref), pushed));
  }

  async #setDefaultBranch(branch: RefName): Promise<boolean> {
    const api = this.#context.apis.destination;
    try {
      await api?.setDefaultBranch(branch);
      // What is there is the result, whatever was answered.
      const found = await api?.defaultBranch();
      if (found !== branch)
        throw new ReplicationError('partial', `it still is ${found === undefined ? 'not set' : displayRef(found)}`);
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
    if (action === 'delete' && old !== undefined && !this.#hasNewName(old)) return 'rename-failed';
    if (this.result.defaultBranch?.error === undefined) return undefined;
    const kept = this.#prepared.plan.defaultBranch?.found;
    if (action === 'delete' && ref === kept) return 'default-branch';
    if (action === 'create' && kept !== undefined && conflictsWith([kept])(ref)) return 'name-taken';
    return undefined;
  }

  /** False if the plan has this tip under another name too, and the destination does not show it there. */
  #hasNewName(tip: Oid): boolean {
    const names = this.#newNames.get(tip);
    return names === undefined || names.some((ref) => this.#there.refs.get(ref) === tip);
  }
}
