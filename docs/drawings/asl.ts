/** What a drawing needs of Amazon States Language: a machine, a Map's processor or a branch. */
export interface Scope {
  Comment?: string;
  StartAt: string;
  States: Record<string, State>;
  ProcessorConfig?: { Mode?: string };
}

export interface State {
  Type: string;
  Comment?: string;
  Next?: string;
  End?: boolean;
  Default?: string;
  Choices?: Rule[];
  Catch?: Catcher[];
  Retry?: { ErrorEquals: string[]; MaxAttempts?: number }[];
  Resource?: string;
  Parameters?: Record<string, unknown>;
  Arguments?: Record<string, unknown>;
  Error?: string;
  ErrorPath?: string;
  Seconds?: number | string;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
  ItemsPath?: string;
  MaxConcurrency?: number;
  ItemProcessor?: Scope;
  Iterator?: Scope;
  Branches?: Scope[];
}

export type Rule = Record<string, unknown> & { Next: string };

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
}

export const ANY_ERROR = 'States.ALL';

/** The machines inside a Map or Parallel state. */
export const innerScopes = ({ Branches, ItemProcessor, Iterator }: State): Scope[] =>
  Branches ?? [ItemProcessor ?? Iterator].filter((scope) => scope !== undefined);

/** Every state of this scope and of those inside it. */
export const allStates = (scope: Scope): [string, State][] =>
  Object.entries(scope.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...innerScopes(state).flatMap(allStates),
  ]);
