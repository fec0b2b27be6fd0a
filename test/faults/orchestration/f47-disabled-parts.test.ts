import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { REPLICA } from '../../../local/demonstration.ts';
import type { DeadLetter } from '../../../local/lambda/asynchronous.ts';
import { aFunction, aQuestion, outcomeOf, Written } from '../../support/functions.ts';
import { HOME, PushTarget, pushRecord } from '../../support/push-target.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';
import { stateError, Workflow } from '../../support/workflow.ts';

afterAll(removeFolders);

it.each(['AccessDeniedException', 'KmsInvalidStateException', 'ExecutionLimitExceeded'])(
  'F47: an event for which no execution can be started (%s) is tried three times, and is then kept whole, with the reason',
  async (code) => {
    const target = await PushTarget.start();
    target.refusals.set(REPLICA.id, Array(9).fill(code));
    const letters: DeadLetter[] = [];
    const written = new Written();
    const onPush = await aFunction({
      folder: 'on-push',
      replicas: [REPLICA],
      env: { AWS_ENDPOINT_URL: target.origin, CCREPL_STATE_MACHINE_ARN: HOME.stateMachineArn },
      onOutput: written.onOutput,
      onDeadLetter: (letter) => letters.push(letter),
    });
    const event = { Records: [pushRecord('e1')] };

    await onPush.invokeAsync(event);
    const records = await written.records(6);
    await onPush.stop();
    await target.stop();

    // test/infra/alarms.test.ts: the depth of the queue, and the function's errors, have an alarm each.
    expect(letters).toMatchObject([
      {
        event,
        attempts: 3,
        failure: {
          errorType: 'Ccrepl.NotStarted',
          errorMessage: expect.stringContaining(`"${REPLICA.id}" (${code}: `),
        },
      },
    ]);
    expect(records.filter(({ level }) => level === 'error')).toHaveLength(3);
  },
);

it.each(['Lambda.TooManyRequestsException', 'Sandbox.Timedout', 'Lambda.ServiceException', 'Lambda.Unknown'])(
  'F47: a comparison whose function fails for a while (%s) is made later, and told to nobody; if it never can be, once',
  async (name) => {
    const flow = await Workflow.start();
    flow.push({ 'refs/heads/main': '2' });
    flow.onCompare = (_replica, count) => {
      if (count <= 2) throw stateError(name, 'not now');
    };
    const passing = await flow.run();
    const told = [...flow.verdictsTold];
    flow.onCompare = () => {
      throw stateError(name, 'never');
    };
    for (let n = 0; n < 3; n++) await flow.runSweep();
    flow.onCompare = () => {};
    await flow.runSweep();

    expect([passing.status, told]).toEqual(['SUCCEEDED', []]);
    expect(flow.verdictsTold).toEqual(['unknown', 'in-sync']);
    expect(flow.isInSync()).toBe(true);
    await flow.stop();
  },
);

describe('F47: a repository whose key KMS does not give', () => {
  const KEY = 'arn:aws:kms:ap-northeast-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  let two: TwoRegions;
  /** Refuses all that it is asked, over git and as an API. */
  let refusing: LocalServer;
  let refusal: string;
  beforeAll(async () => {
    two = await TwoRegions.start('codecommit');
    const clone = await Clone.init();
    await clone.commit();
    await clone.push(two.sourceUrl, 'main');
    await clone.push(two.destinationUrl, 'main');
    refusing = await listen(async (request, response) => {
      for await (const _ of request);
      const message = `The encryption key ${KEY} is not to be used`;
      response.writeHead(400, { 'x-amzn-ErrorType': refusal });
      response.end(
        request.method === 'GET'
          ? `<${refusal}><Message>${message}</Message></${refusal}>`
          : JSON.stringify({ __type: refusal, message }),
      );
    }, 0);
  });
  afterAll(async () => {
    await refusing.close();
    await two.stop();
  });

  /** What the real function says of the pair; git servers are the real ones unless told otherwise. */
  async function compare(source = two.source.origin) {
    const compareHeads = await aFunction({
      folder: 'compare-heads',
      replicas: [REPLICA],
      env: {
        AWS_ENDPOINT_URL: refusing.origin,
        CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': source, 'ap-northeast-3': two.destination.origin }),
      },
    });
    const outcome = outcomeOf(await compareHeads.invoke(aQuestion()));
    await compareHeads.stop();
    return outcome;
  }

  it.each([
    ['EncryptionKeyDisabledException', 'Ccrepl.Auth'],
    ['EncryptionKeyAccessDeniedException', 'Ccrepl.Auth'],
    ['EncryptionKeyUnavailableException', 'Ccrepl.Transient'],
  ])(
    'F47: is not compared if git cannot read it (%s is %s), and the error names side and key',
    async (exception, errorType) => {
      refusal = exception;

      expect(await compare(refusing.origin)).toMatchObject({
        errorType,
        errorMessage: expect.stringMatching(new RegExp(`^source .*${exception}.*${KEY}`)),
      });
    },
  );

  it('F47: is compared by what git reads if only the API refuses, and the comparison names side and key', async () => {
    refusal = 'EncryptionKeyDisabledException';

    const { verdict, warnings } = await compare();

    expect(verdict).toBe('in-sync');
    expect(warnings).toEqual(
      ['source', 'destination'].map((side) =>
        expect.stringMatching(new RegExp(`^the default branch of the ${side} could not be read: .*${refusal}.*${KEY}`)),
      ),
    );
  });
});
