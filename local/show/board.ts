import type { ReplicaRecord } from '../dynamodb/records.ts';
import { outcomeOf, replicaOf, secondsOf, startedBy } from '../stepfunctions/facts.ts';
import type { Execution } from '../stepfunctions/machine.ts';
import type { LocalSystem } from '../system.ts';
import { type ReplicaLine, replicasTable } from '../terminal/replicas.ts';
import type { Screen } from '../terminal/screen.ts';

/** The table of many replicas: on a terminal it is always what is now, elsewhere it is printed when something has settled. */
export class Board {
  readonly #screen: Screen;
  readonly #ids: readonly string[];
  readonly #system: () => LocalSystem | undefined;
  #records = new Map<string, ReplicaRecord>();
  /** The execution that was last seen at work for a replica, and its state. */
  readonly #working = new Map<string, { arn: string; state: string }>();
  #printed = '';
  #reading = false;
  #readAgain = false;

  constructor(screen: Screen, ids: readonly string[], system: () => LocalSystem | undefined) {
    this.#screen = screen;
    this.#ids = ids;
    this.#system = system;
  }

  entered(execution: Execution, state: string): void {
    const replica = replicaOf(execution);
    if (replica !== undefined) this.#working.set(replica, { arn: execution.arn, state });
    this.#draw();
  }

  ended(execution: Execution): void {
    const replica = replicaOf(execution);
    if (replica !== undefined && this.#working.get(replica)?.arn === execution.arn) this.#working.delete(replica);
    void this.#refresh();
  }

  /** Shows how all stand now that nothing is at work; with `onlyChanges` only if a verdict is another than was printed last. */
  async settled({ onlyChanges = false } = {}): Promise<void> {
    await this.#read();
    this.#draw();
    if (this.#screen.isTerminal) return;
    const lines = this.#lines();
    const verdicts = lines.map(({ verdict }) => verdict).join();
    if (onlyChanges && verdicts === this.#printed) return;
    this.#printed = verdicts;
    this.#screen.line();
    for (const line of replicasTable(lines)) this.#screen.line(`  ${line}`);
    this.#screen.line();
  }

  /** Reads the records as often as something ends, but never twice at once. */
  async #refresh(): Promise<void> {
    if (!this.#screen.isTerminal) return;
    this.#readAgain = true;
    if (this.#reading) return;
    this.#reading = true;
    while (this.#readAgain) {
      this.#readAgain = false;
      await this.#read();
      this.#draw();
    }
    this.#reading = false;
  }

  async #read(): Promise<void> {
    // A system that is stopping answers no more; then what was read last stays.
    this.#records =
      (await this.#system()
        ?.records()
        .catch(() => undefined)) ?? this.#records;
  }

  #draw(): void {
    if (!this.#screen.isTerminal) return;
    this.#screen.pin(['', ...replicasTable(this.#lines(), this.#screen.room).map((line) => `  ${line}`)]);
  }

  #lines(): ReplicaLine[] {
    return this.#ids.map((id) => {
      const record = this.#records.get(id);
      return {
        id,
        verdict: record?.verdict,
        heads: record?.heads,
        lagSeconds: record?.lagSeconds,
        since: record?.inSyncSince ?? record?.driftedSince,
        last: this.#last(record?.lastExecution),
        working: this.#working.get(id)?.state,
      };
    });
  }

  #last(arn: string | undefined): string {
    const execution = arn === undefined ? undefined : this.#system()?.machine.find(arn);
    if (execution === undefined) return '-';
    const by = startedBy(execution) !== undefined ? 'sweep' : /-push-[0-9a-f]+$/.test(execution.name) ? 'push' : 'hand';
    return `${outcomeOf(execution) ?? execution.status.toLowerCase()} in ${secondsOf(execution).toFixed(1)} s, by ${by}`;
  }
}
