import { functionArn, ProvisionTarget, REGION, repositoryRequest, triggerRequest } from '../support/provision.ts';
import { removeFolders } from '../support/repository.ts';

let target: ProvisionTarget;
beforeAll(async () => {
  target = await ProvisionTarget.start();
});
afterAll(async () => {
  await target.stop();
  await removeFolders();
});

const NAME = 'expected a CodeCommit repository name: 1 to 100 letters, digits, ".", "_" or "-", not ending in ".git"';
const TRIGGER = 'expected the name of a trigger: 1 to 100 letters, digits, ".", "_" or "-"';
const DESTINATION = `expected the ARN of a Lambda function in ${REGION}, where the repository is, such as "arn:aws:lambda:${REGION}:111122223333:function:NAME"`;
const KEY = `expected the id, ARN or alias of a KMS key in ${REGION}, where the repository is`;

const HOSTILE_NAMES = [
  ['../../etc/passwd', '"../../etc/passwd"'],
  ['a/b', '"a/b"'],
  ['a.git', '"a.git"'],
  ['..', '".."'],
  ['', '""'],
  ['x\n', '"x\\n"'],
  ['$(id)', '"$(id)"'],
  ['a:b', '"a:b"'],
  ['rtl\u202etxt', '"rtl\\u{202e}txt"'],
  [['Source'], 'a list'],
  [{ Ref: 'Source' }, 'an object'],
  [7, '7'],
  [null, 'null'],
] as const;

/** The error of a request, which reached nobody. */
async function refusal(event: object): Promise<{ code: string; message: string }> {
  target.asked.length = 0;
  const error = await target.provision(event).then(
    () => {
      throw new Error('it succeeded');
    },
    (caught: { code: string; message: string }) => caught,
  );
  expect(target.asked).toEqual([]);
  expect(error.message).not.toMatch(/[\x00-\x1f\u202e]/);
  return error;
}

describe.each(['Create', 'Update'])('in a %s', (RequestType) => {
  it.each(HOSTILE_NAMES)(
    'the repository %j is refused, with property, value and what is expected',
    async (given, shown) => {
      const expected = typeof given === 'string' ? NAME : 'expected of type string';
      for (const request of [triggerRequest, repositoryRequest]) {
        const { code, message } = await refusal(request({ RepositoryName: given }, { RequestType }));

        expect(code).toBe('input');
        expect(message).toMatch(/^the properties of Custom::Ccrepl(Trigger|Repository): RepositoryName is /);
        expect(message).toContain(`RepositoryName is ${shown}: ${expected}`);
      }
    },
  );
});

it.each([
  ['a name with a space', { TriggerName: 'a b' }, `TriggerName is "a b": ${TRIGGER}`],
  ['a name with a comma', { TriggerName: 'a,b' }, `TriggerName is "a,b": ${TRIGGER}`],
  ['a name with a colon', { TriggerName: 'a:b' }, `TriggerName is "a:b": ${TRIGGER}`],
  ['no name', { TriggerName: undefined }, 'TriggerName is missing: expected of type string'],
  ['no destination', { DestinationArn: undefined }, 'DestinationArn is missing: expected of type string'],
  ['a topic', { DestinationArn: `arn:aws:sns:${REGION}:111122223333:t` }, DESTINATION],
  ['a function elsewhere', { DestinationArn: functionArn('f').replace(REGION, 'us-east-1') }, DESTINATION],
  ['a function without an account', { DestinationArn: `arn:aws:lambda:${REGION}::function:f` }, DESTINATION],
  ['two destinations', { DestinationArn: `${functionArn('f')},${functionArn('g')}` }, DESTINATION],
  ['a property in another spelling', { destinationArn: functionArn('f') }, 'has unknown fields: "destinationArn"'],
])('a trigger with %s is refused', async (_what, changes, says) => {
  const { code, message } = await refusal(triggerRequest(changes));

  expect(code).toBe('input');
  expect(message).toContain(says);
});

it.each([
  ['a description too long', { Description: 'x'.repeat(1001) }, 'Description is "xxx'],
  ['a key elsewhere', { KmsKeyId: 'arn:aws:kms:us-east-1:111122223333:key/k' }, KEY],
  ['a key of another service', { KmsKeyId: `arn:aws:s3:${REGION}:111122223333:key/k` }, KEY],
  ['an empty key', { KmsKeyId: '' }, `KmsKeyId is "": ${KEY}`],
  ['a key like a command', { KmsKeyId: '$(id)' }, `KmsKeyId is "$(id)": ${KEY}`],
  ['tags in a list', { Tags: [{ Key: 'a', Value: 'b' }] }, 'Tags is a list: expected an object'],
  ['a tag that is an object', { Tags: { a: { b: 'c' } } }, 'Tags.a is an object: expected of type string'],
  ['a tag of AWS', { Tags: { 'aws:x': 'y' } }, 'the key "aws:x": expected 1 to 128 characters that do not begin with'],
  ['an empty tag key', { Tags: { '': 'y' } }, 'the key "": expected 1 to 128 characters'],
  ['a tag too long', { Tags: { x: 'y'.repeat(257) } }, 'the value of "x": expected at most 256 characters'],
  [
    'too many tags',
    { Tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])) },
    'expected at most 50 tags, not 51',
  ],
  ['a property of something else', { Encryption: 'on' }, 'has unknown fields: "Encryption"'],
])('a repository with %s is refused', async (_what, changes, says) => {
  const { code, message } = await refusal(repositoryRequest(changes));

  expect(code).toBe('input');
  expect(message).toContain(says);
});

it('all that is wrong is said at once', async () => {
  const { message } = await refusal(triggerRequest({ RepositoryName: 'a b', TriggerName: '', Extra: 'x' }));

  expect(message).toMatch(/RepositoryName is "a b": .*; TriggerName is "": .*; .*"Extra"/);
});

it('what is wrong at great length gives an answer that CloudFormation still takes', async () => {
  const Tags = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`日${n}`, { a: '本'.repeat(500) }]));

  expect(Buffer.byteLength((await refusal(repositoryRequest({ Tags }))).message)).toBeLessThan(3_300);
});

it.each([
  ['a resource of another type', { ResourceType: 'Custom::Other' }, 'ResourceType is "Custom::Other": expected one of'],
  ['no type of request', { RequestType: undefined }, 'RequestType is missing: expected one of "Create", "Update"'],
  ['another type of request', { RequestType: 'create' }, 'RequestType is "create": expected one of'],
])('an event with %s is refused', async (_what, changes, says) => {
  const { code, message } = await refusal(triggerRequest({}, changes));

  expect(code).toBe('input');
  expect(message).toContain(says);
});

it('properties that are none at all are refused by the names of those that are missing', async () => {
  for (const ResourceProperties of ['Source', null, [], undefined])
    expect((await refusal(triggerRequest({}, { ResourceProperties }))).message).toContain('RepositoryName is missing');
});

it('nothing of it shows the URL that answers for the resource', async () => {
  await refusal(triggerRequest({}, { RequestType: 'x' }));

  expect(target.log.length).toBeGreaterThan(30);
  expect(JSON.stringify(target.log)).not.toContain('CANARY');
});
