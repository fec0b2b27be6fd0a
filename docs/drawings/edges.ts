import { ANY_ERROR, type Scope, type State } from './asl.ts';
import { conditionText } from './conditions.ts';
import { shortened, wrapped } from './text.ts';

/** `rest` is the way of every error that nobody expects, to where many of them go. */
export type EdgeKind = 'next' | 'caught' | 'rest';

export interface Edge {
  from: string;
  to: string;
  kind: EdgeKind;
  label: string[];
}

/** From how many states on an error's way is everybody's way, and no longer worth a label. */
const MANY = 3;
const COLUMNS = 28;
const LINES = 4;

export function edgesOf({ States }: Scope): Edge[] {
  const catchers = Object.values(States).flatMap(({ Catch = [] }) => Catch);
  const generic = (to: string) =>
    catchers.filter(({ Next, ErrorEquals }) => Next === to && ErrorEquals.includes(ANY_ERROR)).length >= MANY;
  return Object.entries(States).flatMap(([from, state]) => [
    ...(state.Next === undefined ? [] : [{ from, to: state.Next, kind: 'next' as const, label: [] }]),
    ...rulesOf(from, state),
    ...caughtOf(from, state, generic),
  ]);
}

/** Rules are tried in their order, so they are numbered where there is more than one. Those with the same end share an edge. */
function rulesOf(from: string, { Choices = [], Default }: State): Edge[] {
  const number = (index: number) => (Choices.length > 1 ? `${index + 1}. ` : '');
  const ways = Choices.map((rule, index) => ({
    to: rule.Next,
    lines: wrapped(number(index) + conditionText(rule), COLUMNS, LINES),
  }));
  if (Default !== undefined) ways.push({ to: Default, lines: ['otherwise'] });
  return [...Map.groupBy(ways, ({ to }) => to)].map(([to, same]) => ({
    from,
    to,
    kind: 'next',
    label: same.flatMap(({ lines }) => lines),
  }));
}

function caughtOf(from: string, { Catch = [] }: State, generic: (to: string) => boolean): Edge[] {
  return [...Map.groupBy(Catch, ({ Next }) => Next)].map(([to, same]) => {
    const errors = same.flatMap(({ ErrorEquals }) => ErrorEquals);
    if (!errors.includes(ANY_ERROR)) return { from, to, kind: 'caught', label: errorLines(errors) };
    if (generic(to)) return { from, to, kind: 'rest', label: [] };
    return { from, to, kind: 'caught', label: [Catch.length === 1 ? 'any error' : 'any other error'] };
  });
}

const errorLines = (errors: string[]): string[] =>
  (errors.length <= LINES ? errors : [...errors.slice(0, LINES - 1), `and ${errors.length - LINES + 1} more`]).map(
    errorName,
  );

/** `DynamoDB.ConditionalCheckFailedException` says no more than `ConditionalCheckFailed`. */
const errorName = (error: string): string =>
  error.length <= COLUMNS ? error : shortened(error.replace(/^\w+\./, '').replace(/Exception$/, ''), COLUMNS);
