import { styleText } from 'node:util';
import { printable } from '../../git/ref.ts';
import type { SweepSummary } from '../../replication/contract.ts';
import { DRIFT, type Execution, outputOf, resultOf } from '../../replication/execution.ts';
import { messageIn } from '../../replication/notice/failure.ts';
import { momentOf } from '../../replication/notice/times.ts';

/** What `replicate` or `sweep` ends with, as far as a person wants to know. */
type Output = Record<keyof Pick<SweepSummary, 'says'> | 'outcome' | 'heads' | 'verifiedAt' | 'lagSeconds', unknown>;

const CAUSE_SHOWN = 600;
/** A sweep's sentence names some ids. */
const SAYS_SHOWN = 2000;
const COLOURS = { succeeded: 'green', unproven: 'yellow', drifted: 'red', failed: 'red', unknown: 'red' } as const;

/** What an ended execution came to, in one line. */
export function describeEnd(execution: Execution): string {
  const result = resultOf(execution);
  const colour = COLOURS[result];
  const { status, error, cause = '' } = execution;
  if (status !== 'SUCCEEDED') {
    const says = printable(messageIn(cause), CAUSE_SHOWN);
    if (error === DRIFT) return `${styleText(colour, 'drift')}: ${says}`;
    return `${styleText(colour, printable(status))}${error === undefined ? '' : `: ${printable(error)}: ${says}`}`;
  }
  const { says, outcome, heads, verifiedAt, lagSeconds } = outputOf(execution) as Output;
  if (result === 'unknown') return `${styleText(colour, 'unknown')}: ${notUnderstood(says ?? outcome)}`;
  if (typeof says === 'string') {
    const unproven = result === 'unproven' ? `${styleText(colour, 'not all proven')}: ` : '';
    return `${unproven}${printable(says, SAYS_SHOWN)}`;
  }
  const parts = [
    ...(typeof heads === 'number' ? [`${heads.toLocaleString('en')} ${heads === 1 ? 'head' : 'heads'}`] : []),
    ...(typeof verifiedAt === 'string' ? [`verified at ${momentOf(verifiedAt)}`] : []),
    ...(typeof lagSeconds === 'number' ? [`lag ${lagSeconds.toLocaleString('en')} s`] : []),
    ...(outcome === 'following' ? ['the source moved in every reading; its next push or the sweep goes on'] : []),
  ];
  const name = typeof outcome === 'string' ? printable(outcome) : result;
  return `${styleText(colour, name)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

function notUnderstood(said: unknown): string {
  const words = said === undefined ? 'nothing' : `"${printable(String(said), CAUSE_SHOWN)}"`;
  return `the execution succeeded and says ${words}, which this version does not understand: expected an outcome of docs/workflow.md. Update ccrepl, or look at the execution`;
}

/** The same for scripts. */
export const endToJson = (execution: Execution) => ({
  status: execution.status,
  ...(execution.output !== undefined && { output: outputOf(execution) }),
  ...(execution.error !== undefined && {
    failure: { error: execution.error, cause: messageIn(execution.cause ?? '') },
  }),
});
