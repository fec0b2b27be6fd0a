/** An error as a state machine sees it: `name` is matched by Retry and Catch, the message is the Cause. */
export function stateError(name: string, cause: string): Error {
  const error = new Error(cause);
  error.name = name;
  return error;
}

/** An error that ends its execution whatever Retry and Catch say; the runner asks errors for these two fields. */
const fatal = (name: string, cause: string): Error =>
  Object.assign(stateError(name, cause), { isRetryable: false, isCatchable: false });

/** Parameters that no call can be made with. */
export const runtimeError = (problem: string): Error =>
  fatal('States.Runtime', `The Parameters could not be used to start the Task: [${problem}]`);

/** For what the runner begins in an execution that has ended. */
export const executionEnded = (): Error => fatal('States.Runtime', 'the execution has ended');

/** On AWS `States.ALL` does not match it; whether a Catch by its name would is not known, so here none does. */
export const dataLimitExceeded = (what: string): Error =>
  fatal('States.DataLimitExceeded', `${what} has over 262144 bytes, the most that Step Functions takes`);

/** What a state says that nobody would honour is refused, as AWS refuses it. */
export function onlyKnown(parameters: object, known: readonly string[]): void {
  if (typeof parameters !== 'object' || parameters === null) throw runtimeError('an object is needed');
  const unknown = Object.keys(parameters).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  throw runtimeError(unknown.map((name) => `The field "${name}" is not supported`).join(', '));
}
