import type { AlertRequest, Comparison, Difference } from './contract.ts';
import { REASONS, type Reason } from './reasons.ts';
import type { Replica } from './settings.ts';

/** A message for people: an SNS subject and text. */
export interface Notice {
  /** Printable ASCII of at most 99 characters: what SNS takes. */
  subject: string;
  message: string;
}

/** Where the reader finds things; ARNs and URLs that the function knows from its own surroundings. */
export interface NoticeLinks {
  stateMachineArn: string;
  executionUrl: string;
  sourceUrl: string;
  destinationUrl: string;
}

const HEADS_SHOWN = 10;
/** SNS takes 256 KiB; a mail that long helps nobody. */
const MESSAGE_MAX = 16_000;

/** One clear message about a drifted replica or a failed run: what, where, which heads, what to do. */
export function composeNotice(request: AlertRequest, replica: Replica | undefined, links: NoticeLinks): Notice {
  const { comparison, failure } = request;
  const drifted = comparison !== undefined && comparison.verdict !== 'in-sync';
  const lines = [
    drifted ? headline(request.replica, comparison) : `The replication of "${request.replica}" failed.`,
    '',
    ...(replica === undefined
      ? []
      : [
          `Source:      ${replica.source.repository} in ${replica.source.region}`,
          `Destination: ${replica.destination.repository} in ${replica.destination.region}`,
        ]),
    `Since:       ${request.startedAt} (start of the execution that found it)`,
    `Execution:   ${links.executionUrl}`,
    '',
    ...(comparison === undefined ? [] : headLines(comparison)),
    ...(failure === undefined ? [] : failureLines(failure)),
    'What to do:',
    ...(comparison === undefined ? [] : resolutionLines(comparison, links)),
    '- Try again, or check that all is well, with',
    `    aws stepfunctions start-execution --state-machine-arn ${shellQuote(links.stateMachineArn)} --input ${shellQuote(JSON.stringify({ replica: request.replica }))}`,
  ];
  const message = lines.join('\n');
  return {
    subject: asciiSubject(`ccrepl: ${request.replica} ${drifted ? comparison.verdict : 'failed'}`),
    message:
      message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}\n… (cut; the execution has the whole)` : message,
  };
}

function headline(id: string, comparison: Comparison): string {
  const { counts } = comparison;
  const drifted = counts.create + counts.update + counts.delete + counts.refuse;
  const what = drifted === 1 ? 'One head' : `${drifted} heads`;
  return `The replica "${id}" is ${comparison.verdict}: ${what} of ${Math.max(counts.source, counts.destination)} differ.`;
}

function headLines(comparison: Comparison): string[] {
  const shown = comparison.differences.slice(0, HEADS_SHOWN);
  if (shown.length === 0) return [];
  const { counts } = comparison;
  const total = counts.create + counts.update + counts.delete + counts.keep + counts.refuse;
  return [
    `Heads (first ${shown.length} of ${total}):`,
    ...shown.flatMap((difference) => [
      `- ${difference.ref} ${REASONS[difference.reason as Reason] ?? difference.reason}`,
      `    source      ${difference.expected ?? '(not there)'}`,
      `    destination ${difference.found ?? '(not there)'}`,
    ]),
    '',
  ];
}

/** For the first head that somebody changed at the destination: both ways out, ready to paste. */
function resolutionLines(comparison: Comparison, links: NoticeLinks): string[] {
  const diverged = comparison.differences.find((difference) => difference.reason === 'diverged');
  if (diverged?.found == null) return [];
  const { ref, found } = diverged;
  const source = shellQuote(links.sourceUrl);
  const destination = shellQuote(links.destinationUrl);
  return [
    `- Nothing was overwritten: ${ref} still has what was pushed to the destination.`,
    '- To keep that work, bring it to the source (from there it counts as known, and the replica follows the source again):',
    `    git fetch ${destination} ${shellQuote(ref)} && git push ${source} ${shellQuote(`${found}:${rescueRef(ref)}`)}`,
    '- To give it up, put the destination back to what the source has:',
    `    ${undoCommand(diverged, source, destination)}`,
  ];
}

/** A name beside the original, so that the rescue itself overwrites nothing. */
const rescueRef = (ref: string): string => ref.replace(/^refs\/(heads|tags)\//, 'refs/$1/from-replica/');

function undoCommand({ ref, expected, found }: Difference, source: string, destination: string): string {
  const lease = shellQuote(`--force-with-lease=${ref}:${found}`);
  if (expected === null) return `git push ${lease} ${destination} ${shellQuote(`:${ref}`)}`;
  return `git fetch ${source} ${shellQuote(ref)} && git push ${lease} ${destination} ${shellQuote(`${expected}:${ref}`)}`;
}

function failureLines({ Error: error, Cause: cause }: { Error: string; Cause: string }): string[] {
  const shown = cause.length > 600 ? `${cause.slice(0, 600)}…` : cause;
  return [`Error: ${printableLine(error)}`, `Cause: ${printableLine(shown)}`, ''];
}

const printableLine = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');

/** A word for a POSIX shell; names of refs are hostile bytes. */
const shellQuote = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const asciiSubject = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
