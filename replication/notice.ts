import { printable } from '../git/ref.ts';
import type { AlertRequest, Comparison } from './contract.ts';
import { ERROR_TABLE } from './errors.ts';
import { REASONS, type Reason } from './reasons.ts';
import { refOfText } from './ref-text.ts';
import { resolveDivergence } from './resolution.ts';
import { describeSide, isCodeCommit, type Replica } from './settings.ts';
import { shellQuote } from './shell.ts';
import { allHeads } from './verdict.ts';

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

/** What the state machine calls it when nothing failed and the replica is still not in sync. */
const DRIFT = 'Ccrepl.Drift';
const HEADS_SHOWN = 10;
/** For an input that names no replica. */
const NO_REPLICA = '(none)';
/** SNS takes 256 KiB; a mail that long helps nobody. */
const MESSAGE_MAX = 16_000;

/** One clear message about a drifted replica or a failed run: what, where, which heads, what to do. */
export function composeNotice(request: AlertRequest, replica: Replica | undefined, links: NoticeLinks): Notice {
  const { compared, failure } = request.state;
  const id = replicaOf(request);
  const drift = compared?.result.verdict === 'in-sync' ? undefined : compared?.result;
  const failedComparison = request.state.outcome.Error !== DRIFT;
  const again = `aws stepfunctions start-execution --state-machine-arn ${shellQuote(links.stateMachineArn)}`;
  const lines = [
    failedComparison ? `Whether the replica "${id}" is in sync could not be found out.` : headline(id, drift),
    '',
    ...(replica === undefined ? [] : placeLines(replica)),
    `Since:       ${request.startedAt} (start of the execution that found it)`,
    `Execution:   ${links.executionUrl}`,
    '',
    ...(drift === undefined ? [] : headLines(drift)),
    ...(failure === undefined ? [] : failureLines(failure)),
    'What to do:',
    ...(drift === undefined ? [] : resolutionLines(drift, links)),
    ...massChangeLines(drift, id, again),
    ...defaultBranchLines(drift, replica),
    '- When that is done, or to try again:',
    `    ${again} --input ${shellQuote(JSON.stringify({ replica: id === NO_REPLICA ? 'ID' : id }))}`,
  ];
  return {
    subject: asciiSubject(`ccrepl: ${id} ${failedComparison ? 'could not be checked' : `is ${drift?.verdict}`}`),
    // A character cut in its middle would keep the SDK from sending anything at all.
    message: joinLines(lines).toWellFormed(),
  };
}

/** As many lines as a message may have. A line is never cut: half a command may name another ref. */
function joinLines(lines: readonly string[]): string {
  let length = 0;
  const first = lines.findIndex((line) => {
    length += line.length + 1;
    return length > MESSAGE_MAX;
  });
  return first < 0 ? lines.join('\n') : [...lines.slice(0, first), '… (cut; the execution has the whole)'].join('\n');
}

/**
 * The replica that a request is about; what a person typed is shown harmlessly. Never empty: SNS takes no message with an
 * empty attribute.
 */
export function replicaOf(request: AlertRequest): string {
  const { replica } = (request.input ?? {}) as { replica?: unknown };
  const typed = typeof replica === 'string' ? replica : (JSON.stringify(replica) ?? '');
  return request.state.compared?.result.replica ?? (printable(typed, 128).toWellFormed().trim() || NO_REPLICA);
}

const placeLines = ({ source, destination }: Replica): string[] => [
  `Source:      ${describeSide(source)}`,
  `Destination: ${describeSide(destination)}`,
];

function headline(id: string, comparison: Comparison | undefined): string {
  if (comparison === undefined) return `The replication of "${id}" failed.`;
  const { counts } = comparison;
  const drifted = counts.create + counts.update + counts.delete + counts.refuse;
  const heads = allHeads(counts);
  if (drifted === 0 && comparison.defaultBranch?.settable)
    return `The replica "${id}" is ${comparison.verdict}: its default branch is not the source's.`;
  return `The replica "${id}" is ${comparison.verdict}: ${drifted} of ${heads} ${heads === 1 ? 'head' : 'heads'} ${drifted === 1 ? 'is' : 'are'} not as at the source.`;
}

function headLines(comparison: Comparison): string[] {
  const shown = comparison.differences.slice(0, HEADS_SHOWN);
  if (shown.length === 0) return [];
  const { counts } = comparison;
  return [
    `Heads (first ${shown.length} of ${allHeads(counts) - counts.inSync}):`,
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
  if (diverged === undefined) return [];
  const resolution = resolveDivergence(diverged, links.sourceUrl, links.destinationUrl);
  const kept = `- Nothing was overwritten: ${diverged.ref} still has what was pushed to the destination.`;
  if ('impossible' in resolution) return [kept, `- No command can be given for it: ${resolution.impossible}`];
  return [
    kept,
    '- To keep that work, bring it to the source (from there it counts as known, and the replica follows the source again):',
    `    ${resolution.keep}`,
    '- To give it up, put the destination back to what the source has:',
    `    ${resolution.giveUp}`,
  ];
}

function massChangeLines(comparison: Comparison | undefined, id: string, again: string): string[] {
  const change = comparison?.massChange;
  if (change === undefined || change.confirmed) return [];
  const { deletes, rewrites, of, fingerprint } = change;
  return [
    `- ${deletes} deletions and ${rewrites} rewrites of ${of} heads were held back: they are more than the replica allows at once.`,
    '  If they are not meant, put the source right: the destination still has everything.',
    '  If they are, carry out exactly these (what changes until then needs a new confirmation):',
    `    ${again} --input ${shellQuote(JSON.stringify({ replica: id, confirm: fingerprint }))}`,
  ];
}

function defaultBranchLines(comparison: Comparison | undefined, replica: Replica | undefined): string[] {
  const difference = comparison?.defaultBranch;
  if (difference === undefined || !difference.settable) return [];
  const { expected, found } = difference;
  const lines = [`- The default branch is ${expected} at the source, and ${found ?? 'not set'} at the destination.`];
  const name = refOfText(expected) === undefined ? undefined : expected.replace('refs/heads/', '');
  if (replica === undefined || name === undefined || !isCodeCommit(replica.destination)) return lines;
  const { region, repository } = replica.destination;
  return [
    ...lines,
    '  If it stays so, the role of the task lacks codecommit:UpdateDefaultBranch. To set it by hand:',
    `    aws codecommit update-default-branch --region ${region} --repository-name ${shellQuote(repository)} --default-branch-name ${shellQuote(name)}`,
  ];
}

/** For subscription filters: a mass change may be an accident or an attack, and somebody should look now. */
export const severityOf = ({ state }: AlertRequest): 'critical' | 'error' =>
  state.compared?.result.massChange?.confirmed === false ? 'critical' : 'error';

function failureLines({ Error: error, Cause: cause }: { Error: string; Cause: string }): string[] {
  const exitCode = Number(/"ExitCode":\s*(\d+)/.exec(cause)?.[1] ?? Number.NaN);
  const row = Object.values(ERROR_TABLE).find((candidate) => candidate.exitCode === exitCode);
  if (row !== undefined) return [`The task ended with exit code ${exitCode}: ${row.says}.`, ''];
  return [`Error: ${printable(error)}`, `Cause: ${printable(cause, 600)}`, ''];
}

const asciiSubject = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 99);
