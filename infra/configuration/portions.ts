/**
 * A managed policy of IAM has at most 6,144 characters, and a statement is in one policy: so many may be its resources, with the longest of our
 * lists of actions and the policy around it. The CDK puts statements that are too many for one policy into others.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const STATEMENT_CHARS_MAX = 6144;
const STATEMENT_FRAME_CHARS = 450;

/** A list in the portions that one statement can have each, beside so many characters of conditions. */
export function inPortions(resources: readonly string[], conditionChars = 0): string[][] {
  const most = STATEMENT_CHARS_MAX - STATEMENT_FRAME_CHARS - conditionChars;
  const portions: string[][] = [];
  let chars = Number.POSITIVE_INFINITY;
  for (const resource of resources) {
    const more = charsOf([resource]);
    if (chars + more > most) {
      portions.push([]);
      chars = 0;
    }
    portions.at(-1)?.push(resource);
    chars += more;
  }
  return portions;
}

/** Of a list in a policy, without white space. */
export const charsOf = (entries: readonly string[]): number =>
  entries.reduce((sum, entry) => sum + JSON.stringify(entry).length + 1, 0);

/** Whether a list of conditions leaves room for resources beside it. */
export const CONDITION_CHARS_MAX = 3000;
