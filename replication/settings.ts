import * as z from 'zod/mini';
import { REGION, REGION_EXPECTED, REPOSITORY, REPOSITORY_EXPECTED } from '../git/codecommit/names.ts';
import { printable } from '../git/ref.ts';
import { ReplicationError } from './errors.ts';
import { DEFAULT_POLICY } from './policy.ts';

const region = z.string().check(z.regex(REGION, REGION_EXPECTED));
const repository = z.string().check(z.regex(REPOSITORY, REPOSITORY_EXPECTED));
const side = z.strictObject({ region, repository });

const policy = z.strictObject({
  refs: z._default(
    z
      .array(
        z
          .string()
          .check(
            z.regex(/^refs\/[^*\s]+\*?$/, 'expected a ref name, or a prefix that ends in "*", such as "refs/heads/*"'),
          ),
      )
      .check(z.minLength(1, 'expected at least one: a replica of nothing would always be in sync')),
    [...DEFAULT_POLICY.refs],
  ),
  deletes: z._default(z.enum(['mirror', 'keep']), DEFAULT_POLICY.deletes),
});

const replica = z.strictObject({
  id: z.string().check(z.regex(/^[\w.-]{1,128}$/, 'expected 1 to 128 letters, digits, ".", "_" or "-"')),
  source: side,
  destination: side,
  policy: z._default(policy, { refs: [...DEFAULT_POLICY.refs], deletes: DEFAULT_POLICY.deletes }),
});

const settings = z.strictObject({ replicas: z.array(replica) });

/** A CodeCommit repository in a region. */
export type Side = z.infer<typeof side>;
/** One configured pair. */
export type Replica = z.infer<typeof replica>;
/** The content of `replication.json`. */
export type Settings = z.infer<typeof settings>;

/**
 * Reads `replication.json`. All that is wrong is said at once, each with its path, the value and what is allowed.
 *
 * @throws ReplicationError `input`
 */
export function parseSettings(json: string): Settings {
  const parsed = parse(json, settings, 'replication.json');
  const problems: string[] = [];
  const ids = new Set<string>();
  const destinations = new Map<string, string>();
  for (const { id, source, destination } of parsed.replicas) {
    const to = `${destination.region}/${destination.repository}`;
    if (ids.has(id)) problems.push(`two replicas have the id "${id}"`);
    if (destinations.has(to)) problems.push(`"${id}" and "${destinations.get(to)}" have the same destination ${to}`);
    if (to === `${source.region}/${source.repository}`)
      problems.push(`"${id}": source and destination are the same, ${to}`);
    ids.add(id);
    destinations.set(to, id);
  }
  if (problems.length > 0) throw new ReplicationError('input', `replication.json: ${problems.join('; ')}`);
  return parsed;
}

/** Reads one replica as the task gets it. */
export const parseReplica = (json: string): Replica => parse(json, replica, 'the replica');

/** The replica with this id; the error names those that there are. */
export function findReplica(settings: Settings, id: string): Replica {
  const found = settings.replicas.find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  const ids = settings.replicas.map((candidate) => `"${candidate.id}"`);
  const known = ids.length === 0 ? 'none is configured' : `expected one of ${ids.slice(0, 50).join(', ')}`;
  throw new ReplicationError('input', `"${printable(id)}" is not a replica: ${known}`);
}

function parse<T extends z.ZodMiniType>(json: string, schema: T, what: string): z.infer<T> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new ReplicationError('input', `${what} is not JSON: ${printable((error as Error).message)}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    const found = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      value,
    );
    const path = issue.path.map(String).join('.') || 'the document';
    return `${path} ${problemOf(issue, JSON.stringify(found))}`;
  });
  throw new ReplicationError('input', `${what}: ${problems.join('; ')}`);
}

/** What was found and what is allowed: zod's own words need a language pack, and do not name the value. */
function problemOf(issue: z.core.$ZodIssue, found: string | undefined): string {
  const is = found === undefined ? 'is missing' : `is ${printable(found, 80)}`;
  if (issue.code === 'unrecognized_keys') return `has unknown fields: "${printable(issue.keys.join('", "'), 80)}"`;
  if (issue.code === 'invalid_value')
    return `${is}: expected one of ${issue.values.map((value) => JSON.stringify(value)).join(', ')}`;
  if (issue.code === 'invalid_type')
    return `${is}: expected ${issue.expected === 'array' ? 'a list' : `of type ${issue.expected}`}`;
  return `${is}: ${issue.message}`;
}
