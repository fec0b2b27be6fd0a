import { styleText } from 'node:util';
import { Board } from './show/board.ts';
import { alertLines, deadLetterLines, endLines } from './show/lines.ts';
import { statesView } from './show/states.ts';
import { replicaOf, startedBy } from './stepfunctions/facts.ts';
import type { Execution } from './stepfunctions/machine.ts';
import { sweepReport } from './sweep/report.ts';
import { sweepLines } from './sweep/text.ts';
import type { LocalSystem, SystemEvents } from './system.ts';
import type { Screen } from './terminal/screen.ts';

/** Everything that happens in the system, as a person at a terminal follows it: one replica state by state, many in a table. */
export class Show {
  /** What is shown of single executions while many run: only those that fail. */
  quiet = false;
  /** Nothing is news any more: all is being stopped. */
  over = false;
  readonly events: SystemEvents;
  readonly board: Board | undefined;
  readonly #screen: Screen;
  readonly #system: () => LocalSystem | undefined;
  #sweeps = 0;

  constructor(screen: Screen, replicas: readonly string[], system: () => LocalSystem | undefined) {
    this.#screen = screen;
    this.#system = system;
    this.board = replicas.length > 1 ? new Board(screen, replicas, system) : undefined;
    const view = this.board === undefined ? this.#one() : this.#many(this.board);
    this.events = {
      ...view,
      onTrigger: () => {
        if (!this.quiet && this.board === undefined) screen.line(styleText('dim', '  trigger → on-push'));
      },
      onEnd: (execution) => {
        if (this.over) return;
        view.onEnd?.(execution);
        const up = system();
        if (up?.sweep.find(execution.arn) !== undefined) this.#swept(up, execution);
      },
      onAlert: (alert) => this.#lines(alertLines(alert)),
      onDeadLetter: (letter) => this.#lines(deadLetterLines(letter)),
    };
  }

  #one(): SystemEvents {
    // A sweep is told in one line.
    return statesView(
      this.#screen,
      (execution) => !this.quiet && !this.over && this.#isOfReplica(execution) && startedBy(execution) === undefined,
    );
  }

  #many(board: Board): SystemEvents {
    return {
      onState: (execution, state) => {
        if (!this.over && this.#isOfReplica(execution)) board.entered(execution, state);
      },
      onEnd: (execution) => {
        if (!this.#isOfReplica(execution)) return;
        board.ended(execution);
        const failed = execution.status !== 'SUCCEEDED';
        if (startedBy(execution) !== undefined || (this.quiet && !failed)) return;
        const [first = '', ...why] = endLines(execution);
        this.#lines([`  ${replicaOf(execution)}  ${first}`, ...why.map((line) => `  ${line}`)]);
      },
    };
  }

  #isOfReplica(execution: Execution): boolean {
    return this.#system()?.sweep.find(execution.arn) === undefined;
  }

  #swept(system: LocalSystem, execution: Execution): void {
    this.#sweeps += 1;
    this.#lines(sweepLines(sweepReport(system, execution), this.#sweeps));
    void this.board?.settled({ onlyChanges: true });
  }

  #lines(lines: readonly string[]): void {
    if (!this.over) for (const line of lines) this.#screen.line(line);
  }
}
