import { parentPort, workerData } from 'node:worker_threads';

/** One warm instance of a Lambda function: loads the real handler once, in an environment of its own. */
const { handlerPath } = workerData as { handlerPath: string };
const loaded = import(handlerPath) as Promise<{ handler: (event: unknown, context: object) => unknown }>;
// A handler that cannot be loaded fails each event, not the worker.
loaded.catch(() => {});

parentPort?.on('message', async ({ id, event, context }: { id: number; event: unknown; context: object }) => {
  try {
    const { handler } = await loaded;
    const value = await handler(event, context);
    // As Lambda does: what comes back has been JSON.
    parentPort?.postMessage({ id, payload: JSON.stringify(value ?? null) });
  } catch (error) {
    const { name, message, stack } = error as Error;
    parentPort?.postMessage({
      id,
      failure: { errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] },
    });
  }
});
