import { type Comparison, MEMORY_HEADS_MAX } from '../contract.ts';
import { REASONS, type Reason } from '../reasons.ts';
import { allHeads, driftedHeads } from '../verdict.ts';
import { movedSide } from './moved.ts';

const HEADS_SHOWN = 10;
/** Half of what a message may have. */
const HEADS_LENGTH_MAX = 8000;

/** How much is not as it should be, to complete a sentence: `2 of 3 heads are not as at the source`. */
export function extentOf({ counts, defaultBranch }: Comparison): string {
  const drifted = driftedHeads(counts);
  const all = allHeads(counts);
  if (drifted === 0) {
    return defaultBranch?.settable
      ? "its default branch is not the source's"
      : 'every head is as at the source, but helper refs of a seeding are still at the destination';
  }
  return `${drifted} of ${all} ${all === 1 ? 'head' : 'heads'} ${drifted === 1 ? 'is' : 'are'} not as at the source`;
}

/** The first heads that stand: what is there, what should be, and which side moved. As many as leave room for what to do about them. */
export function headLines({ differences, differencesOmitted, counts }: Comparison): string[] {
  const blocks: string[][] = [];
  let length = 0;
  for (const { ref, reason, expected, found } of differences.slice(0, HEADS_SHOWN)) {
    const block = [
      `- ${ref} ${REASONS[reason as Reason] ?? reason}`,
      `    moved       ${movedSide(reason) ?? 'not known'}`,
      `    source      ${expected ?? '(not there)'}`,
      `    destination ${found ?? '(not there)'}`,
    ];
    length += block.join('').length;
    if (blocks.length > 0 && length > HEADS_LENGTH_MAX) break;
    blocks.push(block);
  }
  if (blocks.length === 0) return [];
  const standing = differences.length + differencesOmitted;
  return [
    `Heads (first ${blocks.length} of ${standing}):`,
    ...blocks.flat(),
    ...othersLine(driftedHeads(counts) - standing, standing),
    '',
  ];
}

function othersLine(others: number, standing: number): string[] {
  if (others <= 0) return [];
  // Of more than are remembered, nobody knows which stand.
  if (standing >= MEMORY_HEADS_MAX) return [`${others} more are not as at the source.`];
  return [`${others} more moved while this was found out, and are being followed.`];
}
