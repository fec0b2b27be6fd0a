import type { Comparison } from '../contract.ts';
import { REASONS, type Reason } from '../reasons.ts';
import { allHeads } from '../verdict.ts';
import { movedSide } from './moved.ts';

const HEADS_SHOWN = 10;

/** How much is not as it should be, to complete a sentence: `2 of 3 heads are not as at the source`. */
export function extentOf({ counts, defaultBranch }: Comparison): string {
  const drifted = counts.create + counts.update + counts.delete + counts.refuse;
  const all = allHeads(counts);
  if (drifted === 0) {
    return defaultBranch?.settable
      ? "its default branch is not the source's"
      : 'every head is as at the source, but helper refs of a seeding are still at the destination';
  }
  return `${drifted} of ${all} ${all === 1 ? 'head' : 'heads'} ${drifted === 1 ? 'is' : 'are'} not as at the source`;
}

/** The first heads that stand: what is there, what should be, and which side moved. */
export function headLines({ differences, differencesOmitted, counts }: Comparison): string[] {
  const shown = differences.slice(0, HEADS_SHOWN);
  if (shown.length === 0) return [];
  const standing = differences.length + differencesOmitted;
  const following = allHeads(counts) - counts.inSync - standing;
  return [
    `Heads (first ${shown.length} of ${standing}):`,
    ...shown.flatMap(({ ref, reason, expected, found }) => [
      `- ${ref} ${REASONS[reason as Reason] ?? reason}`,
      `    moved       ${movedSide(reason) ?? 'not known'}`,
      `    source      ${expected ?? '(not there)'}`,
      `    destination ${found ?? '(not there)'}`,
    ]),
    ...(following > 0 ? [`${following} more moved while this was found out, and are being followed.`] : []),
    '',
  ];
}
