import { refOfText } from './ref-text.ts';
import { shellQuote } from './shell.ts';

/** A head that somebody changed at the destination, as a comparison describes it. */
export interface DivergedHead {
  /** Its name as text for people. */
  ref: string;
  /** What the source has; `null` if it is not there. */
  expected: string | null;
  /** What the destination has. */
  found: string | null;
}

/** Both ways out, as commands to paste into a shell in any git repository; or why there is no command that is sure to be right. */
export type Resolution =
  | {
      /** Keeps the destination's work: brings it to the source, under a name beside the original. */
      keep: string;
      /** Gives the destination's work up: puts the destination back to what the source has. */
      giveUp: string;
    }
  | { impossible: string };

/**
 * The commands that resolve a diverged head. Neither overwrites what somebody has pushed since `head` was read. The URLs are
 * without a login: the commands are shown to people.
 */
export function resolveDivergence(head: DivergedHead, sourceUrl: string, destinationUrl: string): Resolution {
  const { ref, expected, found } = head;
  if (sourceUrl === '' || destinationUrl === '')
    return { impossible: 'the replica is not configured here, so that its repositories are not known.' };
  // The URL of a repository of CodeCommit does not say whose it is.
  if (sourceUrl === destinationUrl)
    return {
      impossible:
        'both sides have the same URL, in two accounts: fetch from the destination with an identity of its account, and push to the source with one of the other.',
    };
  if (found === null)
    return { impossible: 'the destination has nothing under this name: there is nothing to keep or to give up.' };
  const [source, destination] = [shellQuote(sourceUrl), shellQuote(destinationUrl)];
  if (refOfText(ref) === undefined) {
    return {
      impossible: `its name is shown cut or escaped, and a command with that would name another ref. To see the real one: git ls-remote ${destination} | grep ${shellQuote(found)}`,
    };
  }
  const lease = shellQuote(`--force-with-lease=${ref}:${found}`);
  return {
    keep: `git fetch ${destination} ${shellQuote(ref)} && git push ${source} ${shellQuote(`${found}:${rescueRef(ref)}`)}`,
    giveUp:
      expected === null
        ? `git push ${lease} ${destination} ${shellQuote(`:${ref}`)}`
        : `git fetch ${source} ${shellQuote(ref)} && git push ${lease} ${destination} ${shellQuote(`${expected}:${ref}`)}`,
  };
}

/** A name beside the original, so that the rescue itself overwrites nothing. */
const rescueRef = (ref: string): string => ref.replace(/^(refs\/(?:[^/]+\/)?)/, '$1from-replica/');
