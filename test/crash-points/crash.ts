import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundle } from '../../build.ts';
import { isMassChange } from '../../replication/mass-change.ts';
import { aFolder } from '../support/repository.ts';
import { runTask, startTask } from '../support/task.ts';
import { type Counts, type Point, pointText } from './boundaries.ts';
import { headsOf, isWhole, judgeCrash, judgeHealed, type Paths } from './oracle.ts';
import { Servers } from './quiet.ts';
import { areEqual, type State, stateOf } from './repository-state.ts';
import { type Scene, Stage } from './stage.ts';

/** What a killed run left at the destination: nothing new, a part of it, or all. */
export type Left = 'old' | 'part' | 'new';

export interface Crash {
  /** False if the run ended before it came to the point. */
  reached: boolean;
  left: Left;
  violations: string[];
}

/** Who makes the next run: the program as it is deployed, or the same relay in this process, which is quicker. */
export type Healer = 'program' | 'here';

/** Kills runs of the real program at chosen points, and lets the next run find what they left. */
export class CrashSite {
  readonly stage: Stage;
  readonly #servers: Servers;
  readonly #folder: string;

  private constructor(stage: Stage, folder: string) {
    this.stage = stage;
    this.#folder = folder;
    this.#servers = new Servers();
  }

  static async open(): Promise<CrashSite> {
    const site = new CrashSite(await Stage.open(), await aFolder());
    await bundle('test/crash-points/victim.ts', site.#victim);
    return site;
  }

  async close(): Promise<void> {
    this.#servers.stop();
    await this.stage.close();
  }

  /** How many boundaries a run of the scene has that nobody kills. It must do all that there is to do. */
  async count(scene: Scene): Promise<Counts> {
    const { reached, left, violations } = await this.#run(scene, { CRASH_COUNTS: this.#counts });
    if (reached || left !== 'new' || violations.length > 0)
      throw new Error(`the plan ${scene.plan.name} does not work even if nobody kills it: ${violations.join('; ')}`);
    const counts = JSON.parse(await readFile(this.#counts, 'utf8')) as Counts;
    await rm(this.#counts);
    return counts;
  }

  /** One run that is killed at a point, and the next. */
  async crash(scene: Scene, point: Point, healer: Healer): Promise<Crash> {
    const crash = await this.#run(scene, { CRASH_AT: pointText(point) });
    const healed = await this.#heal(scene, healer).catch((error: unknown) => [`the next run broke: ${String(error)}`]);
    return { ...crash, violations: [...crash.violations, ...healed.map((wrong) => `after the next run: ${wrong}`)] };
  }

  get #victim(): string {
    return join(this.#folder, 'victim.mjs');
  }

  get #counts(): string {
    return join(this.#folder, 'counts.json');
  }

  get #paths(): Paths {
    return { source: this.stage.two.sourcePath, destination: this.stage.two.destinationPath };
  }

  async #run(scene: Scene, env: Record<string, string>): Promise<Crash> {
    await this.stage.lay(scene);
    this.#servers.begin();
    const { child, ended } = await startTask(this.stage.two, taskOf(scene, scene.confirm), {
      NODE_OPTIONS: `--import=${this.#victim}`,
      ...env,
    });
    const { code, stdout, stderr } = await ended;
    await this.#servers.quiet();
    const reached = child.signalCode === 'SIGKILL';
    const { found, wrong: violations } = await judgeCrash(scene, this.#paths);
    if (!reached && code !== 0) violations.push(`a run that nobody killed ended with ${code}: ${stdout}${stderr}`);
    return { reached, left: leftOf(scene, found), violations };
  }

  async #heal(scene: Scene, healer: Healer): Promise<string[]> {
    const wrong: string[] = [];
    const open = await this.#destructiveMovesLeft(scene);
    const first = await this.#next(scene, healer, scene.confirm);
    if (open.needsNewWord) {
      const { fingerprint, confirmed } = first.massChange ?? {};
      if (confirmed !== false || fingerprint === undefined || fingerprint === scene.confirm)
        wrong.push(`what is left of a mass change went without a new confirmation: ${first.text}`);
      const still = await this.#destructiveMovesLeft(scene);
      if (still.count !== open.count) wrong.push(`${open.count} deletions and rewrites were left, now ${still.count}`);
      const last = await this.#next(scene, healer, fingerprint);
      if (!last.whole) wrong.push(`the confirmed rest did not go: ${last.text}`);
    } else if (!first.whole) wrong.push(`it did not end well: ${first.text}`);
    return [...wrong, ...(await judgeHealed(scene, this.#paths))];
  }

  /**
   * Deletions and rewrites that the killed run has left; and whether they need a new confirmation, because some were carried
   * out and the rest is a mass change still.
   */
  async #destructiveMovesLeft({ plan, before, source, policy, history }: Scene): Promise<MovesLeft> {
    if (!plan.confirmed) return { count: 0, needsNewWord: false };
    const found = headsOf((await stateOf(this.#paths.destination)).refs);
    const destructive = [...before.refs].filter(([ref]) => !source.refs.has(ref) || history.rewritten.has(ref));
    const left = destructive.filter(([ref, old]) => found.get(ref) === old).length;
    const isPart = left < destructive.length;
    return { count: left, needsNewWord: isPart && isMassChange(left, found.size, policy) };
  }

  async #next(scene: Scene, healer: Healer, confirm: string | undefined): Promise<Next> {
    const { two } = this.stage;
    if (healer === 'here') {
      const ran = await two.relay({ apis: await two.apis(), policy: scene.policy, confirm });
      return nextOf(ran, ran.error?.message);
    }
    const { code, result } = await runTask(two, taskOf(scene, confirm));
    return nextOf(result as never, code === 0 ? undefined : JSON.stringify(result));
  }
}

interface MovesLeft {
  count: number;
  needsNewWord: boolean;
}

interface Next {
  whole: boolean;
  massChange: { fingerprint: string; confirmed: boolean } | undefined;
  text: string;
}

const nextOf = (ran: { result: string; massChange?: Next['massChange'] }, error: string | undefined): Next => ({
  whole: error === undefined && ['in-sync', 'replicated'].includes(ran.result),
  massChange: ran.massChange,
  text: `${ran.result} ${error ?? ''}`,
});

function leftOf(scene: Scene, found: State): Left {
  if (isWhole(scene, found)) return 'new';
  return areEqual(found.refs, scene.before.refs) && found.head === scene.before.head ? 'old' : 'part';
}

const taskOf = ({ policy }: Scene, confirm: string | undefined): object => ({
  policy,
  ...(confirm !== undefined && { confirm }),
});
