import * as codecommit from '@aws-sdk/client-codecommit';
import { Region } from '../../local/codecommit/region.ts';
import { ACCOUNT, functionArn, OURS, REGION } from '../support/provision.ts';
import { aFolder, removeFolders } from '../support/repository.ts';

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'test-secret' };

let region: Region;
let client: codecommit.CodeCommitClient;
beforeAll(async () => {
  const principal = { arn: `arn:aws:iam::${ACCOUNT}:user/test`, credentials, may: () => true };
  region = new Region({ name: REGION, account: ACCOUNT, directory: await aFolder(), principals: [principal] });
  await region.start();
  region.record('Source');
  client = new codecommit.CodeCommitClient({ region: REGION, endpoint: region.origin, credentials, maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await region.stop();
  await removeFolders();
});

it.each<[string, object, new (...args: never[]) => Error]>([
  ['without a name', { name: undefined }, codecommit.RepositoryTriggerNameRequiredException],
  ['of a name with a space', { name: 'a b' }, codecommit.InvalidRepositoryTriggerNameException],
  ['of a name with a comma', { name: 'a,b' }, codecommit.InvalidRepositoryTriggerNameException],
  ['of a name too long', { name: 'x'.repeat(101) }, codecommit.InvalidRepositoryTriggerNameException],
  ['without a destination', { destinationArn: undefined }, codecommit.RepositoryTriggerDestinationArnRequiredException],
  [
    'for a queue',
    { destinationArn: functionArn('q').replace('lambda', 'sqs') },
    codecommit.InvalidRepositoryTriggerDestinationArnException,
  ],
  [
    'for another region',
    { destinationArn: functionArn('f').replace(REGION, 'us-east-1') },
    codecommit.InvalidRepositoryTriggerRegionException,
  ],
  ['without a list of branches', { branches: undefined }, codecommit.RepositoryTriggerBranchNameListRequiredException],
  ['of eleven branches', { branches: Array(11).fill('b') }, codecommit.MaximumBranchesExceededException],
  ['without events', { events: [] }, codecommit.RepositoryTriggerEventsListRequiredException],
  ['of an unknown event', { events: ['push'] }, codecommit.InvalidRepositoryTriggerEventsException],
  ['of all events and one', { events: ['all', 'createReference'] }, codecommit.InvalidRepositoryTriggerEventsException],
  ['of custom data too long', { customData: 'x'.repeat(1001) }, codecommit.InvalidRepositoryTriggerCustomDataException],
])(
  'the look-alike refuses a trigger %s with CodeCommit’s exception, and keeps what was there',
  async (_what, changes, exception) => {
    const triggers = [{ ...OURS, ...changes }] as codecommit.RepositoryTrigger[];

    await expect(
      client.send(new codecommit.PutRepositoryTriggersCommand({ repositoryName: 'Source', triggers })),
    ).rejects.toBeInstanceOf(exception);
    expect(region.records.get('Source')?.triggers).toEqual([]);
  },
);

it.each<[string, object, new (...args: never[]) => Error]>([
  [
    'of a description too long',
    { repositoryDescription: 'x'.repeat(1001) },
    codecommit.InvalidRepositoryDescriptionException,
  ],
  ['of a key that is none', { kmsKeyId: '$(id)' }, codecommit.EncryptionKeyInvalidIdException],
  ['of a tag of AWS', { tags: { 'aws:x': 'y' } }, codecommit.InvalidSystemTagUsageException],
  ['of a tag too long', { tags: { x: 'y'.repeat(257) } }, codecommit.InvalidTagsMapException],
  [
    'of 51 tags',
    { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])) },
    codecommit.TooManyTagsException,
  ],
])(
  'the look-alike refuses a repository %s with CodeCommit’s exception, and creates none',
  async (_what, input, exception) => {
    await expect(
      client.send(new codecommit.CreateRepositoryCommand({ repositoryName: 'New', ...input })),
    ).rejects.toBeInstanceOf(exception);
    expect(await region.store.names()).toEqual([]);
  },
);

it('the look-alike refuses triggers that are no list', async () => {
  await expect(
    client.send(new codecommit.PutRepositoryTriggersCommand({ repositoryName: 'Source', triggers: undefined })),
  ).rejects.toBeInstanceOf(codecommit.RepositoryTriggersListRequiredException);
});
