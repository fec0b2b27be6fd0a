import { GitError } from '../../git/errors.ts';
import type { Advertisement } from '../../git/protocol/advertisement.ts';
import { takesDeletes } from '../../git/protocol/push-request.ts';
import { isUnreachedWant } from '../../git/protocol/upload-answer.ts';
import { compareRefs, displayRef, type RefName } from '../../git/ref.ts';
import { witnessesOf } from '../../replication/apis.ts';
import { asReplicationError, ReplicationError } from '../../replication/errors.ts';
import { destructiveMoves } from '../../replication/mass-change.ts';
import { refuseLongNames } from '../../replication/names.ts';
import { refuseNothing } from '../../replication/nothing.ts';
import { type Plan, planHeads, refuseHeads, withDefaultBranch, writes } from '../../replication/plan.ts';
import { REASONS, type Reason } from '../../replication/reasons.ts';
import { helperRefs, seedingBounds } from '../../replication/reserved.ts';
import { SeedBudget } from '../../replication/seed-budget.ts';
import { settlePlan } from '../../replication/settle.ts';
import { countHeads, isReplicable } from '../../replication/verdict.ts';
import { type Context, contextOf, type RelayOptions } from './context.ts';
import { type Delivered, deliver } from './delivery.ts';
import type { Outcome } from './outcome.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { HeadResult, RelayResult } from './result.ts';
import { seed } from './seed/seed.ts';
import { readSides, type Sides } from './sides.ts';

/** How often heads that kept moving are planned again from fresh readings. */
const ROUNDS_MAX = 4;

/** Guards that a fresh reading may lift: the two views were not of one moment. */
const PASSING: ReadonlySet<Reason> = new Set(['views-disagree', 'source-inconsistent']);

/**
 * One run of a replica: reads both sides, plans, streams the pack, reads the destination again. It does not throw: the result
 * says for every head what became of it, and `error` why the run is not whole.
 */
export async function relay(options: RelayOptions): Promise<RelayResult> {
  const run = new Run(options);
  try {
    while (await run.round());
  } catch (error) {
    run.fail(asReplicationError(error));
  }
  return run.result();
}

class Run {
  readonly #context: Context;
  readonly #dryRun: boolean;
  readonly #confirm: string | undefined;
  /** Moves of a confirmed mass change: once begun, they may be finished in a later round. */
  readonly #confirmed = new Set<string>();
  readonly #results = new Map<RefName, HeadResult>();
  readonly #warnings = new Set<string>();
  #plan: Plan | undefined;
  #defaultBranch: RelayResult['defaultBranch'];
  #rounds = 0;
  #steps = 0;
  #attempts = 0;
  #full = false;
  #budget: SeedBudget | undefined;
  /** A pack, or a report, that came broken has been asked for once more. */
  #sawBroken = false;
  /** Somebody else changed heads of the destination while the last plan was carried out, and nobody has looked at them again. */
  #changedMeanwhile = false;
  /** The last seeding found nothing to bring in steps: what is left must go as it is. */
  #seededInVain = false;
  #error: ReplicationError | undefined;

  constructor(options: RelayOptions) {
    this.#context = contextOf(options);
    this.#dryRun = options.dryRun ?? false;
    this.#confirm = options.confirm;
  }

  /** Reads, plans and writes once; true if another round could do more. */
  async round(): Promise<boolean> {
    const { source, destination, policy, apis } = this.#context;
    this.#rounds += 1;
    this.#attempts += 1;
    this.#changedMeanwhile = false;
    this.#context.progress('reading');
    const sides = await readSides(source, destination, apis);
    for (const warning of sides.defaultBranches.warnings) this.#warnings.add(warning);
    const whole = planOf(sides, this.#context);
    const open = new Set(whole.heads.map(({ ref }) => ref));
    for (const [ref, { status }] of this.#results)
      if (status === 'rejected' && !open.has(ref)) this.#results.delete(ref);
    const plan = this.#withoutRejected(whole);
    this.#note(plan);
    const confirmation = { confirm: this.#confirm, confirmed: this.#confirmed };
    if (this.#dryRun) {
      this.#note(await settlePlan(plan, policy, witnessesOf(source, sides.source, apis.source), confirmation));
      return false;
    }
    if (!isReplicable(plan)) return this.#maySettle(plan);

    this.#context.progress('preparing');
    let prepared: Prepared;
    try {
      prepared = await prepare(this.#context, plan, sides, confirmation, { full: this.#full });
    } catch (error) {
      if (await this.#mayLookAgain(error)) return true;
      throw error;
    }
    this.#note(prepared.plan);
    if (prepared.plan.massChange?.confirmed) {
      for (const move of destructiveMoves(prepared.plan)) this.#confirmed.add(move);
    }
    if (!isReplicable(prepared.plan)) return this.#maySettle(prepared.plan);
    if (await this.#seed(prepared, sides)) return true;

    const delivered = await deliver(this.#context, prepared, sides, { full: this.#full });
    return this.#learn(delivered, prepared);
  }

  fail(error: ReplicationError): void {
    this.#error = error;
  }

  result(): RelayResult {
    const heads = [...this.#results.values(), ...this.#unwritten()].sort((a, b) => compareRefs(a.ref, b.ref));
    const plan = this.#plan;
    const error = this.#error ?? incomplete(heads, this.#defaultBranch, plan, this.#changedMeanwhile);
    const planned = this.#dryRun && plan !== undefined && isReplicable(plan);
    const done = heads.some((head) => head.status === 'done') || this.#defaultBranch?.status === 'done';
    return {
      result: this.#error ? 'failed' : planned ? 'planned' : error ? 'incomplete' : done ? 'replicated' : 'in-sync',
      heads,
      ...(this.#defaultBranch && { defaultBranch: this.#defaultBranch }),
      ...(plan?.massChange && { massChange: plan.massChange }),
      counts: plan && countHeads(plan),
      ignored: plan?.ignored ?? new Map(),
      ...this.#context.total,
      rounds: this.#rounds,
      steps: this.#steps,
      warnings: [...this.#warnings],
      ...(error && { error }),
    };
  }

  /** Brings a part of a pack that is too much for one push; false if it is not. */
  async #seed({ plan, pack }: Prepared, sides: Sides): Promise<boolean> {
    if (pack === undefined) return false;
    const bounds = seedingBounds(helperRefs(sides.destination.refs));
    if (this.#budget === undefined && bounds !== undefined) this.#budget = new SeedBudget(bounds);
    if (this.#budget === undefined || this.#budget.fits(pack.objects) || this.#seededInVain) return false;
    pack.cancel();
    const { arrived, pushes, stoppedBy } = await seed(this.#context, plan, sides, this.#budget);
    for (const { ref, action, old, new: next } of arrived)
      this.#results.set(ref, { ref, action, old, new: next, status: 'done' });
    this.#steps += pushes;
    this.#seededInVain = pushes === 0;
    // Progress is no attempt that failed.
    if (pushes > 0) this.#attempts -= 1;
    if (stoppedBy !== undefined && !(await this.#mayLookAgain(stoppedBy))) throw stoppedBy;
    return true;
  }

  /** Whether a fresh reading may get around an error: a side has moved, asks for patience, or has sent what was broken, once. */
  async #mayLookAgain(error: unknown): Promise<boolean> {
    if (this.#attempts >= ROUNDS_MAX) return false;
    if (error instanceof ReplicationError) return error.code === 'conflict';
    if (!(error instanceof GitError)) return false;
    // A tip that was replaced at the source since it was read; v0 gives no others.
    if (error.code === 'remote-error') return isUnreachedWant(error);
    const isBroken = error.code === 'corrupt' || error.code === 'protocol';
    if (error.code !== 'throttled' && (!isBroken || this.#sawBroken)) return false;
    this.#sawBroken ||= isBroken;
    await this.#context.destination.waitAfter(error, this.#attempts);
    return true;
  }

  /** Takes down what a delivery came to; true if another round could do more. */
  async #learn(delivered: Delivered, prepared: Prepared): Promise<boolean> {
    const { outcomes, refused, defaultBranch, tooBig } = delivered;
    for (const { head } of outcomes) this.#results.set(head.ref, head);
    for (const head of refused) this.#results.set(head.ref, head);
    if (defaultBranch !== undefined) this.#noteDefaultBranch(defaultBranch);
    if (tooBig !== undefined) {
      const { packBytes, objects } = tooBig.pushed;
      this.#budget ??= new SeedBudget({ took: 0, failed: Math.max(packBytes, 1) });
      this.#budget.failed(packBytes, objects, tooBig.why);
      this.#warnings.add(`a push of ${objects} objects was too much, so it was made in steps: ${tooBig.why}`);
      for (const { head } of outcomes) if (head.status === 'rejected') this.#results.delete(head.ref);
      this.#attempts -= 1;
      return true;
    }
    for (const warning of delivered.warnings) this.#warnings.add(warning);
    const { error } = delivered;
    if (error !== undefined && !(await this.#mayLookAgain(error))) throw error;
    if (error !== undefined) return true;
    // Only a reading that equals the whole plan proves it.
    this.#changedMeanwhile = delivered.changedMeanwhile;
    return this.#wantsAnotherRound(outcomes, prepared);
  }

  #wantsAnotherRound(outcomes: readonly Outcome[], prepared: Prepared): boolean {
    if (this.#attempts >= ROUNDS_MAX) return false;
    const lacking = outcomes.filter(({ again }) => again === 'more-objects');
    const mayHelp = prepared.pack?.thin === true || lacking.some(({ unreadable }) => unreadable);
    const lacks = !this.#full && mayHelp && lacking.length > 0;
    this.#full ||= lacks;
    const open = outcomes.filter(({ again }) => again === 'fresh-plan' || (lacks && again === 'more-objects'));
    // What has been rejected would be left out.
    for (const { head } of open) if (head.status === 'rejected') this.#results.delete(head.ref);
    return open.length > 0 || this.#changedMeanwhile || this.#maySettle(prepared.plan);
  }

  /** Whether a fresh reading may lift a guard. */
  #maySettle(plan: Plan): boolean {
    return this.#attempts < ROUNDS_MAX && plan.heads.some(({ reason }) => PASSING.has(reason));
  }

  #noteDefaultBranch({ branch, error }: NonNullable<Delivered['defaultBranch']>): void {
    if (this.#defaultBranch === undefined) return;
    if (error !== undefined) this.#defaultBranch = { ...this.#defaultBranch, status: 'refused', error };
    else if (branch === this.#defaultBranch.expected) this.#defaultBranch = { ...this.#defaultBranch, status: 'done' };
  }

  /** Leaves out what the destination has already rejected in this run: asking again would only get the same answer. */
  #withoutRejected(plan: Plan): Plan {
    const heads = plan.heads.filter((head) => {
      const before = this.#results.get(head.ref);
      return before?.status !== 'rejected' || before.new !== head.new || before.old !== head.old;
    });
    return heads.length === plan.heads.length ? plan : { ...plan, heads };
  }

  /** Notes what the plan leaves alone. What it is to write is kept by the plan itself, because it may be very much: see `#unwritten`. */
  #note(plan: Plan): void {
    this.#plan = plan;
    for (const warning of plan.warnings ?? []) this.#warnings.add(warning);
    const change = plan.defaultBranch;
    if (change?.settable && this.#defaultBranch?.status !== 'refused') {
      const { wanted: expected, found } = change;
      this.#defaultBranch = { expected, found, status: this.#dryRun ? 'planned' : 'not-written' };
    }
    const planned = new Set(plan.heads.map((head) => head.ref));
    for (const [ref, head] of this.#results) {
      // Settled by somebody else between two rounds, or no longer planned.
      if (!planned.has(ref) && head.status !== 'done' && head.status !== 'rejected') this.#results.delete(ref);
    }
    for (const head of plan.heads) {
      const { ref, action, old, new: next, reason } = head;
      const status = action === 'refuse' ? 'refused' : 'kept';
      if (writes(head)) this.#results.delete(ref);
      else this.#results.set(ref, { ref, action, old, new: next, status, reason: REASONS[reason], code: reason });
    }
  }

  /** Heads that the plan was to write, and of which no delivery has said what became of them. */
  #unwritten(): HeadResult[] {
    const heads = this.#plan?.heads.filter((head) => writes(head) && !this.#results.has(head.ref)) ?? [];
    return heads.map(({ ref, action, old, new: next, reason }) =>
      this.#dryRun
        ? { ref, action, old, new: next, status: 'planned', reason: REASONS[reason], code: reason }
        : {
            ref,
            action,
            old,
            new: next,
            status: 'not-written',
            reason: 'the run ended before it was written',
            code: reason,
          },
    );
  }
}

function planOf({ source, destination, defaultBranches }: Sides, { policy, apis }: Context): Plan {
  const view = { ...source, headTarget: source.headTarget ?? defaultBranches.source };
  const deleting = withoutDeletes(planHeads(view, destination, policy), destination);
  const planned = apis.destination === undefined ? deleting : refuseLongNames(deleting);
  refuseNothing(planned, policy);
  return withDefaultBranch(planned, {
    source: view.headTarget,
    destination: defaultBranches.destination,
    settable: defaultBranches.settable,
  });
}

/** A server that does not offer to delete must never be asked to. */
function withoutDeletes(plan: Plan, destination: Advertisement): Plan {
  if (takesDeletes(destination)) return plan;
  return refuseHeads(plan, ({ action }) => (action === 'delete' ? 'deletes-unsupported' : undefined));
}

/** Why a run that failed nowhere is still not whole. */
function incomplete(
  heads: readonly HeadResult[],
  defaultBranch: RelayResult['defaultBranch'],
  plan: Plan | undefined,
  changedMeanwhile: boolean,
): ReplicationError | undefined {
  const of = (status: HeadResult['status']) => heads.filter((head) => head.status === status).length;
  if (of('not-written') > 0) return new ReplicationError('transient', `${headsWere(of('not-written'))} not written`);
  if (of('moved') > 0)
    return new ReplicationError(
      'conflict',
      `${headsWere(of('moved'))} moved at the destination meanwhile, each time anew`,
    );
  if (changedMeanwhile)
    return new ReplicationError(
      'conflict',
      'heads were changed at the destination by somebody else meanwhile, each time anew',
    );
  if (of('rejected') > 0) {
    const quota = heads.some(
      (head) => head.status === 'rejected' && /exceeds|quota|too large|no space/i.test(head.reason ?? ''),
    );
    return new ReplicationError(
      quota ? 'quota' : 'partial',
      `${headsWere(of('rejected'))} rejected by the destination`,
    );
  }
  if (defaultBranch?.error !== undefined) {
    const { expected, found, error } = defaultBranch;
    const names = `${found === undefined ? 'not set' : displayRef(found)}, the source's is ${displayRef(expected)}`;
    return new ReplicationError(
      error.code,
      `the destination's default branch is ${names}, and it could not be changed (the right codecommit:UpdateDefaultBranch is needed): ${error.message}`,
      { cause: error },
    );
  }
  if (plan?.massChange && !plan.massChange.confirmed) {
    const { fingerprint, deletes, rewrites, of: all } = plan.massChange;
    return new ReplicationError(
      'refused',
      `${deletes} deletions and ${rewrites} rewrites of ${all} heads are too many at once: to carry out exactly these, confirm ${fingerprint}`,
    );
  }
  if (of('refused') > 0) return new ReplicationError('refused', `${headsWere(of('refused'))} kept by a guard`);
  return undefined;
}

const headsWere = (n: number): string => (n === 1 ? '1 head was' : `${n} heads were`);
