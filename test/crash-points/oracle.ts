import type { Oid } from '../../git/oid.ts';
import { displayRef, type RefName } from '../../git/ref.ts';
import { isHelper, isReserved, STAND_IN_BRANCH } from '../../replication/reserved.ts';
import { type Chronicle, losses, strangeValues } from '../support/oracle/oracle.ts';
import { type Refs, survey } from '../support/oracle/refs.ts';
import { areEqual, headOf, locksIn, type State } from './repository-state.ts';
import type { Scene } from './stage.ts';

/** Where the repositories of a scene are. */
export interface Paths {
  source: string;
  destination: string;
}

/** What is found at the destination, and all that is wrong with it. */
export interface Judgement {
  found: State;
  wrong: string[];
}

/** The heads of a repository, without the refs that are ccrepl's own. */
export const headsOf = (refs: Refs): Map<RefName, Oid> => new Map([...refs].filter(([ref]) => !isReserved(ref)));

/** Whether the destination is as the source is. */
export const isWhole = ({ source }: Scene, found: State): boolean =>
  areEqual(headsOf(found.refs), source.refs) && (!source.refs.has(source.head) || found.head === source.head);

/** What must hold wherever a run ends. */
export async function judgeCrash(scene: Scene, paths: Paths): Promise<Judgement> {
  const { found, wrong } = await examine(scene, paths);
  const { before, policy, history } = scene;
  const chronicle: Chronicle = {
    source: sourceStates(scene),
    before: before.refs,
    after: found.refs,
    policy,
    descends: (from, to) =>
      ![...history.rewritten].some((ref) => before.refs.get(ref) === from && found.refs.get(ref) === to),
  };
  const strange = [...strangeValues(chronicle), ...strangeHelpers(scene, found.refs)];
  return {
    found,
    wrong: [...strange, ...losses(chronicle), ...lostNames(scene, found), ...wrongHead(scene, found), ...wrong],
  };
}

/** What must hold when the next run has ended: both sides are equal, and nothing is left over. */
export async function judgeHealed(scene: Scene, paths: Paths): Promise<string[]> {
  const { found, wrong } = await judgeCrash(scene, paths);
  const helpers = [...found.refs.keys()].filter(isHelper);
  const left = helpers.length === 0 ? [] : [`helper refs are left: ${helpers.map(displayRef).join(', ')}`];
  return [...wrong, ...left, ...(isWhole(scene, found) ? [] : [`it is not equal to the source: ${shown(found)}`])];
}

async function examine({ source }: Scene, paths: Paths): Promise<Judgement> {
  const [now, locks, headHere, headThere] = await Promise.all([
    survey(paths.source, paths.destination),
    locksIn(paths.destination),
    headOf(paths.source),
    headOf(paths.destination),
  ]);
  const untouched = areEqual(now.source, source.refs) && headHere === source.head;
  return {
    found: { refs: now.destination, head: headThere },
    wrong: [
      ...now.damage.map((damage) => `the destination is damaged: ${damage}`),
      ...(locks.length === 0 ? [] : [`lock files are left: ${locks.join(', ')}`]),
      ...(untouched ? [] : ['the source was written to']),
    ],
  };
}

/** Where the source stood; and where a history that goes in steps may stand at the destination, as if the source had, too. */
function sourceStates({ source, plan, history }: Scene): Refs[] {
  if (plan.fault === undefined) return [source.refs];
  const steps = [...history.onTheWay].flatMap(([ref, oids]) =>
    ref.startsWith('refs/heads/') ? [...oids].map((oid) => new Map([...source.refs, [ref, oid]])) : [],
  );
  return [source.refs, ...steps];
}

/** A helper holds nothing but what leads to a tip of the source. */
function* strangeHelpers({ source, plan, history }: Scene, refs: Refs): Generator<string> {
  const tips = new Set(source.refs.values());
  const leads = (oid: Oid) => tips.has(oid) || [...history.onTheWay.values()].some((oids) => oids.has(oid));
  for (const [ref, oid] of refs) {
    if (!isHelper(ref) || (leads(oid) && (ref === STAND_IN_BRANCH || plan.fault !== undefined))) continue;
    yield `O1: the helper ${displayRef(ref)} is at ${oid}, and nothing needs it`;
  }
}

/** A head that got another name is there under the one or the other; but `a` must go before there can be an `a/b`. */
function* lostNames({ before, source }: Scene, { refs }: State): Generator<string> {
  const gone = [...before.refs].filter(([ref]) => !source.refs.has(ref));
  const waits = (name: RefName) => gone.some(([ref]) => name.startsWith(`${ref}/`) || ref.startsWith(`${name}/`));
  for (const [ref, oid] of gone) {
    const names = [...source.refs].filter(([name, tip]) => tip === oid && !waits(name)).map(([name]) => name);
    const isNew = (name: RefName) => before.refs.get(name) !== oid;
    if (refs.has(ref) || !names.some(isNew) || names.some((name) => refs.get(name) === oid)) continue;
    yield `${displayRef(ref)} is gone, and ${names.map(displayRef).join(', ')} not there yet`;
  }
}

/** The default branch is the old one, or one that the source has, or the stand-in; and it exists. */
function* wrongHead({ before, source }: Scene, { refs, head }: State): Generator<string> {
  if (head === before.head && !before.refs.has(before.head)) return;
  const known = head === before.head || source.refs.has(head) || head === STAND_IN_BRANCH;
  if (!known || !refs.has(head)) yield `the default branch is ${displayRef(head)}, which should not be`;
}

const shown = ({ refs, head }: State): string =>
  [`HEAD ${displayRef(head)}`, ...[...refs].map(([ref, oid]) => `${displayRef(ref)} ${oid}`)].join(', ');
