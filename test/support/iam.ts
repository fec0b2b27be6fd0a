/**
 * A small evaluator of IAM policies: Allow and Deny by action, resource and condition, as far as ccrepl's policies go.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */

export interface Statement {
  sid: string;
  effect: 'Allow' | 'Deny';
  actions: readonly string[];
  resources: readonly string[];
  conditions: readonly Condition[];
}

export interface Condition {
  operator: string;
  key: string;
  values: readonly string[];
}

export interface Request {
  action: string;
  resource: string;
  /** The condition keys of the request; `worst`: whatever lets most be done, so that "not allowed" holds for every request. */
  context: Record<string, string> | 'worst';
}

export type Decision = 'allowed' | 'not allowed' | 'denied';

const UNDERSTOOD = ['Sid', 'Effect', 'Action', 'Resource', 'Condition', 'Principal'];

/** @throws Error for anything in a policy that this evaluator does not understand */
export function statementsOf(document: unknown, where: string): Statement[] {
  const { Version, Statement: statements, ...more } = document as Record<string, unknown>;
  refuse(where, Version === '2012-10-17' && Object.keys(more).length === 0, document);
  return many(statements).map((one) => statementOf(one as Record<string, unknown>, where));
}

function statementOf(given: Record<string, unknown>, where: string): Statement {
  refuse(
    where,
    Object.keys(given).every((key) => UNDERSTOOD.includes(key)),
    given,
  );
  const { Sid = '', Effect, Action, Resource = [], Condition = {} } = given;
  refuse(where, Effect === 'Allow' || Effect === 'Deny', given);
  const texts = [...many(Action), ...many(Resource), ...many(Object.values(Condition as object))];
  // A policy variable would be filled in with what the request has.
  refuse(where, !JSON.stringify(texts).includes('${'), given);
  const conditions = Object.entries(Condition as Record<string, Record<string, unknown>>).flatMap(
    ([operator, keys]) => {
      refuse(where, comparisonOf(operator) !== undefined, given);
      return Object.entries(keys).map(([key, values]) => ({ operator, key, values: many(values).map(String) }));
    },
  );
  return {
    sid: Sid as string,
    effect: Effect as 'Allow' | 'Deny',
    actions: many(Action) as string[],
    resources: many(Resource) as string[],
    conditions,
  };
}

/** An explicit Deny wins over every Allow. */
export function decide(statements: readonly Statement[], request: Request): Decision {
  const that = statements.filter((one) => applies(one, request));
  if (that.some(({ effect }) => effect === 'Deny')) return 'denied';
  return that.length > 0 ? 'allowed' : 'not allowed';
}

function applies(
  { effect, actions, resources, conditions }: Statement,
  { action, resource, context }: Request,
): boolean {
  if (!actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()))) return false;
  if (!resources.some((pattern) => matchesArn(pattern, resource))) return false;
  // A Deny that only some requests meet does not save from the others.
  if (context === 'worst') return effect === 'Allow' || conditions.length === 0;
  return conditions.every((condition) => holds(condition, context));
}

function holds({ operator, key, values }: Condition, context: Record<string, string>): boolean {
  const names = new Map(Object.entries(context).map(([name, value]) => [name.toLowerCase(), value]));
  const value = names.get(key.toLowerCase());
  if (value === undefined) return operator.endsWith('IfExists');
  return values.some((pattern) => comparisonOf(operator)?.(pattern, value));
}

const COMPARISONS: Record<string, (pattern: string, value: string) => boolean> = {
  StringEquals: (pattern, value) => pattern === value,
  StringLike: (pattern, value) => matches(pattern, value),
  Bool: (pattern, value) => pattern.toLowerCase() === value.toLowerCase(),
  // The two are the same in all that they do.
  ArnEquals: (pattern, value) => matchesArn(pattern, value),
  ArnLike: (pattern, value) => matchesArn(pattern, value),
};

const comparisonOf = (operator: string) => COMPARISONS[operator.replace(/IfExists$/, '')];

/** Each of the first five parts of an ARN for itself; the rest, whatever colons it has, as one. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const [wanted, given] = [partsOf(pattern), partsOf(arn)];
  return wanted.length === given.length && wanted.every((part, index) => matches(part, given[index] as string));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  if (parts[0] !== 'arn' || parts.length < 6) throw new Error(`"${arn}": expected an ARN, or "*"`);
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

/** `*` is any text, `?` any character. */
export function matches(pattern: string, text: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (one) => (one === '*' ? '.*' : one === '?' ? '.' : `\\${one}`));
  return new RegExp(`^${source}$`, 's').test(text);
}

const many = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function refuse(where: string, isUnderstood: boolean, what: unknown): void {
  if (isUnderstood) return;
  const known = [...UNDERSTOOD, ...Object.keys(COMPARISONS)].join(', ');
  throw new Error(
    `the policy of ${where} has ${JSON.stringify(what)}: expected only ${known}; teach test/support/iam.ts`,
  );
}
