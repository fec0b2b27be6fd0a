import { styleText } from 'node:util';
import type { DeadLetter } from '../lambda/asynchronous.ts';
import { DEVELOPER } from '../people.ts';
import type { Alert } from '../sns/topic.ts';
import { outcomeOf, secondsOf } from '../stepfunctions/facts.ts';
import type { Execution } from '../stepfunctions/machine.ts';

const CAUSE_SHOWN = 400;
const COMMANDS_HERE = `(For these commands git asks for a login here: user ${DEVELOPER.username}, password ${DEVELOPER.password}. The AWS CLI needs the exports of docs/local-mode.md.)`;

/** How an execution ended, in one line; and why, if it ended badly. */
export function endLines(execution: Execution): string[] {
  const took = `after ${secondsOf(execution).toFixed(1)} s`;
  if (execution.status === 'SUCCEEDED') {
    const outcome = outcomeOf(execution);
    if (outcome === 'coalesced') return [`${styleText('dim', '↷ coalesced: left to the execution at work')}, ${took}`];
    if (outcome === 'following')
      return [`${styleText('yellow', '… following: the source moved in every reading')}, ${took}`];
    const nothing = outcome === 'in-sync' ? ', nothing to replicate' : '';
    return [`${styleText('green', '✔ verified')} ${took}${nothing}`];
  }
  const { status, error, cause } = execution;
  const why = cause === undefined ? [] : [`  ${error}: ${cause.slice(0, CAUSE_SHOWN)}`];
  return [`${styleText('red', `✘ ${status.toLowerCase()}`)} ${took}`, ...why];
}

export const alertLines = ({ subject, message }: Alert): string[] => [
  '',
  styleText('yellow', `  ✉ SNS alert: ${subject}`),
  ...message.split('\n').map((line) => `    ${styleText('dim', '│')} ${line}`),
  ...(/^ {4}(?:git|aws) /m.test(message) ? [`    ${styleText('dim', COMMANDS_HERE)}`] : []),
  '',
];

export function deadLetterLines({ functionArn, attempts, failure }: DeadLetter): string[] {
  const name = functionArn.split(':').at(-1);
  return [
    styleText('red', `  ✘ dead letter: ${name} failed on an event ${attempts} times; its push is left to the sweep`),
    `      ${failure.errorType}: ${failure.errorMessage.slice(0, CAUSE_SHOWN)}`,
  ];
}
