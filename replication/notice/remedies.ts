import type { Comparison, ReplicaNews } from '../contract.ts';
import { refOfText } from '../ref-text.ts';
import { resolveDivergence } from '../resolution.ts';
import { isCodeCommit, otherAccountOf, type Replica } from '../settings.ts';
import { shellQuote } from '../shell.ts';
import { rowOfError } from './failure.ts';
import type { NoticeLinks } from './message.ts';
import { comparisonIn } from './occasion.ts';

/** A command that starts the state machine with this input, ready to paste. */
export function startCommand(stateMachineArn: string, input: object): string {
  const region = stateMachineArn.split(':')[3];
  // The AWS CLI does not take it from the ARN.
  const where = region === undefined ? '' : `--region ${shellQuote(region)} `;
  return `aws stepfunctions start-execution ${where}--state-machine-arn ${shellQuote(stateMachineArn)} --input ${shellQuote(JSON.stringify(input))}`;
}

/** What to do about trouble: first what a person must decide, then how to try again. */
export function remedyLines(state: ReplicaNews['state'], replica: Replica | undefined, links: NoticeLinks): string[] {
  const comparison = comparisonIn(state);
  const id = state.run.replica;
  const first =
    comparison === undefined
      ? errorLines(state.outcome.Error)
      : [
          ...resolutionLines(comparison, replica, links),
          ...refusedLines(comparison),
          ...massChangeLines(comparison, id, links),
          ...defaultBranchLines(comparison, replica),
        ];
  return [
    'What to do:',
    ...first,
    first.length === 0
      ? '- The next push or sweep tries again by itself. To try now:'
      : '- When that is done, or to try again:',
    `    ${startCommand(links.stateMachineArn, { replica: id })}`,
  ];
}

const errorLines = (error = ''): string[] => [
  rowOfError(error) === undefined
    ? '- Put right what the cause says.'
    : `- Put right what the cause says; docs/errors.md has a row for ${error}.`,
];

/** For the first head that somebody changed at the destination: both ways out, ready to paste. */
function resolutionLines(comparison: Comparison, replica: Replica | undefined, links: NoticeLinks): string[] {
  const diverged = comparison.differences.filter((difference) => difference.reason === 'diverged');
  const [first] = diverged;
  if (first === undefined) return [];
  const resolution = resolveDivergence(first, links.sourceUrl, links.destinationUrl);
  const kept = `- Nothing was overwritten: ${first.ref} still has what was pushed to the destination.`;
  const others =
    diverged.length > 1 ? ['- The other heads that were changed at the destination: the same, one by one.'] : [];
  const account = replica && otherAccountOf(replica.destination);
  const whose =
    account === undefined
      ? []
      : [`- The destination is in account ${account}: git needs an identity of that account there.`];
  if ('impossible' in resolution)
    return [kept, ...whose, `- No command can be given for it: ${resolution.impossible}`, ...others];
  return [
    kept,
    ...whose,
    '- To keep that work, bring it to the source (from there it counts as known, and the replica follows the source again):',
    `    ${resolution.keep}`,
    '- To give it up, put the destination back to what the source has:',
    `    ${resolution.giveUp}`,
    ...others,
  ];
}

/** Two reasons have lines of their own; there is no command that would be right for all of the others. */
function refusedLines({ differences }: Comparison): string[] {
  const others = differences.filter(
    ({ action, reason }) => action === 'refuse' && reason !== 'diverged' && reason !== 'mass-change',
  );
  if (others.length === 0) return [];
  return [
    '- A guard left heads as they are, each for the reason above: nothing was deleted or overwritten there. docs/guards.md explains each reason.',
  ];
}

function massChangeLines({ massChange }: Comparison, id: string, links: NoticeLinks): string[] {
  if (massChange === undefined || massChange.confirmed) return [];
  const { deletes, rewrites, of, fingerprint } = massChange;
  return [
    `- ${deletes} deletions and ${rewrites} rewrites of ${of} heads were held back: they are more than the replica allows at once.`,
    '  If they are not meant, put the source right: the destination still has everything.',
    '  If they are, carry out exactly these (what changes until then needs a new confirmation):',
    `    ${startCommand(links.stateMachineArn, { replica: id, confirm: fingerprint })}`,
  ];
}

function defaultBranchLines(
  { defaultBranch, differences, counts }: Comparison,
  replica: Replica | undefined,
): string[] {
  if (defaultBranch === undefined || !defaultBranch.settable) return [];
  const { expected, found } = defaultBranch;
  // What is not there cannot be the default branch, and then that is the trouble.
  const isThere =
    counts.destination > 0 && !differences.some(({ ref, found: tip }) => ref === expected && tip === null);
  if (!isThere) return [];
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
