import type { LocalTasks, RunTaskParameters, TaskOutput } from '../ecs/tasks.ts';
import type { LocalFunction } from '../lambda/functions.ts';
import type { LocalTopic } from '../sns/topic.ts';

/** What a Task state's `Resource` does: takes the evaluated parameters, gives the result, or throws an error by name. */
export type Integration = (parameters: never, execution: ExecutionEdge) => Promise<unknown>;

/** What an integration knows of the execution that called it. */
export interface ExecutionEdge {
  arn: string;
  /** Aborted when the execution is stopped. */
  signal: AbortSignal;
}

/** An error as a state machine sees it: `name` is matched by Retry and Catch, the message is the Cause. */
export function stateError(name: string, cause: string): Error {
  const error = new Error(cause);
  error.name = name;
  return error;
}

export function lambdaInvoke(functions: readonly LocalFunction[]): Integration {
  return async ({ FunctionName, Payload }: { FunctionName: string; Payload?: unknown }) => {
    const target = functions.find(({ arn, name }) => arn === FunctionName || name === FunctionName);
    if (target === undefined)
      throw stateError('Lambda.ResourceNotFoundException', `Function not found: ${FunctionName}`);
    const result = await target.invoke(Payload);
    if ('failure' in result) throw stateError(result.failure.errorType, JSON.stringify(result.failure));
    return { ExecutedVersion: '$LATEST', Payload: JSON.parse(result.payload), StatusCode: 200 };
  };
}

/** `.sync`: ends when the task has stopped. Any exit code but 0 fails the state, with the task as JSON text for a Cause. */
export function runTaskSync(tasks: LocalTasks, output: (execution: ExecutionEdge) => TaskOutput): Integration {
  return async (parameters: RunTaskParameters, execution: ExecutionEdge) => {
    const task = await tasks.run(parameters, output(execution), execution.signal);
    if (task.Containers.some(({ ExitCode }) => ExitCode !== 0))
      throw stateError('States.TaskFailed', JSON.stringify(task));
    return task;
  };
}

export function snsPublish(topic: LocalTopic): Integration {
  return async ({ TopicArn, Subject = '', Message }: { TopicArn: string; Subject?: string; Message: string }) => ({
    MessageId: topic.publish({ topicArn: TopicArn, subject: Subject, message: Message, attributes: {} }),
  });
}
