import type { Oid } from '../../git/oid.ts';
import { displayRef, type RefName } from '../../git/ref.ts';
import { ignoredAsText } from '../../replication/comparison.ts';
import type { MassChange } from '../../replication/plan.ts';
import { refToText } from '../../replication/ref-text.ts';
import { resolveDivergence } from '../../replication/resolution.ts';

/** Diverged heads for which both ways out are printed. */
const WAYS_OUT_MAX = 3;

/** For heads that somebody changed at the destination: the commands that keep that work, and those that give it up. */
export function describeWaysOut(
  heads: readonly { ref: RefName; old: Oid | undefined; new: Oid | undefined }[],
  sourceUrl: string,
  destinationUrl: string,
): string[] {
  return heads.slice(0, WAYS_OUT_MAX).flatMap(({ ref, old, new: next }) => {
    const head = { ref: refToText(ref), expected: next ?? null, found: old ?? null };
    const ways = resolveDivergence(head, sourceUrl, destinationUrl);
    if ('impossible' in ways) return [`${displayRef(ref)}: ${ways.impossible}`, ''];
    return [
      `${displayRef(ref)} was not overwritten: the destination has ${old ?? 'nothing'}, the source ${next ?? 'nothing'}.`,
      `  to keep the destination's work: ${ways.keep}`,
      `  to give it up:                  ${ways.giveUp}`,
      '',
    ];
  });
}

export function describeMassChange(change: MassChange | undefined): string[] {
  if (change === undefined) return [];
  const { deletes, rewrites, of, fingerprint, confirmed } = change;
  const what = `${deletes} deletions and ${rewrites} rewrites of ${of} heads`;
  if (confirmed) return [`Confirmed: ${what}.`];
  return [`Too many at once: ${what}. To carry out exactly these: ccrepl replicate … --confirm ${fingerprint}`];
}

export function describeIgnored(ignored: ReadonlyMap<string, number>): string[] {
  const named = Object.entries(ignoredAsText(ignored, 20)).map(([namespace, count]) => `${count} in ${namespace}`);
  return named.length === 0 ? [] : [`left out, because the patterns do not take them: ${named.join(', ')}`];
}
