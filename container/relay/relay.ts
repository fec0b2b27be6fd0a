import type { PushReport } from '../../git/protocol/push-report.ts';
import type { RefName } from '../../git/ref.ts';
import type { GitRemote } from '../../git/remote.ts';
import { asReplicationError, ReplicationError } from '../../replication/errors.ts';
import { type SourceKnows, settleOrigins } from '../../replication/origin.ts';
import { type Plan, type PlannedHead, planHeads, writes } from '../../replication/plan.ts';
import type { Policy } from '../../replication/policy.ts';
import type { Progress } from '../../replication/progress.ts';
import { orderPushes } from '../../replication/pushes.ts';
import { REASONS } from '../../replication/reasons.ts';
import { countHeads } from '../../replication/verdict.ts';
import { alignDefaultBranch, type DefaultBranchPort, deletesBranches, likelyDefaultBranch } from './default-branch.ts';
import { judge, mergeReports, type Outcome } from './outcome.ts';
import { type Prepared, prepare, wireKnows } from './prepare.ts';
import type { HeadResult, RelayResult } from './result.ts';
import { readSides, type Sides } from './sides.ts';
import { type Carried, push } from './transfer.ts';

/** Everything that one run needs; the ports are CodeCommit's API where a side is CodeCommit. */
export interface RelayOptions {
  source: GitRemote;
  destination: GitRemote;
  policy: Policy;
  /** Plan only: write nothing. */
  dryRun?: boolean;
  defaultBranch?: DefaultBranchPort | undefined;
  /** Asked about what the source's git server does not know: only both together make a head somebody else's. */
  sourceKnows?: SourceKnows | undefined;
  onProgress?: (progress: Progress) => void;
}

/** How often heads that kept moving are planned again from fresh readings. */
const ROUNDS_MAX = 4;

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
  readonly #options: RelayOptions;
  readonly #carried: Carried = { packBytes: 0, objects: 0 };
  readonly #results = new Map<RefName, HeadResult>();
  readonly #warnings: string[] = [];
  #plan: Plan | undefined;
  #rounds = 0;
  #full = false;
  #error: ReplicationError | undefined;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Reads, plans and writes once; true if another round could do more. */
  async round(): Promise<boolean> {
    const { source, destination, policy, sourceKnows, dryRun } = this.#options;
    const moreAuthorities = sourceKnows === undefined ? [] : [sourceKnows];
    this.#rounds += 1;
    this.#progress('reading');
    const sides = await readSides(source, destination);
    const plan = this.#withoutRejected(planHeads(sides.source.refs, sides.destination.refs, policy));
    this.#plan = plan;
    if (dryRun) {
      this.#plan = await settleOrigins(plan, [wireKnows(source, sides), ...moreAuthorities]);
      this.#recordUnwritten(this.#plan);
      return false;
    }
    this.#recordUnwritten(plan);
    if (!plan.heads.some(writes)) return false;

    this.#progress('preparing');
    const prepared = await prepare(plan, sides, source, moreAuthorities, { full: this.#full });
    this.#plan = prepared.plan;
    this.#recordUnwritten(prepared.plan);
    if (!prepared.plan.heads.some(writes)) return false;

    const sent = await this.#send(prepared, sides);
    return this.#confirm(sent, prepared);
  }

  fail(error: ReplicationError): void {
    this.#error = error;
  }

  result(): RelayResult {
    const heads = [...this.#results.values()];
    const error = this.#error ?? incomplete(heads);
    const planned = this.#options.dryRun && heads.some((head) => head.status === 'planned');
    const done = heads.some((head) => head.status === 'done');
    return {
      result: this.#error ? 'failed' : planned ? 'planned' : error ? 'incomplete' : done ? 'replicated' : 'in-sync',
      heads,
      counts: this.#plan && countHeads(this.#plan),
      ignored: this.#plan?.ignored ?? new Map(),
      ...this.#carried,
      rounds: this.#rounds,
      warnings: this.#warnings,
      ...(error && { error }),
    };
  }

  /** Sends the pushes in order; stops at the first that fails. */
  async #send(
    prepared: Prepared,
    sides: Sides,
  ): Promise<{ pushed: PlannedHead[]; reports: PushReport[]; error: unknown }> {
    const { destination, defaultBranch, onProgress = () => {} } = this.#options;
    const pushed: PlannedHead[] = [];
    const reports: PushReport[] = [];
    let pack = prepared.pack;
    try {
      const first = likelyDefaultBranch(sides);
      const deletesApart = defaultBranch !== undefined && deletesBranches(prepared.plan.heads);
      for (const heads of orderPushes(prepared.plan, { first, deletesApart })) {
        if (defaultBranch !== undefined && deletesBranches(heads))
          await this.#align(defaultBranch, prepared.plan, sides);
        const chunks = heads.some((head) => head.new !== undefined) ? pack?.chunks : undefined;
        pushed.push(...heads);
        const report = await push(destination, sides, heads, chunks, this.#carried, onProgress);
        if (chunks !== undefined) pack = undefined;
        if (report !== undefined) reports.push(report);
        // Nothing more is moved, and above all nothing deleted, once the objects have not arrived.
        if (report?.unpackError !== undefined) break;
      }
      if (defaultBranch !== undefined && sides.destination.refs.size === 0)
        await this.#align(defaultBranch, prepared.plan, sides);
      return { pushed, reports, error: undefined };
    } catch (error) {
      return { pushed, reports, error };
    } finally {
      pack?.cancel();
    }
  }

  async #align(port: DefaultBranchPort, plan: Plan, sides: Sides): Promise<void> {
    const warning = await alignDefaultBranch(port, plan, sides);
    if (warning !== undefined && !this.#warnings.includes(warning)) this.#warnings.push(warning);
  }

  /** Reads the destination again: what is there is the result, whatever was answered or lost on the way. */
  async #confirm(
    sent: { pushed: PlannedHead[]; reports: PushReport[]; error: unknown },
    prepared: Prepared,
  ): Promise<boolean> {
    // Our own stop signal: no more requests.
    if (sent.error !== undefined && asReplicationError(sent.error).code === 'terminated') throw sent.error;
    this.#progress('confirming');
    const after = await this.#options.destination.advertisement('git-receive-pack').catch((error: unknown) => {
      throw sent.error ?? error;
    });
    const report = mergeReports(sent.reports);
    const outcomes = sent.pushed.map((head) =>
      judge(head, after.refs.get(head.ref), report, prepared.thin && !this.#full),
    );
    for (const { head } of outcomes) this.#results.set(head.ref, head);
    if (outcomes.every(({ head }) => head.status === 'done') && sent.pushed.length === countWrites(prepared.plan)) {
      return false;
    }
    if (sent.error !== undefined) throw sent.error;
    return this.#wantsAnotherRound(outcomes);
  }

  #wantsAnotherRound(outcomes: readonly Outcome[]): boolean {
    if (this.#rounds >= ROUNDS_MAX) return false;
    if (outcomes.some(({ again }) => again === 'full-pack')) {
      for (const { head, again } of outcomes) if (again === 'full-pack') this.#results.delete(head.ref);
      this.#full = true;
      return true;
    }
    return outcomes.some(({ again }) => again === 'fresh-plan');
  }

  /** Leaves out what the destination has already rejected in this run: asking again would only get the same answer. */
  #withoutRejected(plan: Plan): Plan {
    const heads = plan.heads.filter((head) => {
      const before = this.#results.get(head.ref);
      return before?.status !== 'rejected' || before.new !== head.new || before.old !== head.old;
    });
    return heads.length === plan.heads.length ? plan : { ...plan, heads };
  }

  /** Notes every head of the plan as not written yet; what is written replaces its note. */
  #recordUnwritten(plan: Plan): void {
    const planned = new Set(plan.heads.map((head) => head.ref));
    for (const [ref, head] of this.#results) {
      // Settled by somebody else between two rounds.
      if (!planned.has(ref) && (head.status === 'moved' || head.status === 'not-written')) this.#results.delete(ref);
    }
    for (const { ref, action, old, new: next, reason } of plan.heads) {
      const base = { ref, action, old, new: next, reason: REASONS[reason] };
      if (action === 'refuse') this.#results.set(ref, { ...base, status: 'refused' });
      else if (action === 'keep') this.#results.set(ref, { ...base, status: 'kept' });
      else if (this.#options.dryRun) this.#results.set(ref, { ...base, status: 'planned' });
      else this.#results.set(ref, { ...base, status: 'not-written', reason: 'the run ended before it was written' });
    }
  }

  #progress(stage: Progress['stage']): void {
    this.#options.onProgress?.({ stage, ...this.#carried });
  }
}

const countWrites = (plan: Plan): number => plan.heads.filter(writes).length;

/** Why a run that failed nowhere is still not whole. */
function incomplete(heads: readonly HeadResult[]): ReplicationError | undefined {
  const of = (status: HeadResult['status']) => heads.filter((head) => head.status === status).length;
  if (of('not-written') > 0) return new ReplicationError('transient', `${of('not-written')} heads were not written`);
  if (of('moved') > 0) return new ReplicationError('conflict', `${of('moved')} heads kept moving at the destination`);
  if (of('rejected') > 0) {
    const quota = heads.some(
      (head) => head.status === 'rejected' && /exceeds|quota|too large|no space/i.test(head.reason ?? ''),
    );
    return new ReplicationError(quota ? 'quota' : 'partial', `the destination rejected ${of('rejected')} heads`);
  }
  if (of('refused') > 0) return new ReplicationError('refused', `${of('refused')} heads were kept by a guard`);
  return undefined;
}
