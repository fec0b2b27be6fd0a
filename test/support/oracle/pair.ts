import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeCommitApis } from '../../../aws/codecommit.ts';
import type { Oid } from '../../../git/oid.ts';
import { type RefName, refFromText } from '../../../git/ref.ts';
import type { Profile } from '../../../local/codecommit/profile.ts';
import type { RepositoryApis } from '../../../replication/apis.ts';
import type { Service } from '../fault-proxy/fault.ts';
import type { Seen } from '../fault-proxy/proxy.ts';
import { removeFolders } from '../repository.ts';
import { DESTINATION, SOURCE, TwoRegions } from '../two-regions.ts';
import { writeCommit } from './objects.ts';
import { type Observed, observe, type Script, type Stage, type Witness } from './observe.ts';
import { askGit, type Refs, readRefs, updateRef } from './refs.ts';

export type Side = 'source' | 'destination';

/** Two regions that the tests of a file share. Each takes a {@link Pair} of its own. */
export class Scene {
  readonly two: TwoRegions;
  /** Where `main` is on both sides of a new pair. */
  readonly main: Oid;
  #count = 0;

  private constructor(two: TwoRegions, main: Oid) {
    this.two = two;
    this.main = main;
  }

  static async start(profile: Profile = 'codecommit'): Promise<Scene> {
    const two = await TwoRegions.start(profile);
    const parent = await writeCommit(two.sourcePath, { message: 'first' });
    const main = await writeCommit(two.sourcePath, { message: 'second', parents: [parent] });
    for (const path of [two.sourcePath, two.destinationPath]) {
      await askGit(path, 'symbolic-ref', 'HEAD', MAIN);
      // git waits for the disk after every ref that it writes, and these need not outlive the machine.
      await askGit(path, 'config', 'core.fsync', 'none');
    }
    await updateRef(two.sourcePath, MAIN, main);
    expect(await two.relay()).toMatchObject({ result: 'replicated' });
    return new Scene(two, main);
  }

  /** Gives each test of a file a pair of its own; call it at the top of the file. */
  static forThisFile(give: (pair: Pair, scene: Scene) => void, profile?: Profile): void {
    let scene: Scene;
    beforeAll(async () => {
      scene = await Scene.start(profile);
    });
    beforeEach(async () => give(await scene.pair(), scene));
    afterAll(() => scene.stop());
  }

  /** A source and a destination that are in sync, with one branch. */
  async pair(): Promise<Pair> {
    this.#count += 1;
    const repository = `pair-${this.#count}`;
    const { source, destination } = this.two;
    for (const [region, from] of [
      [source, SOURCE],
      [destination, DESTINATION],
    ] as const) {
      await cp(region.store.path(from.repository), region.store.path(repository), { recursive: true });
      region.record(repository);
    }
    return new Pair(
      this.two,
      {
        source: { ...SOURCE, repository, origin: source.origin, path: source.store.path(repository) },
        destination: {
          ...DESTINATION,
          repository,
          origin: destination.origin,
          path: destination.store.path(repository),
        },
        credentials: this.two.credentials,
      },
      this.main,
    );
  }

  async stop(): Promise<void> {
    await this.two.stop();
    await removeFolders();
  }
}

const MAIN = 'refs/heads/main' as RefName;

/** A source and a destination of one test, with the hands of whoever else works on them. */
export class Pair {
  readonly main: Oid;
  readonly #two: TwoRegions;
  readonly #stage: Stage;
  readonly #strays = new Set<Oid>();

  constructor(two: TwoRegions, stage: Stage, main: Oid) {
    this.#two = two;
    this.#stage = stage;
    this.main = main;
  }

  path(side: Side): string {
    return this.#stage[side].path;
  }

  refs(side: Side): Promise<Refs> {
    return readRefs(this.path(side));
  }

  /** A commit on top of `main`, unless other parents are given. No ref shows it yet. */
  commit(
    message: string,
    options: { side?: Side; parents?: readonly Oid[]; files?: Record<string, string | Buffer> } = {},
  ) {
    const { side = 'source', parents = [this.main], ...rest } = options;
    return writeCommit(this.path(side), { message, parents, ...rest });
  }

  /** Moves refs as somebody who is not ccrepl; undefined: deletes. */
  async set(side: Side, refs: Record<string, Oid | undefined>): Promise<void> {
    for (const [name, oid] of Object.entries(refs))
      if (!(await updateRef(this.path(side), refFromText(name), oid))) throw new Error(`git did not move ${name}`);
  }

  /** All refs of a side at once, however many. */
  async pack(side: Side, refs: Iterable<readonly [string, Oid]>): Promise<void> {
    const lines = [...refs].map(([name, oid]) => `${oid} ${refFromText(name)}\n`);
    await rm(join(this.path(side), 'refs'), { recursive: true });
    await mkdir(join(this.path(side), 'refs', 'heads'), { recursive: true });
    await writeFile(join(this.path(side), 'packed-refs'), lines.join(''), 'latin1');
  }

  /** Somebody writes a commit to the destination that the source never had. */
  async stray(name: string, witness?: Witness): Promise<Oid> {
    const oid = await this.commit(`written to the replica's ${name}`, { side: 'destination' });
    this.#strays.add(oid);
    await this.set('destination', { [name]: oid });
    witness?.wrote(refFromText(name), oid);
    return oid;
  }

  /** CodeCommit's API of both sides. */
  async apis(): Promise<RepositoryApis> {
    process.env['AWS_ENDPOINT_URL_CODECOMMIT'] = await this.#two.apiOrigin();
    return codeCommitApis(this.#stage, async () => this.#stage.credentials);
  }

  /** One run, or what the script says, and all that the oracles say of it. */
  observe(script: Script = {}): Promise<Observed> {
    const descends = (from: Oid, to: Oid) => isAncestor(this.path('source'), from, to);
    // Each judgement is a process of its own.
    const judges = script.policy?.rewrites !== undefined;
    const stage = { ...this.#stage, strays: this.#strays, ...(judges && { descends }) };
    return observe(stage, { ...script, remote: { sleep: async () => {}, ...script.remote } });
  }

  /** A run without a fault, after which both sides are equal. */
  async heal(expected: 'replicated' | 'in-sync' = 'replicated', script: Script = {}): Promise<void> {
    const { violations, result, chronicle, sourceAfter } = await this.observe(script);
    expect(violations).toEqual([]);
    expect(result).toMatchObject({ result: expected });
    expect(inScope(chronicle.after)).toEqual(inScope(sourceAfter));
  }
}

/** How many requests of one kind a side saw. */
export const requests = (seen: readonly Seen[], service: Service): number =>
  seen.filter((request) => request.service === service).length;

/** The ref commands of all pushes that a side saw, as they were sent. */
export const commandsOf = (seen: readonly Seen[]): string =>
  seen
    .filter(({ service }) => service === 'git-receive-pack')
    .map(({ body }) => body.toString('latin1'))
    .join('');

const inScope = (refs: Refs) =>
  [...refs].filter(([ref]) => /^refs\/(heads|tags)\//.test(ref) && !ref.startsWith('refs/tags/ccrepl-'));

function isAncestor(path: string, from: Oid, to: Oid): boolean {
  try {
    execFileSync('git', ['-C', path, 'merge-base', '--is-ancestor', from, to], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
