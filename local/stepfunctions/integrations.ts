import { ApiError } from '../aws/api-error.ts';
import type { LocalTasks, RunTaskParameters, TaskOutput } from '../ecs/tasks.ts';
import type { LocalFunction } from '../lambda/functions.ts';
import type { LocalTopic } from '../sns/topic.ts';
import { onlyKnown, runtimeError, stateError } from './state-error.ts';

/** What a Task state's `Resource` does: takes the evaluated parameters, gives the result, or throws an error by name. */
export type Integration = (parameters: never, execution: ExecutionEdge) => Promise<unknown>;

/** What an integration knows of the execution that called it. */
export interface ExecutionEdge {
  arn: string;
  /** Aborted when the execution is stopped, or has ended otherwise before the integration has. */
  signal: AbortSignal;
}

export { stateError };

export function lambdaInvoke(functions: readonly LocalFunction[]): Integration {
  return async (parameters: { FunctionName: string; Payload?: unknown }) => {
    onlyKnown(parameters, ['FunctionName', 'Payload']);
    const { FunctionName, Payload } = parameters;
    const target = functions.find(({ arn, name }) => arn === FunctionName || name === FunctionName);
    if (target === undefined)
      throw stateError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
    const result = await target.invoke(Payload);
    if ('failure' in result) throw stateError(result.failure.errorType, JSON.stringify(result.failure));
    return { ExecutedVersion: '$LATEST', Payload: JSON.parse(result.payload), StatusCode: 200 };
  };
}

/** What has no meaning on one machine may be given too. */
const RUN_TASK = [
  ...['Cluster', 'TaskDefinition', 'Overrides', 'LaunchType', 'PlatformVersion', 'NetworkConfiguration'],
  ...['EnableExecuteCommand', 'EnableECSManagedTags', 'PropagateTags', 'Tags', 'Group', 'CapacityProviderStrategy'],
];

/** `.sync`: ends when the task has stopped. Any exit code but 0 fails the state, with the task as JSON text for a Cause. */
export function runTaskSync(tasks: LocalTasks, output: (execution: ExecutionEdge) => TaskOutput): Integration {
  return async (parameters: RunTaskParameters, execution: ExecutionEdge) => {
    onlyKnown(parameters, RUN_TASK);
    const task = await tasks.run(parameters, output(execution), execution.signal);
    if (task.Containers.some(({ ExitCode }) => ExitCode !== 0))
      throw stateError('States.TaskFailed', JSON.stringify(task));
    return task;
  };
}

interface PublishParameters {
  TopicArn: string;
  Subject?: string;
  /** What is not text is published as JSON text. */
  Message: unknown;
  MessageAttributes?: Record<string, { DataType: string; StringValue?: string }>;
}

export function snsPublish(topic: LocalTopic): Integration {
  return async (parameters: PublishParameters) => {
    onlyKnown(parameters, ['TopicArn', 'Subject', 'Message', 'MessageAttributes']);
    const { TopicArn, Subject = '', Message, MessageAttributes = {} } = parameters;
    const attributes = Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, attribute]) => [name, textOf(name, attribute)]),
    );
    const message = typeof Message === 'string' ? Message : JSON.stringify(Message);
    try {
      return { MessageId: topic.publish({ topicArn: TopicArn, subject: Subject, message, attributes }) };
    } catch (error) {
      if (error instanceof ApiError) throw stateError(`SNS.${error.name}Exception`, error.message);
      throw error;
    }
  };
}

function textOf(name: string, attribute: { DataType: string; StringValue?: string }): string {
  onlyKnown(attribute, ['DataType', 'StringValue']);
  const { DataType, StringValue } = attribute;
  if (DataType === 'String' && typeof StringValue === 'string' && StringValue !== '') return StringValue;
  throw runtimeError(`the message attribute ${name} must be of the DataType String, with a StringValue`);
}
