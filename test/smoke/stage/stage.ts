import type { Oid } from '../../../git/oid.ts';
import type { PushCommand } from '../../../git/protocol/push-request.ts';
import { type Change, changeOf } from '../objects/change.ts';
import { type GitObject, tag } from '../objects/object.ts';
import { creation, isDone, type Pushed, wordsFor } from '../wire/push.ts';
import type { Place } from './place.ts';
import type { Pair } from './throw-aways.ts';
import { Unprepared } from './unprepared.ts';

/** What a person asked for that costs more than cents or seconds. */
export interface Asked {
  bigMegabytes: number | undefined;
  slow: boolean;
  topic: string | undefined;
}

/** What the source holds for all checks: four commits in a line, one that shares nothing with them, and an annotated tag. */
export interface History {
  line: readonly [Change, Change, Change, Change];
  tip: Change;
  /** Its parent, at which no ref stands. */
  inner: Change;
  unrelated: Change;
  tag: { name: string; object: GitObject; of: Oid };
}

/** Branches that the source gets in one push, as many as a push may have. */
export const MANY = 4000;

/** The two repositories, and what checks share. What they share is made when it is first needed, so each check can run alone. */
export class Stage {
  readonly source: Place;
  readonly destination: Place;
  readonly asked: Asked;
  readonly id: string;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(source: Place, destination: Place, asked: Asked, pair: Pair) {
    this.source = source;
    this.destination = destination;
    this.asked = asked;
    this.id = pair.source.repository;
  }

  get signal(): AbortSignal {
    return this.source.access.signal;
  }

  /** A commit that this run alone has. */
  change(label: string, parents: readonly Oid[] = []): Change {
    return changeOf(`${this.id} ${label}\n`, parents, label);
  }

  /** The very first push to the source: two branches, of which the first is not the first by name. */
  firstPush(): Promise<{ history: History; commands: readonly [PushCommand, PushCommand]; pushed: Pushed }> {
    return this.#once('firstPush', async () => {
      const history = this.#invent();
      const [, second, , tip] = history.line;
      const commands = [creation('refs/heads/zebra', tip.tip), creation('refs/heads/alpha', second.tip)] as const;
      const pushed = await this.source.push(
        commands,
        history.line.flatMap(({ objects }) => objects),
      );
      return { history, commands, pushed };
    });
  }

  /** The source, filled. @throws Unprepared that says why it could not be */
  history(): Promise<History> {
    return this.#once('history', async () => {
      const { history, commands, pushed } = await this.firstPush();
      expectDone(commands, pushed);
      const more = [
        creation('refs/heads/main', history.tip.tip),
        creation('refs/heads/unrelated', history.unrelated.tip),
        creation(`refs/tags/${history.tag.name}`, history.tag.object.oid),
      ];
      expectDone(more, await this.source.push(more, [...history.unrelated.objects, history.tag.object]));
      return history;
    });
  }

  /** One push of as many commands as CodeCommit takes: `refs/heads/many/…`, all at one commit. */
  manyBranches(): Promise<{ commands: PushCommand[]; pushed: Pushed; ms: number }> {
    return this.#once('manyBranches', async () => {
      const { tip } = await this.history();
      const commands = manyCreations('many', MANY, tip.tip);
      const started = Date.now();
      const pushed = await this.source.push(commands, []);
      return { commands, pushed, ms: Date.now() - started };
    });
  }

  close(): void {
    this.source.close();
    this.destination.close();
  }

  #invent(): History {
    const first = changeOf(`${this.id}\n${'a line that deltas can copy\n'.repeat(40)}`, [], 'first');
    const second = this.change('second', [first.tip]);
    const inner = this.change('third', [second.tip]);
    const tip = this.change('fourth', [inner.tip]);
    const unrelated = this.change('unrelated');
    const object = tag('v1', second.tip);
    return { line: [first, second, inner, tip], tip, inner, unrelated, tag: { name: 'v1', object, of: second.tip } };
  }

  #once<T>(name: string, make: () => Promise<T>): Promise<T> {
    const made = this.#made.get(name) ?? make();
    this.#made.set(name, made);
    return made as Promise<T>;
  }
}

export const manyCreations = (folder: string, count: number, oid: Oid): PushCommand[] =>
  Array.from({ length: count }, (_, n) => creation(`refs/heads/${folder}/${String(n + 1).padStart(4, '0')}`, oid));

function expectDone(commands: readonly PushCommand[], pushed: Pushed): void {
  const failed = commands.find((command) => !isDone(command, pushed.after));
  if (failed === undefined) return;
  throw new Unprepared(
    `the source could not be filled: ${failed.ref} was not written: ${wordsFor(failed.ref, pushed)}`,
  );
}
