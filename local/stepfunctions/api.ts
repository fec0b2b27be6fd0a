import { ApiError, unsupported } from '../aws/api-error.ts';
import { epochSeconds, type JsonObject, text } from '../aws/json.ts';
import type { Execution, LocalMachine } from './machine.ts';

/** Step Functions' API, as far as a person or a program starts, watches and stops executions. */
export async function callStepFunctions(
  machines: readonly LocalMachine[],
  operation: string,
  input: JsonObject,
): Promise<object> {
  switch (operation) {
    case 'StartExecution': {
      const machine = byArn(machines, text(input, 'stateMachineArn'));
      const name = input['name'] as string | undefined;
      if (name !== undefined && !/^[\w-]{1,80}$/.test(name))
        throw new ApiError('InvalidName', `Invalid Name: '${name}'`);
      const execution = machine.start(jsonText(input['input'] ?? '{}'), name);
      return { executionArn: execution.arn, startDate: epochSeconds(execution.startDate) };
    }
    case 'DescribeExecution':
      return describe(executionByArn(machines, text(input, 'executionArn')).execution);
    case 'StopExecution': {
      const { machine, execution } = executionByArn(machines, text(input, 'executionArn'));
      await machine.stop(execution);
      return { stopDate: epochSeconds(execution.stopDate ?? new Date()) };
    }
    case 'ListExecutions': {
      const machine = byArn(machines, text(input, 'stateMachineArn'));
      const wanted = input['statusFilter'];
      const listed = machine.executions.filter(({ status }) => wanted === undefined || status === wanted);
      return { executions: listed.reverse().map(summary) };
    }
    case 'ListStateMachines':
      return { stateMachines: machines.map((machine) => ({ ...describeMachine(machine), creationDate: 0 })) };
    case 'DescribeStateMachine': {
      const machine = byArn(machines, text(input, 'stateMachineArn'));
      const definition = JSON.stringify(machine.definition);
      return {
        ...describeMachine(machine),
        status: 'ACTIVE',
        definition,
        roleArn: 'arn:aws:iam::000000000000:role/local',
        creationDate: 0,
      };
    }
    default:
      throw unsupported('Step Functions', operation);
  }
}

function jsonText(input: unknown): string {
  try {
    JSON.parse(String(input));
    return String(input);
  } catch {
    throw new ApiError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
  }
}

const describeMachine = ({ arn }: LocalMachine) => ({
  stateMachineArn: arn,
  name: arn.split(':').at(-1),
  type: 'STANDARD',
});

function byArn(machines: readonly LocalMachine[], arn: string): LocalMachine {
  const machine = machines.find((candidate) => candidate.arn === arn);
  if (machine !== undefined) return machine;
  throw new ApiError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
}

function executionByArn(
  machines: readonly LocalMachine[],
  arn: string,
): { machine: LocalMachine; execution: Execution } {
  for (const machine of machines) {
    const execution = machine.find(arn);
    if (execution !== undefined) return { machine, execution };
  }
  throw new ApiError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
}

const summary = (execution: Execution) => ({
  executionArn: execution.arn,
  stateMachineArn: execution.arn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, ''),
  name: execution.name,
  status: execution.status,
  startDate: epochSeconds(execution.startDate),
  ...(execution.stopDate && { stopDate: epochSeconds(execution.stopDate) }),
});

const describe = (execution: Execution) => ({
  ...summary(execution),
  input: execution.input,
  ...(execution.output !== undefined && { output: execution.output }),
  ...(execution.error !== undefined && { error: execution.error, cause: execution.cause }),
});
