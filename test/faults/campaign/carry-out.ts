import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeCommitApis } from '../../../aws/codecommit.ts';
import type { RelayResult } from '../../../container/relay/result.ts';
import { GitError } from '../../../git/errors.ts';
import type { Oid } from '../../../git/oid.ts';
import { backendsEnded } from '../../../local/codecommit/http-backend.ts';
import type { Region } from '../../../local/codecommit/region.ts';
import { type Observed, observe, type Script, type Stage, type Witness } from '../../support/oracle/observe.ts';
import { type Refs, updateRef } from '../../support/oracle/refs.ts';
import { DESTINATION, SOURCE, TwoRegions } from '../../support/two-regions.ts';
import type { Case, Deed, Tip } from './case.ts';
import { unhealed } from './healed.ts';
import type { Template, Universe } from './universe.ts';

/** What became of a case. */
export interface Verdict {
  violations: string[];
  /** Of the runs that were disturbed. */
  results: RelayResult[];
  happened: Observed['happened'];
}

/** Idle times of the disturbed runs: what stalls must end soon, and what ends too soon must be harmless too. */
const IDLE_MS = 300;
const INDEXING_MS = 700;
const DEADLINE_MS = 20_000;
/** Runs without a fault until both sides must be equal, but for what a guard keeps. */
const HEALING_RUNS = 3;

/** Where cases are carried out: two regions of each profile, with real git behind them. */
export class Theatre {
  readonly #two: Record<Case['profile'], TwoRegions>;
  readonly #apiOrigin: string;
  #count = 0;
  /** What others do happens one after the other, so that every state of the source is seen. */
  #deed: Promise<void> = Promise.resolve();

  private constructor(two: Record<Case['profile'], TwoRegions>, apiOrigin: string) {
    this.#two = two;
    this.#apiOrigin = apiOrigin;
  }

  static async open(): Promise<Theatre> {
    const two = { codecommit: await TwoRegions.start('codecommit'), git: await TwoRegions.start('git') };
    return new Theatre(two, await two.codecommit.apiOrigin());
  }

  async close(): Promise<void> {
    await this.#two.codecommit.stop();
    await this.#two.git.stop();
  }

  /** Lays both repositories, lets the disturbed runs happen, then runs without faults until all is well. */
  async carryOut(one: Case, universe: Universe): Promise<Verdict> {
    this.#count += 1;
    const two = this.#two[one.profile];
    const name = `case-${this.#count}`;
    const template = universe.templates[one.template] as Template;
    const oidOf = (tip: Tip): Oid =>
      ('node' in tip ? universe.nodes[tip.node]?.oid : template.strays[tip.stray]) as Oid;
    const refs = (tips: Case['source']): Refs => new Map(tips.map(([ref, tip]) => [ref, oidOf(tip)]));
    const paths = {
      source: await lay(two.source, name, refs(one.source), async (objects) => {
        await writeFile(join(objects, 'info', 'alternates'), `${join(universe.path, 'objects')}\n`);
      }),
      destination: await lay(two.destination, name, refs(one.destination), async (objects) => {
        for (const end of ['.pack', '.idx'])
          await link(`${template.packPath}${end}`, join(objects, 'pack', `pack-${'0'.repeat(40)}${end}`));
      }),
    };
    const stage: Stage = {
      source: { region: SOURCE.region, repository: name, origin: two.source.origin, path: paths.source },
      destination: {
        region: DESTINATION.region,
        repository: name,
        origin: two.destination.origin,
        path: paths.destination,
      },
      credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' },
      strays: new Set(template.strays),
      descends: universe.reaches,
    };
    try {
      return await this.#play(one, stage, oidOf);
    } finally {
      for (const side of ['source', 'destination'] as const) {
        two[side].records.delete(name);
        await rm(paths[side], { recursive: true, force: true, maxRetries: 3 });
      }
    }
  }

  async #play(one: Case, stage: Stage, oidOf: (tip: Tip) => Oid): Promise<Verdict> {
    const stop = new AbortController();
    const deadline = setTimeout(() => stop.abort(new GitError('timeout', 'the deadline of the run')), DEADLINE_MS);
    const common = { policy: one.policy, ...(one.apis && { apis: this.#apis(stage) }) };
    const script: Script = {
      ...common,
      ...one.faults,
      runs: one.runs,
      remote: { idleMs: IDLE_MS, indexingMs: INDEXING_MS, signal: stop.signal, sleep: async () => {} },
      withinMs: 4 * DEADLINE_MS,
      hooks: (witness) =>
        Object.fromEntries(
          Object.entries(one.deeds).map(([name, deed]) => [
            name,
            () => {
              this.#deed = this.#deed.then(() => doIt(deed, stage, witness, oidOf, stop));
              return this.#deed;
            },
          ]),
        ),
    };
    const hook = join(stage.destination.path, 'hooks', 'update');
    if (one.rejects !== undefined)
      await writeFile(hook, `#!/bin/sh\ncase $1 in ${one.rejects}*) exit 1;; esac\n`, { mode: 0o755 });
    const disturbed = await observe(stage, script);
    await rm(hook, { force: true });
    // The fault is over when the servers have seen its end too.
    await backendsEnded();
    clearTimeout(deadline);
    const violations = disturbed.violations.map((text) => `disturbed: ${text}`);
    let confirm: string | undefined;
    for (let run = 1; run <= HEALING_RUNS; run++) {
      const healing = await observe(stage, { ...common, options: { confirm } });
      violations.push(...healing.violations.map((text) => `healing run ${run}: ${text}`));
      const { result } = healing;
      const left = unhealed(healing, stage, one);
      confirm = result?.massChange?.confirmed === false ? result.massChange.fingerprint : undefined;
      if (left.length === 0 && confirm === undefined) break;
      if (run === HEALING_RUNS || violations.length > 0) {
        violations.push(...left.map((text) => `O8: after ${run} runs without a fault, ${text}`));
        break;
      }
    }
    return { violations, results: disturbed.results, happened: disturbed.happened };
  }

  #apis(stage: Stage): Script['apis'] {
    process.env['AWS_ENDPOINT_URL_CODECOMMIT'] = this.#apiOrigin;
    return codeCommitApis(stage, async () => stage.credentials);
  }
}

const CONFIG = `[core]
	repositoryformatversion = 0
	bare = true
[http]
	receivepack = true
[uploadpack]
	allowTipSHA1InWant = true
	allowReachableSHA1InWant = true
[receive]
	autogc = false
	denyDeleteCurrent = ignore
[gc]
	auto = 0
`;

/** A bare repository as files: the same that git makes, and faster. */
async function lay(
  region: Region,
  name: string,
  refs: Refs,
  objects: (path: string) => Promise<void>,
): Promise<string> {
  const path = region.store.path(name);
  for (const folder of ['refs/heads', 'objects/info', 'objects/pack', 'hooks'])
    await mkdir(join(path, folder), { recursive: true });
  await writeFile(join(path, 'HEAD'), 'ref: refs/heads/main\n');
  await writeFile(join(path, 'config'), CONFIG);
  const lines = [...refs].map(([ref, oid]) => `${oid} ${ref}\n`);
  await writeFile(join(path, 'packed-refs'), lines.join(''), 'latin1');
  await objects(join(path, 'objects'));
  region.record(name);
  return path;
}

/** What somebody else does in the middle; what git does not allow does not happen. */
async function doIt(
  deed: Deed,
  stage: Stage,
  witness: Witness,
  oidOf: (tip: Tip) => Oid,
  stop: AbortController,
): Promise<void> {
  if (deed === 'stop') return stop.abort(new GitError('aborted', 'told to stop'));
  const { side, ref, to } = deed;
  const oid = to && oidOf(to);
  const done = await updateRef(stage[side].path, ref, oid);
  if (side === 'source') await witness.moved();
  else if (done) witness.wrote(ref, oid);
}
