import { ApiError, unsupported } from '../aws/api-error.ts';
import { epochSeconds, type JsonObject, text } from '../aws/json.ts';
import type { Execution, LocalMachine } from './machine.ts';

type Operation = (machines: readonly LocalMachine[], input: JsonObject) => object | Promise<object>;

/** As far as a person or a program starts, watches and stops executions; every other operation is refused by name. */
const OPERATIONS: Record<string, Operation> = {
  StartExecution: (machines, input) => {
    const machine = byArn(machines, text(input, 'stateMachineArn'));
    const execution = machine.start(String(input['input'] ?? '{}'), input['name'] as string | undefined);
    return { executionArn: execution.arn, startDate: epochSeconds(execution.startDate) };
  },
  DescribeExecution: (machines, input) => describe(executionByArn(machines, text(input, 'executionArn')).execution),
  StopExecution: async (machines, input) => {
    const { machine, execution } = executionByArn(machines, text(input, 'executionArn'));
    await machine.stop(execution);
    return { stopDate: epochSeconds(execution.stopDate ?? new Date()) };
  },
  ListExecutions: (machines, input) => {
    const machine = byArn(machines, text(input, 'stateMachineArn'));
    const wanted = input['statusFilter'];
    const listed = machine.executions.filter(({ status }) => wanted === undefined || status === wanted);
    return { executions: listed.reverse().map(summary) };
  },
  ListStateMachines: (machines) => ({
    stateMachines: machines.map((machine) => ({ ...describeMachine(machine), creationDate: 0 })),
  }),
  DescribeStateMachine: (machines, input) => {
    const machine = byArn(machines, text(input, 'stateMachineArn'));
    const definition = JSON.stringify(machine.definition);
    return {
      ...describeMachine(machine),
      status: 'ACTIVE',
      definition,
      roleArn: 'arn:aws:iam::000000000000:role/local',
      creationDate: 0,
    };
  },
};

/** Names of the operations that the look-alike supports. */
export const STEP_FUNCTIONS_OPERATIONS = Object.keys(OPERATIONS);

export async function callStepFunctions(
  machines: readonly LocalMachine[],
  operation: string,
  input: JsonObject,
): Promise<object> {
  const run = Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation] : undefined;
  if (run === undefined) throw unsupported('Step Functions', operation);
  return run(machines, input);
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
