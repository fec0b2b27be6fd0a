import type { Machine, TaskState } from './asl.ts';
import { NotModelled } from './paths.ts';

/** What a Task state asks, and whom. */
export type Service = 'read-input' | 'compare' | 'alert' | 'publish' | 'table' | 'task' | 'describe' | 'start';

const FUNCTIONS: Record<string, Service> = {
  [`\${ReadInputFunctionArn}`]: 'read-input',
  [`\${CompareHeadsFunctionArn}`]: 'compare',
  [`\${AlertFunctionArn}`]: 'alert',
};

const RESOURCES: Record<string, Service> = {
  'arn:aws:states:::dynamodb:updateItem': 'table',
  'arn:aws:states:::ecs:runTask.sync': 'task',
  'arn:aws:states:::aws-sdk:sfn:describeExecution': 'describe',
  'arn:aws:states:::sns:publish': 'publish',
  'arn:aws:states:::states:startExecution': 'start',
};

/** Refuses a machine that asks somebody whom the model does not have. */
export function servicesOf(machine: Machine): Map<string, Service> {
  const tasks = [...machine.states.values()].filter((state) => state.type === 'Task');
  return new Map(tasks.map((state) => [state.name, serviceOf(state)]));
}

function serviceOf({ name, resource, template }: TaskState): Service {
  const service =
    resource === 'arn:aws:states:::lambda:invoke' ? FUNCTIONS[String(template['FunctionName'])] : RESOURCES[resource];
  if (service === undefined) throw new NotModelled(`${name}: the model does not know ${resource}`);
  return service;
}
