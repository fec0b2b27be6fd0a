import { isUtf8 } from 'node:buffer';
import type { RefName } from '../../../git/ref.ts';
import type { Observed, Stage } from '../../support/oracle/observe.ts';
import type { Case } from './case.ts';

const isBranch = (ref: RefName): boolean => ref.startsWith('refs/heads/');
const bytesOf = (ref: RefName): Buffer => Buffer.from(ref, 'latin1');

/**
 * O8: what is still not as it should be after a run that nothing disturbed, found without ccrepl's own code: heads that differ
 * although no guard has a reason to keep them. Nothing, if all is well.
 */
export function unhealed(
  { result, chronicle, sourceAfter: source }: Observed,
  { strays, descends }: Stage,
  { profile, apis }: Pick<Case, 'profile' | 'apis'>,
): string[] {
  if (result?.error === undefined) return result === undefined ? ['there was no result'] : [];
  const { after, policy } = chronicle;
  const isHead = (ref: RefName) =>
    /^refs\/(?:heads|tags)\//.test(ref) && !/^refs\/(?:tags\/ccrepl-|heads\/ccrepl-stand-in$)/.test(ref);
  const heads = [...new Set([...source.keys(), ...after.keys()])].filter(isHead);
  // Refs that are none of a replica's are not replicated, and a source that has no others is told to its people.
  if (heads.length === 0 && source.size > 0 && result.error.code === 'input') return [];
  const differing = heads.filter((ref) => source.get(ref) !== after.get(ref));
  // A list of branches proves nothing if none of the branches that are known is in it; JSON holds no name that is not UTF-8. Where
  // one of the two views is none, nothing is deleted.
  const unproven =
    apis &&
    differing.some((ref) => isBranch(ref) && !source.has(ref)) &&
    ![...source.keys()].some((ref) => isBranch(ref) && isUtf8(bytesOf(ref)));
  const stays = (ref: RefName): boolean => {
    const [there, wanted] = [after.get(ref), source.get(ref)];
    if (there === undefined) return false;
    if (strays?.has(there)) return true;
    if (wanted !== undefined) return policy.rewrites === 'refuse' && descends?.(there, wanted) === false;
    if (policy.deletes === 'keep' || ![...source.keys()].some(isHead)) return true;
    if (unproven) return true;
    // CodeCommit does not delete a default branch, and the source has none that could be it instead.
    return profile === 'codecommit' && ref === 'refs/heads/main';
  };
  const staying = differing.filter(stays);
  const blockedBy = (kept: readonly RefName[]): RefName[] =>
    differing.filter(
      (ref) => !after.has(ref) && kept.some((other) => ref.startsWith(`${other}/`) || other.startsWith(`${ref}/`)),
    );
  // A renamed head keeps its old name while its tip cannot have the new one.
  const waiting = differing.filter(
    (ref) =>
      !source.has(ref) && [...blockedBy(staying), ...staying].some((other) => source.get(other) === after.get(ref)),
  );
  const blocked = blockedBy([...staying, ...waiting]);
  const said = new Map(result.heads.map((head) => [head.ref, head]));
  const left = differing
    .filter((ref) => !staying.includes(ref) && !blocked.includes(ref) && !waiting.includes(ref))
    .map((ref) => {
      const { status, reason } = said.get(ref) ?? {};
      return `${ref} is at ${after.get(ref)}, not ${source.get(ref)}: ${status} (${reason})`;
    });
  if (differing.length === 0) left.push(`both sides are equal, and the error is: ${result.error.message}`);
  if (!['refused', 'partial'].includes(result.error.code))
    left.push(`the error is ${result.error.code}: ${result.error.message}`);
  return left;
}
