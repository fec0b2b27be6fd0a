import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DEFAULT_POLICY, type Policy } from '../../replication/policy.ts';
import { aFolder, git } from '../support/repository.ts';
import { TwoRegions } from '../support/two-regions.ts';
import { type History, historyOf } from './history.ts';
import type { CrashPlan, Heads } from './plans.ts';
import { type State, stateOf } from './repository-state.ts';
import { makeWorld, type World } from './world.ts';

/** A plan's two repositories, as each run of it finds them. */
export interface Scene {
  plan: CrashPlan;
  source: State;
  /** The destination before the run. */
  before: State;
  history: History;
  policy: Policy;
  /** The fingerprint that a person has given back. */
  confirm: string | undefined;
}

/** Two regions with one repository each: made once for each plan, and laid anew for each run by copying folders. */
export class Stage {
  readonly two: TwoRegions;
  readonly #world: World;
  readonly #templates: string;

  private constructor(two: TwoRegions, world: World, templates: string) {
    this.two = two;
    this.#world = world;
    this.#templates = templates;
  }

  static async open(): Promise<Stage> {
    const two = await TwoRegions.start('codecommit');
    const stage = new Stage(two, await makeWorld(), await aFolder());
    const hooks = join(two.sourcePath, 'hooks');
    for (const name of await readdir(hooks)) if (name.endsWith('.sample')) await rm(join(hooks, name));
    await copy(two.sourcePath, stage.#template('empty'));
    return stage;
  }

  close(): Promise<void> {
    return this.two.stop();
  }

  /** Makes the repositories of a plan. */
  async make(plan: CrashPlan): Promise<Scene> {
    const { two } = this;
    const { source, destination } = plan.defaults ?? { source: 'main', destination: 'main' };
    for (const path of [two.sourcePath, two.destinationPath]) await copy(this.#template('empty'), path);
    await this.#fill(two.destinationPath, plan.destination, destination);
    await this.#fill(two.sourcePath, plan.source, source);
    // A source still has the objects that its refs once showed.
    await cp(join(this.#world.path, 'objects'), join(two.sourcePath, 'objects'), { recursive: true });
    await copy(two.sourcePath, this.#template(`${plan.name}-source`));
    await copy(two.destinationPath, this.#template(`${plan.name}-destination`));
    const policy = { ...DEFAULT_POLICY, ...plan.policy };
    const planned = plan.confirmed
      ? await two.relay({ dryRun: true, policy, apis: await two.apis() })
      : { massChange: undefined };
    const [shown, before] = await Promise.all([stateOf(two.sourcePath), stateOf(two.destinationPath)]);
    const history = await historyOf(two.sourcePath, before.refs, shown.refs);
    return { plan, source: shown, before, history, policy, confirm: planned.massChange?.fingerprint };
  }

  /** Both repositories as the plan has them. */
  async lay({ plan }: Scene): Promise<void> {
    const { two } = this;
    two.destination.pushFault = plan.fault;
    await copy(this.#template(`${plan.name}-source`), two.sourcePath);
    await copy(this.#template(`${plan.name}-destination`), two.destinationPath);
  }

  async #fill(path: string, heads: Heads, head: string): Promise<void> {
    const refspecs = Object.entries(heads).map(([ref, name]): string => `${this.#world.oid(name)}:refs/${ref}`);
    if (refspecs.length === 0) return;
    await git(this.#world.path, 'push', '--quiet', path, ...refspecs);
    await git(path, 'repack', '-adq');
    if (`heads/${head}` in heads) await git(path, 'symbolic-ref', 'HEAD', `refs/heads/${head}`);
  }

  #template(name: string): string {
    return join(this.#templates, `${name}.git`);
  }
}

async function copy(from: string, to: string): Promise<void> {
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true });
}
