import type { RepositoryTrigger } from '@aws-sdk/client-codecommit';
import { printable } from '../../git/ref.ts';
import { ReplicationError } from '../../replication/errors.ts';
import type { TriggerId } from './physical-id.ts';
import { isOursOrBefore } from './predecessor.ts';

export type Triggers = readonly RepositoryTrigger[];

/** A quota of CodeCommit, for one repository. */
const TRIGGERS_MAX = 10;

/**
 * The list with exactly one trigger of ours, in the place of the one before it; undefined if it is so already. Those of others are
 * the same objects.
 *
 * @param destinations the wanted one, and those that were ours before it
 * @throws ReplicationError `refused` for somebody else's trigger of our name, `quota` for an eleventh
 */
export function withTrigger(
  triggers: Triggers,
  { region, repository, trigger: name }: TriggerId,
  destinations: readonly [string, ...string[]],
): RepositoryTrigger[] | undefined {
  const [destinationArn] = destinations;
  const ours = (arn: string | undefined) => destinations.some((own) => isOursOrBefore(arn, own));
  const named = triggers.filter((trigger) => trigger.name === name);
  const foreign = named.find((trigger) => !ours(trigger.destinationArn));
  if (foreign !== undefined) {
    throw new ReplicationError(
      'refused',
      `the repository "${repository}" in ${region} has a trigger "${name}" that calls ${shown(foreign.destinationArn)}: expected none, or one that calls ${destinationArn}. If it belongs to somebody else, give ours another TriggerName; if nobody needs it, delete it; then deploy again`,
    );
  }
  if (named.length === 0 && triggers.length >= TRIGGERS_MAX) {
    throw new ReplicationError(
      'quota',
      `the repository "${repository}" in ${region} has ${triggers.length} triggers, and CodeCommit allows ${TRIGGERS_MAX}: there is no room for "${name}". Delete one of these and deploy again: ${namesOf(triggers)}`,
    );
  }
  const wanted: RepositoryTrigger = { name, destinationArn, branches: [], events: ['all'] };
  const [first] = named;
  if (first === undefined) return [...triggers, wanted];
  if (named.length === 1 && canonical(first) === canonical(wanted)) return undefined;
  return triggers.flatMap((trigger) => (trigger === first ? [wanted] : named.includes(trigger) ? [] : [trigger]));
}

/** The list without our trigger; undefined if it has none. One of our name that calls something else is somebody's. */
export function withoutTrigger(
  triggers: Triggers,
  name: string,
  destinationArn: string,
): RepositoryTrigger[] | undefined {
  const rest = triggers.filter((trigger) => trigger.name !== name || trigger.destinationArn !== destinationArn);
  return rest.length === triggers.length ? undefined : rest;
}

/** Whether two lists say the same, in whatever order. */
export const sameTriggers = (a: Triggers, b: Triggers): boolean =>
  JSON.stringify(a.map(canonical).sort()) === JSON.stringify(b.map(canonical).sort());

/** Those of the expected that are not in a list, or not so, each once. */
export function missingIn(found: Triggers, expected: Triggers): RepositoryTrigger[] {
  const there = new Set(found.map(canonical));
  const missing = expected.filter((trigger) => !there.has(canonical(trigger)));
  return [...new Map(missing.map((trigger) => [canonical(trigger), trigger])).values()];
}

/** One text for triggers that do the same: what is empty may be left out, or be there. */
function canonical({ branches, customData, ...rest }: RepositoryTrigger): string {
  const fields = { ...rest, branches: branches ?? [], ...(customData && { customData }) };
  return JSON.stringify(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Names as a person may read them in an answer that CloudFormation takes. */
export const namesOf = (triggers: Triggers): string =>
  triggers.map(({ name = '' }) => `"${printable(name, 60)}"`).join(', ') || 'none';

const shown = (arn = 'nothing'): string => printable(arn);
