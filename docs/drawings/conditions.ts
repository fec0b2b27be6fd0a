import { shortExpression, shortPath } from './paths.ts';

type Clause = Record<string, unknown>;

/** A comparison of a Choice rule: what is compared, how, and with what. */
interface Comparison {
  path: string;
  is: string;
  value: string;
}

const OPERATORS: Record<string, string> = {
  Equals: '=',
  LessThan: '<',
  LessThanEquals: '≤',
  GreaterThan: '>',
  GreaterThanEquals: '≥',
};
const OPPOSITES: Record<string, string> = {
  '=': '≠',
  '<': '≥',
  '≤': '>',
  '>': '≤',
  '≥': '<',
  is: 'is not',
  has: 'has no',
  like: 'is not like',
  'not set': 'is set',
  'is set': 'not set',
};

/** The condition of a Choice rule in short: `verdict = in-sync`, `tries.transient.count < 3`. */
export function conditionText(rule: Clause): string {
  if (typeof rule['Condition'] === 'string') return shortExpression(rule['Condition']);
  if (Array.isArray(rule['And'])) return all(rule['And']);
  if (Array.isArray(rule['Or'])) return any(rule['Or']);
  if (rule['Not'] !== undefined) return none(rule['Not'] as Clause);
  return comparisonText(comparisonOf(rule));
}

const LONG = 30;

/** Long ones come last: what is cut off a label is then the least of it. */
const longLast = (texts: string[]): string[] =>
  texts.toSorted((one, other) => Number(one.length > LONG) - Number(other.length > LONG));

/** That something is there need not be said where its value is asked for in the same breath. */
function all(clauses: Clause[]): string {
  const asked = new Set(clauses.filter((clause) => clause['IsPresent'] === undefined).map(variableOf));
  const telling = clauses.filter((clause) => clause['IsPresent'] !== true || !asked.has(variableOf(clause)));
  return longLast(telling.map((clause) => bracketed(conditionText(clause)))).join(' and ');
}

const variableOf = ({ Variable, Not }: Clause): string =>
  shortPath(String(Variable ?? (Not as Clause | undefined)?.['Variable']));

const bracketed = (text: string): string => (text.includes(' or ') ? `(${text})` : text);

/** Many values of one thing are one comparison: `verdict = behind | diverged`. */
function any(clauses: Clause[]): string {
  const simple = clauses.every((clause) => clause['Variable'] !== undefined && clause['IsPresent'] === undefined);
  const [first, ...others] = simple ? clauses.map(comparisonOf) : [];
  if (first && others.every(({ path, is }) => path === first.path && is === first.is)) {
    return comparisonText({ ...first, value: joined([first, ...others].map(({ value }) => value)) });
  }
  return longLast([...new Set(clauses.map(conditionText))]).join(' or ');
}

/** `ExitCode 10` and `ExitCode 143` share their first word. */
function joined(values: string[]): string {
  const groups = Map.groupBy(new Set(values), (value) => (/^\w+ \d+$/.test(value) ? value.split(' ')[0] : value));
  const texts = [...groups].map(([word, each]) =>
    each.length === 1 ? each[0]! : `${word} ${each.map((value) => value.split(' ')[1]).join('|')}`,
  );
  return texts.sort((one, other) => one.length - other.length).join(' | ');
}

function none(clause: Clause): string {
  if (clause['Variable'] === undefined) return `not (${conditionText(clause)})`;
  const comparison = comparisonOf(clause);
  const opposite = OPPOSITES[comparison.is];
  return opposite ? comparisonText({ ...comparison, is: opposite }) : `not (${comparisonText(comparison)})`;
}

const comparisonText = ({ path, is, value }: Comparison): string => `${path} ${is} ${value}`.trimEnd();

function comparisonOf(clause: Clause): Comparison {
  const path = shortPath(String(clause['Variable']));
  const [name = '', value] =
    Object.entries(clause).find(([key]) => !['Variable', 'Next', 'Comment', 'Assign', 'Output'].includes(key)) ?? [];
  if (name === 'IsPresent') return { path, is: value === true ? 'is set' : 'not set', value: '' };
  if (name.startsWith('Is')) return { path, is: value === true ? 'is' : 'is not', value: name.slice(2).toLowerCase() };
  if (name === 'StringMatches') return { path, ...pattern(String(value)) };
  const operator = name.replace(/^(String|Numeric|Boolean|Timestamp)/, '').replace(/Path$/, '');
  return {
    path,
    is: OPERATORS[operator] ?? operator,
    value: name.endsWith('Path') ? shortPath(String(value)) : String(value),
  };
}

/** A pattern that looks for a piece of JSON text, as it reads without its quotes. */
function pattern(text: string): Omit<Comparison, 'path'> {
  const piece = text.replace(/^\*|\*$/g, '');
  if (!text.startsWith('*') || !text.endsWith('*') || piece.includes('*')) return { is: 'like', value: text };
  return {
    is: 'has',
    value: piece.replace(/[,}]$/, '').replace(/":"?/g, ' ').replaceAll('"', ''),
  };
}
