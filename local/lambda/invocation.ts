/** An error that a handler threw, as Lambda reports it. */
export interface FunctionFailure {
  errorType: string;
  errorMessage: string;
  trace: string[];
}

export type Invocation = { payload: string } | { failure: FunctionFailure };
