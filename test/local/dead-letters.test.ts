import { AsynchronousInvocations, type DeadLetter } from '../../local/lambda/asynchronous.ts';
import type { Invocation } from '../../local/lambda/invocation.ts';
import type { LocalSystem } from '../../local/system.ts';
import { removeFolders } from '../support/repository.ts';
import { aSystem } from '../support/system.ts';

const ARN = 'arn:aws:lambda:ap-northeast-1:111122223333:function:ccrepl-f';
const failed = (errorMessage: string): Invocation => ({
  failure: { errorType: 'Its.Name', errorMessage, trace: [] },
});
const done: Invocation = { payload: 'null' };

/** Answers each attempt in turn; keeps what it was asked. */
function target(answers: Invocation[], pauseMs = 0) {
  const asked: [unknown, string][] = [];
  const letters: DeadLetter[] = [];
  const invocations = new AsynchronousInvocations({
    functionArn: ARN,
    pauseMs,
    invoke: async (event, requestId) => {
      asked.push([event, requestId]);
      return answers[asked.length - 1] as Invocation;
    },
    onDeadLetter: (letter) => letters.push(letter),
  });
  return { invocations, asked, letters };
}

let system: LocalSystem | undefined;
afterEach(() => system?.stop());
afterAll(removeFolders);

it('delivers an event that works once', async () => {
  const { invocations, asked, letters } = target([done]);

  await invocations.deliver({ n: 1 });

  expect(asked).toHaveLength(1);
  expect(letters).toEqual([]);
});

it('tries an event that fails twice more, under one request id, and then keeps it as a dead letter', async () => {
  const { invocations, asked, letters } = target([failed('one'), failed('two'), failed('three')]);

  await invocations.deliver({ n: 1 });

  expect(asked).toHaveLength(3);
  expect(new Set(asked.map(([, requestId]) => requestId)).size).toBe(1);
  expect(letters).toEqual([
    {
      functionArn: ARN,
      requestId: asked[0]?.[1],
      event: { n: 1 },
      attempts: 3,
      failure: { errorType: 'Its.Name', errorMessage: 'three', trace: [] },
    },
  ]);
});

it('keeps nothing when the third attempt works', async () => {
  const { invocations, asked, letters } = target([failed('one'), failed('two'), done]);

  await invocations.deliver({});

  expect(asked).toHaveLength(3);
  expect(letters).toEqual([]);
});

it('tries nothing again once it is stopped, and calls that no dead letter', async () => {
  const { invocations, asked, letters } = target([failed('one'), done], 3_600_000);

  const delivery = invocations.deliver({});
  invocations.stop();
  await delivery;

  expect(asked).toHaveLength(1);
  expect(letters).toEqual([]);
});

it('does not even try an event that comes once it is stopped', async () => {
  const { invocations, asked, letters } = target([done]);

  invocations.stop();
  await invocations.deliver({});

  expect(asked).toEqual([]);
  expect(letters).toEqual([]);
});

it('shows a trigger’s dead letter, and does not count as idle before', async () => {
  const shown: DeadLetter[] = [];
  system = await aSystem({ onDeadLetter: (letter) => shown.push(letter) });
  const arn = 'arn:aws:lambda:ap-northeast-1:111122223333:function:ccrepl-compare-heads';

  system.invokeAsync(arn, { run: { replica: 'nobody' } });
  await system.idle();

  expect(system.deadLetters).toHaveLength(1);
  expect(system.deadLetters[0]).toMatchObject({ functionArn: arn, attempts: 3, event: { run: { replica: 'nobody' } } });
  expect(shown).toEqual(system.deadLetters);
});
