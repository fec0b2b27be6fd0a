/** A message for people: an SNS subject and text. */
export interface Notice {
  /** Printable ASCII of at most 99 characters: what SNS takes. */
  subject: string;
  message: string;
}

/** Where the reader finds things; ARNs and URLs that the function knows from its own surroundings. */
export interface NoticeLinks {
  /** The machine whose execution tells this: what the reader starts again. */
  stateMachineArn: string;
  executionUrl: string;
  /** Where git finds the sides; empty if the replica is not configured. */
  sourceUrl: string;
  destinationUrl: string;
}

const SUBJECT_MAX = 99;
/** SNS takes 256 KiB; a mail that long helps nobody. */
const MESSAGE_MAX = 16_000;
const LABEL_WIDTH = 13;

/** A message about one replica. A long id is cut in the subject, for what it says matters more. */
export function replicaNotice(id: string, says: string, lines: readonly string[]): Notice {
  const room = SUBJECT_MAX - 'ccrepl:  '.length - says.length;
  const shown = id.length > room ? `${id.slice(0, room - 3)}...` : id;
  return asNotice(`ccrepl: ${shown} ${says}`, lines);
}

export const asNotice = (subject: string, lines: readonly string[]): Notice => ({
  subject: subject.replace(/[^\x20-\x7e]/g, '?').slice(0, SUBJECT_MAX),
  // A character cut in its middle would keep the SDK from sending anything at all.
  message: joinLines(lines).toWellFormed(),
});

/** One line of the block at the top. */
export const labelled = (label: string, text: string): string => `${`${label}:`.padEnd(LABEL_WIDTH)}${text}`;

/** As many lines as a message may have. A line is never cut: half a command may name another ref. */
function joinLines(lines: readonly string[]): string {
  let length = 0;
  const first = lines.findIndex((line) => {
    length += line.length + 1;
    return length > MESSAGE_MAX;
  });
  return first < 0 ? lines.join('\n') : [...lines.slice(0, first), '… (cut; the execution has the whole)'].join('\n');
}
