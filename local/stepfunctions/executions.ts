import { ApiError } from '../aws/api-error.ts';
import type { ExecutionEdge, Integration } from './integrations.ts';
import type { Execution, LocalMachine } from './machine.ts';
import { onlyKnown, runtimeError, stateError } from './state-error.ts';

interface StartParameters {
  StateMachineArn: string;
  Input?: unknown;
  Name?: string;
}

/** Step Functions' own calls by `Resource`. The machines are asked for at each call: they may call each other. */
export function executionCalls(machines: () => readonly LocalMachine[]): Record<string, Integration> {
  const start = (parameters: StartParameters) => {
    onlyKnown(parameters, ['StateMachineArn', 'Input', 'Name']);
    const { StateMachineArn, Input = {}, Name } = parameters;
    // Whether AWS takes text as it is, or as a JSON string, is not known.
    if (typeof Input === 'string') throw runtimeError('Input is text: only JSON is supported');
    const machine = machines().find(({ arn }) => arn === StateMachineArn);
    if (machine === undefined)
      throw stateError(
        'StepFunctions.StateMachineDoesNotExistException',
        `State Machine Does Not Exist: '${StateMachineArn}'`,
      );
    try {
      return { machine, execution: machine.start(JSON.stringify(Input), Name) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw stateError(`StepFunctions.${error.name.replace(/(Exception)?$/, 'Exception')}`, error.message);
    }
  };
  return {
    'arn:aws:states:::states:startExecution': async (parameters: StartParameters) => {
      const { arn, startDate } = start(parameters).execution;
      return { ExecutionArn: arn, StartDate: startDate.getTime() };
    },
    'arn:aws:states:::states:startExecution.sync:2': async (parameters: StartParameters, { signal }: ExecutionEdge) => {
      const { machine, execution } = start(parameters);
      await endOf(machine, execution, signal);
      const description = describe(machine, execution, (date) => date.getTime(), JSON.parse);
      if (execution.status !== 'SUCCEEDED') throw stateError('States.TaskFailed', JSON.stringify(description));
      return description;
    },
    'arn:aws:states:::aws-sdk:sfn:describeExecution': async (parameters: { ExecutionArn: string }) => {
      onlyKnown(parameters, ['ExecutionArn']);
      const { ExecutionArn } = parameters;
      for (const machine of machines()) {
        const execution = machine.find(ExecutionArn);
        if (execution !== undefined)
          return describe(
            machine,
            execution,
            (date) => date.toISOString(),
            (json) => json,
          );
      }
      throw stateError('Sfn.ExecutionDoesNotExistException', `Execution Does Not Exist: '${ExecutionArn}'`);
    },
  };
}

/** Waits for the end of an execution; `signal` stops it. */
async function endOf(machine: LocalMachine, execution: Execution, signal: AbortSignal): Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped = machine.stop(execution);
  };
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  await execution.ended;
  signal.removeEventListener('abort', stop);
  await stopped;
}

/** What DescribeExecution answers, in the names that Step Functions gives to it. */
const describe = (
  { arn }: LocalMachine,
  execution: Execution,
  date: (at: Date) => unknown,
  payload: (json: string) => unknown,
) => ({
  ExecutionArn: execution.arn,
  StateMachineArn: arn,
  Name: execution.name,
  Status: execution.status,
  StartDate: date(execution.startDate),
  ...(execution.stopDate && { StopDate: date(execution.stopDate) }),
  Input: payload(execution.input),
  ...(execution.output !== undefined && { Output: payload(execution.output) }),
  ...(execution.error !== undefined && { Error: execution.error }),
  ...(execution.cause !== undefined && { Cause: execution.cause }),
});
