import { styleText } from 'node:util';
import { printable } from '../../git/ref.ts';
import type { SweepSummary } from '../../replication/contract.ts';
import { DRIFT, type Execution, outputOf, resultOf } from '../../replication/execution.ts';
import { messageIn } from '../../replication/notice/failure.ts';
import { momentOf } from '../../replication/notice/times.ts';

/** What `replicate` or `sweep` ends with, as far as a person wants to know. */
interface Output extends Partial<SweepSummary> {
  outcome?: string;
  heads?: number;
  verifiedAt?: string;
  lagSeconds?: number;
}

const CAUSE_SHOWN = 600;
const COLOURS = { succeeded: 'green', drifted: 'red', failed: 'red' } as const;

/** What an ended execution came to, in one line. */
export function describeEnd(execution: Execution): string {
  const colour = COLOURS[resultOf(execution)];
  const { status, error, cause = '' } = execution;
  if (status !== 'SUCCEEDED') {
    const says = printable(messageIn(cause), CAUSE_SHOWN);
    if (error === DRIFT) return `${styleText(colour, 'drift')}: ${says}`;
    return `${styleText(colour, status)}${error === undefined ? '' : `: ${printable(error)}: ${says}`}`;
  }
  const { says, outcome = 'succeeded', heads, verifiedAt, lagSeconds } = outputOf(execution) as Output;
  if (says !== undefined) return says;
  const parts = [
    ...(heads === undefined ? [] : [`${heads.toLocaleString('en')} ${heads === 1 ? 'head' : 'heads'}`]),
    ...(verifiedAt === undefined ? [] : [`verified at ${momentOf(verifiedAt)}`]),
    ...(lagSeconds === undefined ? [] : [`lag ${lagSeconds.toLocaleString('en')} s`]),
    ...(outcome === 'following' ? ['the source moved in every reading; its next push or the sweep goes on'] : []),
  ];
  return `${styleText(colour, outcome)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** The same for scripts. */
export const endToJson = (execution: Execution) => ({
  status: execution.status,
  ...(execution.output !== undefined && { output: outputOf(execution) }),
  ...(execution.error !== undefined && {
    failure: { error: execution.error, cause: messageIn(execution.cause ?? '') },
  }),
});
