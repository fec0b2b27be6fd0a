import { innerScopes, type State } from './asl.ts';
import { shortExpression, shortPath } from './paths.ts';
import { shortened, widthOf } from './text.ts';

export type Kind = 'task' | 'choice' | 'pass' | 'wait' | 'success' | 'failure' | 'frame' | 'start';

/** What a box shows. */
export interface Face {
  kind: Kind;
  /** What the state does, in one line under its name. */
  does: string;
  /** How often it is tried again: a number for each retrier. */
  retries: string;
}

export const NAME_SIZE = 13;
export const LINE_SIZE = 11;
const PADDING = 12;
/** The tips of a Choice. */
export const TIP = 12;
const LINE_LENGTH = 48;

export const faceOf = (state: State): Face => ({
  kind: kindOf(state),
  does: shortened(doesOf(state), LINE_LENGTH),
  retries: (state.Retry ?? [])
    .map(({ MaxAttempts = 3 }) => MaxAttempts)
    .filter((attempts) => attempts > 0)
    .join('+'),
});

function kindOf(state: State): Kind {
  if (innerScopes(state).length > 0) return 'frame';
  if (state.Type === 'Fail') return 'failure';
  if (state.Type === 'Succeed' || (state.Type === 'Pass' && state.End)) return 'success';
  if (state.Type === 'Choice') return 'choice';
  if (state.Type === 'Wait') return 'wait';
  return state.Type === 'Pass' ? 'pass' : 'task';
}

function doesOf(state: State): string {
  if (state.Type === 'Task') return callOf(state);
  if (state.Type === 'Wait') return `wait ${waitOf(state)}`;
  if (state.Type === 'Map') return mapOf(state);
  if (state.Type === 'Fail') return state.Error ?? '';
  return '';
}

/** `lambda: compare-heads`, `ecs:runTask.sync`: a Lambda function by its name, anything else by its API. */
function callOf({ Resource = '', Parameters, Arguments }: State): string {
  const call = Resource.replace(/^arn:[\w-]+:states:[^:]*:[^:]*:/, '').replace(/^aws-sdk:/, '');
  if (call.startsWith('lambda:invoke')) return `lambda: ${nameIn({ ...Parameters, ...Arguments }['FunctionName'])}`;
  return /^arn:[\w-]+:lambda:|^\$\{/.test(Resource) ? `lambda: ${nameIn(Resource)}` : call;
}

/** `${CompareHeadsFunctionArn}` is how a deployment fills the name of compare-heads in. */
const nameIn = (arn: unknown): string =>
  String(arn ?? '?')
    .replace(/^.*:function:/, '')
    .replace(/^\$\{(\w+?)(Function)?(Arn|Name)?\}$/, '$1')
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-')
    .toLowerCase();

function waitOf({ Seconds, SecondsPath, Timestamp, TimestampPath }: State): string {
  if (SecondsPath !== undefined) return shortPath(SecondsPath);
  if (Seconds !== undefined) return typeof Seconds === 'number' ? `${Seconds} s` : shortExpression(Seconds);
  return `until ${TimestampPath === undefined ? Timestamp : shortPath(TimestampPath)}`;
}

function mapOf({ ItemsPath, MaxConcurrency, ItemProcessor }: State): string {
  const each = ItemsPath === undefined ? 'each item' : `each of ${shortPath(ItemsPath)}`;
  const distributed = ItemProcessor?.ProcessorConfig?.Mode === 'DISTRIBUTED' ? ', distributed' : '';
  return `${each}${MaxConcurrency ? `, ${MaxConcurrency} at a time` : ''}${distributed}`;
}

/** The second line with the mark of the retries, as it is drawn. */
export const secondLine = ({ does, retries }: Face): string =>
  [does, retries && `↻ ${retries}`].filter((part) => part !== '').join(' ');

export function sizeOf(name: string, face: Face): { width: number; height: number } {
  const line = secondLine(face);
  const text = Math.max(widthOf(name, NAME_SIZE, true), widthOf(line, LINE_SIZE));
  const tips = face.kind === 'choice' ? TIP : 0;
  return { width: text + 2 * (PADDING + tips), height: line === '' ? 32 : 44 };
}
