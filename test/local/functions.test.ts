import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type FunctionOptions, LocalFunction } from '../../local/lambda/functions.ts';
import { lambdaInvoke } from '../../local/stepfunctions/integrations.ts';
import { aQuestion } from '../support/functions.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const ARN = 'arn:aws:lambda:ap-northeast-1:111122223333:function:ccrepl-f';
const FUNCTIONS = join(import.meta.dirname, '..', '..', 'functions');
const edge = { arn: 'arn:aws:states:r:1:execution:m:e', signal: new AbortController().signal };

/** Does what its event says, and counts what this instance was given. */
const PROGRAM = `
let count = 0;
const never = new Promise(() => {});
export async function handler(event, context) {
  count += 1;
  switch (event.do) {
    case 'env': return { ...process.env };
    case 'context': return context;
    case 'echo': return event;
    case 'nothing': return undefined;
    case 'say': console.log('one'); console.error('two'); return null;
    case 'throw': throw Object.assign(new Error('why'), { name: 'Its.Name' });
    case 'hang': console.log('hangs'); return never;
    case 'crash': setImmediate(() => { throw new Error('crashed'); }); return never;
    case 'exit': process.exit(3);
  }
  return count;
}
`;

let running: LocalFunction[] = [];
afterEach(async () => {
  await Promise.all(running.map((target) => target.stop()));
  running = [];
});
afterAll(removeFolders);

function own(options: Partial<FunctionOptions> & { folder: string }) {
  const target = new LocalFunction({ arn: ARN, env: {}, onOutput: () => {}, ...options });
  running.push(target);
  return target;
}

/** A function whose handler is the program above. */
async function aFunction(options: Partial<FunctionOptions> = {}) {
  const folder = join(await aFolder(), 'f');
  await mkdir(folder);
  await writeFile(join(folder, 'handler.ts'), PROGRAM);
  return own({ ...options, folder: relative(FUNCTIONS, folder) });
}

/** One of ccrepl's own functions, with the settings of one replica. */
async function ours(folder: string, env: Record<string, string> = {}, onOutput?: (line: string) => void) {
  const settings = join(await aFolder(), 'replication.json');
  const replica = {
    id: 'R',
    source: { region: 'ap-northeast-1', repository: 'Source' },
    destination: { region: 'ap-northeast-3', repository: 'Destination' },
  };
  await writeFile(settings, JSON.stringify({ replicas: [replica] }));
  // Nobody listens there: a test that came so far would fail by its error.
  const nowhere = JSON.stringify({ 'ap-northeast-1': 'http://127.0.0.1:9', 'ap-northeast-3': 'http://127.0.0.1:9' });
  return own({
    folder,
    env: { AWS_REGION: 'ap-northeast-1', CCREPL_SETTINGS: settings, CCREPL_GIT_ENDPOINTS: nowhere, ...env },
    ...(onOutput && { onOutput }),
  });
}

/** Takes lines as they come: an answer does not wait for the log. */
function linesOf(count: number): { lines: Promise<string[]>; onOutput: (line: string) => void } {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const seen: string[] = [];
  const onOutput = (line: string) => {
    if (seen.push(line) === count) resolve(seen);
  };
  return { lines: promise, onOutput };
}

const payload = (text: unknown) => ({ payload: JSON.stringify(text) });

/** Sets variables of this process while `work` runs. */
async function withEnvironment<T>(env: Record<string, string>, work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  try {
    return await work();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

describe('a function', () => {
  it('has exactly the environment that it was given, and nothing of this process', async () => {
    const target = await aFunction({ env: { GIVEN: '1' } });

    const invocation = await withEnvironment({ CCREPL_LEAK: '1' }, () => target.invoke({ do: 'env' }));

    expect(invocation).toEqual(payload({ GIVEN: '1' }));
  });

  it('does not borrow the keys of whoever runs the local mode', async () => {
    const target = await ours('compare-heads');
    const keys = { AWS_ACCESS_KEY_ID: 'AKIASOMEBODY', AWS_SECRET_ACCESS_KEY: 'secret' };

    const invocation = await withEnvironment(keys, () => target.invoke(aQuestion({ run: { replica: 'R' } })));

    expect(invocation).toMatchObject({
      failure: { errorType: 'Ccrepl.Auth', errorMessage: 'no AWS credentials in the environment of the function' },
    });
  });

  it('is told its own name and ARN, and an id for each event', async () => {
    const target = await aFunction();

    const contexts = [await target.invoke({ do: 'context' }), await target.invoke({ do: 'context' })].map(
      (invocation) => JSON.parse('payload' in invocation ? invocation.payload : 'null'),
    );

    for (const context of contexts) {
      expect(context).toEqual({
        functionName: 'ccrepl-f',
        invokedFunctionArn: ARN,
        awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
    }
    expect(contexts[0].awsRequestId).not.toBe(contexts[1].awsRequestId);
  });

  it('gets an event and gives an answer as JSON would carry them', async () => {
    const target = await aFunction();
    const event = { do: 'echo', at: new Date(0), gone: undefined, text: 'ä"\n' };

    expect(await target.invoke(event)).toEqual(payload({ do: 'echo', at: '1970-01-01T00:00:00.000Z', text: 'ä"\n' }));
    expect(await target.invoke({ do: 'nothing' })).toEqual({ payload: 'null' });
  });

  it('stays warm from one event to the next', async () => {
    const target = await aFunction();

    expect([await target.invoke({}), await target.invoke({}), await target.invoke({})]).toEqual([1, 2, 3].map(payload));
  });

  it('answers each of many events at once with its own answer', async () => {
    const target = await aFunction();
    const events = Array.from({ length: 20 }, (_, n) => ({ do: 'echo', n }));

    expect(await Promise.all(events.map((event) => target.invoke(event)))).toEqual(events.map(payload));
  });

  it('hands over every line that it writes, to both outputs', async () => {
    const { lines, onOutput } = linesOf(2);
    const target = await aFunction({ onOutput });

    await target.invoke({ do: 'say' });

    expect((await lines).sort()).toEqual(['one', 'two']);
  });
});

describe('an error of a handler', () => {
  it('is reported by its name, its message and its trace, and the function stays warm', async () => {
    const target = await aFunction();
    await target.invoke({});

    const invocation = await target.invoke({ do: 'throw' });

    expect(invocation).toEqual({ failure: { errorType: 'Its.Name', errorMessage: 'why', trace: expect.any(Array) } });
    expect('failure' in invocation && invocation.failure.trace.join('\n')).toContain('handler.ts');
    expect(await target.invoke({})).toEqual(payload(3));
  });

  it('is called as in the error table', async () => {
    const target = await ours('compare-heads');

    const invocation = await target.invoke(aQuestion({ run: { replica: 'x' } }));

    expect(invocation).toMatchObject({
      failure: { errorType: 'Ccrepl.Input', errorMessage: expect.stringContaining('expected one of "R"') },
    });
  });

  it('that happens while it is loaded fails every event with what is missing', async () => {
    const target = own({ folder: 'on-push' });

    const first = await target.invoke({});

    expect(first).toMatchObject({ failure: { errorMessage: expect.stringContaining('CCREPL_SETTINGS is missing') } });
    expect(await target.invoke({})).toMatchObject({
      failure: { errorMessage: expect.stringContaining('CCREPL_SETTINGS is missing') },
    });
  });
});

describe('a function that crashes', () => {
  it.each([
    ['crash', 'crashed'],
    ['exit', 'the function ended'],
  ])('fails all that is under way: %s', async (how, errorMessage) => {
    const target = await aFunction();
    await target.invoke({});

    const both = await Promise.all([target.invoke({ do: 'hang' }), target.invoke({ do: how })]);

    const failed = { failure: { errorType: 'Runtime.ExitError', errorMessage, trace: [] } };
    expect(both).toEqual([failed, failed]);
  });

  it.each(['crash', 'exit'])('starts anew with the next event: %s', async (how) => {
    const target = await aFunction();
    await target.invoke({});
    await target.invoke({ do: how });

    const next = await target.invoke({});

    expect(next).toEqual(payload(1));
  });
});

describe('a function that was stopped', () => {
  const stopped = { failure: { errorType: 'Runtime.ExitError', errorMessage: 'the function was stopped', trace: [] } };

  it('fails all that is under way, and every event after that', async () => {
    const { lines: begun, onOutput } = linesOf(1);
    const target = await aFunction({ onOutput });
    const waiting = target.invoke({ do: 'hang' });
    await begun;

    await target.stop();

    expect(await waiting).toEqual(stopped);
    expect(await target.invoke({})).toEqual(stopped);
  });

  it('never starts, not even for its first event', async () => {
    const target = await aFunction();

    await target.stop();

    expect(await target.invoke({})).toEqual(stopped);
  });

  it('tries nothing again that it was given before or is given now, and calls none of it a dead letter', async () => {
    const { lines: begun, onOutput } = linesOf(1);
    const letters: object[] = [];
    const target = await aFunction({ onOutput, pauseMs: 3_600_000, onDeadLetter: (letter) => letters.push(letter) });
    const before = target.invokeAsync({ do: 'hang' });
    await begun;

    await target.stop();
    await Promise.all([before, target.invokeAsync({})]);

    expect(letters).toEqual([]);
  });
});

describe('the integration lambda:invoke', () => {
  it.each([ARN, 'ccrepl-f'])('finds a function as %s, and hands over what it gives', async (FunctionName) => {
    const invoke = lambdaInvoke([await aFunction()]);

    expect(await invoke({ FunctionName, Payload: { do: 'echo' } } as never, edge)).toEqual({
      ExecutedVersion: '$LATEST',
      Payload: { do: 'echo' },
      StatusCode: 200,
    });
  });

  it('fails by the name of the handler’s error, with all of it as JSON for a Cause', async () => {
    const invoke = lambdaInvoke([await aFunction()]);

    const error = await invoke({ FunctionName: ARN, Payload: { do: 'throw' } } as never, edge).catch((e: Error) => e);

    expect(error).toMatchObject({ name: 'Its.Name' });
    expect(JSON.parse((error as Error).message)).toEqual({
      errorType: 'Its.Name',
      errorMessage: 'why',
      trace: expect.any(Array),
    });
  });

  it('fails by name when there is no such function', async () => {
    const invoke = lambdaInvoke([await aFunction()]);

    await expect(invoke({ FunctionName: 'other' } as never, edge)).rejects.toMatchObject({
      name: 'Lambda.ResourceNotFoundException',
      message: 'Function not found: other',
    });
  });
});

it('lets on-push say what it ignores, as JSON lines and in its answer', async () => {
  const { lines, onOutput } = linesOf(2);
  const env = { CCREPL_STATE_MACHINE_ARN: 'arn:aws:states:r:1:stateMachine:m' };
  const target = await ours('on-push', env, onOutput);

  const invocation = await target.invoke({ Records: [{ eventSource: 'aws:s3' }] });

  expect(JSON.parse('payload' in invocation ? invocation.payload : 'null')).toEqual({
    started: [],
    duplicates: [],
    failed: [],
    ignored: { records: 1, reasons: [expect.stringContaining('eventSource')] },
  });
  expect((await lines).map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', message: 'push', ignored: 1 },
    { PushesIgnored: 1 },
  ]);
});
