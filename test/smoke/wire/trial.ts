import type { PushCommand } from '../../../git/protocol/push-request.ts';
import { displayRef } from '../../../git/ref.ts';
import { asExpected, different, type Finding } from '../check.ts';
import type { Entry } from '../objects/pack.ts';
import type { Place } from '../stage/place.ts';
import { creation, isDone, type Pushed, wordsFor } from './push.ts';

/** A ref command that the server may refuse, pushed together with one that it should take. */
export interface Trial {
  label: string;
  taken: boolean;
  /** Whether the other command of the push went through. */
  otherTaken: boolean;
  words: string;
  pushed: Pushed;
}

let trials = 0;

/** @param at the commit at which the other command of the push creates a branch: one that is there, or is among `objects` */
export async function trial(
  place: Place,
  label: string,
  command: PushCommand,
  at: NonNullable<PushCommand['new']>,
  objects: readonly Entry[] = [],
): Promise<Trial> {
  trials += 1;
  const other = creation(`refs/heads/beside/${trials}`, at);
  const pushed = await place.push([command, other], objects);
  return {
    label,
    taken: isDone(command, pushed.after),
    otherTaken: isDone(other, pushed.after),
    words: wordsFor(command.ref, pushed),
    pushed,
  };
}

export const describeTrial = ({ label, taken, otherTaken, words }: Trial): string => {
  const became = taken ? 'taken' : `refused: "${words}"`;
  return `${label}: ${became}${otherTaken ? '' : '; and the other ref of the push was NOT written'}`;
};

export const describeTrials = (all: readonly Trial[]): string => all.map(describeTrial).join(' | ');

/** For what may be taken or refused, as long as a refused ref takes no other with it, and the report says what is there. */
export function eitherWay(all: readonly Trial[]): Finding {
  const found = describeTrials(all);
  if (all.some(({ otherTaken }) => !otherTaken)) return different(found);
  const lied = all.find(({ taken, words }) => !taken && words === 'ok');
  return lied === undefined ? asExpected(found) : different(`${found} (reported "ok", and is not there)`);
}

/** For what must be taken. */
export const mustBeTaken = (all: readonly Trial[]): boolean => all.every(({ taken }) => taken);

/** A name for a report: long ones by their length. */
export const shownRef = (command: PushCommand): string => {
  const name = displayRef(command.ref);
  return name.length > 80 ? `${name.slice(0, 40)}… (${command.ref.length} bytes)` : name;
};
