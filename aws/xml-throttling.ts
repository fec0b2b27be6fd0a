/** As much of an SDK client as is needed to add to how it reads answers. */
interface Client {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>,
      options: { step: 'deserialize'; priority: 'high'; name: string },
    ): void;
  };
}

/**
 * Makes a client understand how CodeCommit throttles: with XML, at status 400, on a JSON API (terraform#22686). The SDK fails to
 * read that (`SyntaxError`) and does not try again; as the exception that it means, the SDK's own backoff applies.
 */
export function understandXmlThrottling<C>(client: C): C {
  (client as unknown as Client).middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        const { name, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
        if (name !== 'SyntaxError' || ($metadata?.httpStatusCode ?? 0) < 400) throw error;
        const throttled = new Error('the API answered with XML, as CodeCommit does when it throttles', {
          cause: error,
        });
        throw Object.assign(throttled, {
          name: 'ThrottlingException',
          $fault: 'client',
          $retryable: { throttling: true },
          $metadata,
        });
      }
    },
    { step: 'deserialize', priority: 'high', name: 'understandXmlThrottling' },
  );
  return client;
}
