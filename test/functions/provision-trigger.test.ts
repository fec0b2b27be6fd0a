import type { RepositoryTrigger } from '@aws-sdk/client-codecommit';
import {
  functionArn,
  OTHERS,
  OURS,
  ProvisionTarget,
  REGION,
  remove,
  triggerRequest,
  update,
} from '../support/provision.ts';
import { removeFolders } from '../support/repository.ts';

const ID = `ccrepl-trigger:${REGION}:Source:ccrepl`;
const [MAIL, BUILD] = OTHERS as [RepositoryTrigger, RepositoryTrigger];

let target: ProvisionTarget;
beforeEach(async () => {
  target = await ProvisionTarget.start(['GetRepositoryTriggers', 'PutRepositoryTriggers']);
});
afterEach(() => target.stop());
afterAll(removeFolders);

const puts = () => target.asked.filter((operation) => operation === 'PutRepositoryTriggers').length;

describe('a deployment', () => {
  it('gives the source repository one trigger, for all branches and events', async () => {
    await target.repository('Source');

    expect(await target.provision(triggerRequest())).toEqual({ PhysicalResourceId: ID, Data: {} });
    expect(await target.triggers('Source')).toEqual([OURS]);
    expect(target.asked).toEqual(['GetRepositoryTriggers', 'PutRepositoryTriggers', 'GetRepositoryTriggers']);
  });

  it('keeps the triggers of others as they were, each field of each', async () => {
    await target.repository('Source', OTHERS);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([...OTHERS, OURS]);
  });

  it('writes nothing where the list is right already', async () => {
    await target.repository('Source', [MAIL, OURS, BUILD]);

    const first = await target.provision(triggerRequest());
    const again = await target.provision(triggerRequest({}, update({})));

    expect([first, again]).toEqual([
      { PhysicalResourceId: ID, Data: {} },
      { PhysicalResourceId: ID, Data: {} },
    ]);
    expect(puts()).toBe(0);
    expect(target.log).toMatchObject([{ done: 'unchanged' }, { done: 'unchanged' }]);
  });

  it.each<[string, Partial<RepositoryTrigger>]>([
    ['only some branches', { branches: ['main'] }],
    ['only some events', { events: ['createReference'] }],
    ['custom data', { customData: 'x' }],
  ])('sets right a trigger of ours that has %s, in its place', async (_what, changes) => {
    await target.repository('Source', [MAIL, { ...OURS, ...changes }, BUILD]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([MAIL, OURS, BUILD]);
    expect(target.log).toMatchObject([{ done: 'replaced' }]);
  });

  it('leaves one where there were several of ours', async () => {
    await target.repository('Source', [OURS, MAIL, { ...OURS, destinationArn: `${OURS.destinationArn}:live` }]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([OURS, MAIL]);
  });

  it('leaves a trigger of another name alone, whatever it calls', async () => {
    const double = { ...OURS, name: 'ccrepl-too' };
    await target.repository('Source', [double]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([double, OURS]);
  });

  it('needs the right to read and to write triggers, and no other', async () => {
    await target.repository('Source', OTHERS);

    await target.provision(triggerRequest(), { as: 'limited' });
    await target.provision(triggerRequest({}, remove()), { as: 'limited' });

    expect(target.log).toMatchObject([{ done: 'added' }, { done: 'removed' }]);
  });

  it('says which right it has not', async () => {
    await target.stop();
    target = await ProvisionTarget.start(['GetRepositoryTriggers']);
    await target.repository('Source');

    await expect(target.provision(triggerRequest(), { as: 'limited' })).rejects.toMatchObject({
      code: 'auth',
      retryable: false,
      message: expect.stringMatching(
        /codecommit:PutRepositoryTriggers on resource: arn:aws:codecommit:[\w:-]+:Source$/,
      ),
    });
  });

  it('fails for a repository that does not exist, and says where it was looked for and what to do', async () => {
    await expect(target.provision(triggerRequest({ RepositoryName: 'Gone' }))).rejects.toMatchObject({
      code: 'missing',
      message: `there is no repository "Gone" in ${REGION}: expected the source of a replica. Create it, or correct its name and region in the configuration; then deploy again`,
    });
  });
});

describe('a trigger of our name that calls something else', () => {
  it.each([
    ['a function of another name', functionArn('theirs')],
    ['a topic', `arn:aws:sns:${REGION}:111122223333:ccrepl-on-push`],
    ['our function’s name in another account', functionArn('ccrepl-on-push').replace('111122223333', '999999999999')],
    ['a function that only begins like ours', functionArn('ccrepl-on-push-for-them')],
  ])('is not overwritten where it is %s: the error says whose it is and what to do', async (_what, destinationArn) => {
    const theirs = { ...OURS, destinationArn };
    await target.repository('Source', [theirs]);

    await expect(target.provision(triggerRequest())).rejects.toMatchObject({
      code: 'refused',
      message: `the repository "Source" in ${REGION} has a trigger "ccrepl" that calls ${destinationArn}: expected none, or one that calls ${OURS.destinationArn}. If it belongs to somebody else, give ours another TriggerName; if nobody needs it, delete it; then deploy again`,
    });
    expect(await target.triggers('Source')).toEqual([theirs]);
    expect(puts()).toBe(0);
  });

  const STACK = functionArn('ccrepl-OnPush9A8B-abcDEF123456');

  it.each([
    ['our function in another version', OURS.destinationArn, `${OURS.destinationArn}:7`],
    [
      'the function that CloudFormation made for an earlier deployment of the same stack',
      STACK,
      functionArn('ccrepl-OnPush9A8B-XYZ987654321'),
    ],
  ])('is replaced where it is %s: a deployment that failed left it', async (_what, DestinationArn = '', left) => {
    await target.repository('Source', [MAIL, { ...OURS, destinationArn: left }]);

    await target.provision(triggerRequest({ DestinationArn }));

    expect(await target.triggers('Source')).toEqual([MAIL, { ...OURS, destinationArn: DestinationArn }]);
  });

  it.each([
    ['another part of the stack', functionArn('ccrepl-Alert9A8B-XYZ987654321')],
    ['the same part of another stack', functionArn('other-OnPush9A8B-XYZ987654321')],
    ['a name that a person gave', functionArn('ccrepl-OnPush9A8B-replications')],
    ['the same name without its random end', functionArn('ccrepl-OnPush9A8B')],
  ])('is not ours where it is %s', async (_what, destinationArn) => {
    await target.repository('Source', [{ ...OURS, destinationArn }]);

    await expect(target.provision(triggerRequest({ DestinationArn: STACK }))).rejects.toMatchObject({
      code: 'refused',
    });
  });
});

describe('an update', () => {
  const OLD = functionArn('before');

  it('replaces the trigger that calls the function before', async () => {
    await target.repository('Source', [MAIL, { ...OURS, destinationArn: OLD }, BUILD]);

    const { PhysicalResourceId } = await target.provision(triggerRequest({}, update({ DestinationArn: OLD })));

    expect(PhysicalResourceId).toBe(ID);
    expect(await target.triggers('Source')).toEqual([MAIL, OURS, BUILD]);
  });

  it('that is rolled back replaces the one that had come', async () => {
    await target.repository('Source', [{ ...OURS, destinationArn: OLD }]);
    await target.provision(triggerRequest({}, update({ DestinationArn: OLD })));

    await target.provision(triggerRequest({ DestinationArn: OLD }, update({})));

    expect(await target.triggers('Source')).toEqual([{ ...OURS, destinationArn: OLD }]);
  });

  it('that is rolled back from properties that were refused takes nobody’s trigger for ours', async () => {
    const theirs = { ...OURS, destinationArn: `arn:aws:sns:${REGION}:111122223333:theirs` };
    await target.repository('Source', [theirs]);

    await expect(
      target.provision(triggerRequest({}, update({ DestinationArn: theirs.destinationArn }))),
    ).rejects.toMatchObject({ code: 'refused' });
    expect(await target.triggers('Source')).toEqual([theirs]);
  });

  it('to another repository or name gives another id, and the Delete of the old one takes the old trigger away', async () => {
    await target.repository('Old', [MAIL]);
    await target.repository('Source', [BUILD]);
    const old = await target.provision(triggerRequest({ RepositoryName: 'Old' }));

    const renamed = await target.provision(triggerRequest({}, update({ RepositoryName: 'Old' })));
    const both = [await target.triggers('Old'), await target.triggers('Source')];
    const gone = await target.provision(triggerRequest({ RepositoryName: 'Old' }, remove(old.PhysicalResourceId)));

    expect([old.PhysicalResourceId, renamed.PhysicalResourceId]).toEqual([ID.replace('Source', 'Old'), ID]);
    expect(gone.PhysicalResourceId).toBe(old.PhysicalResourceId);
    expect(both).toEqual([
      [MAIL, OURS],
      [BUILD, OURS],
    ]);
    expect(await target.triggers('Old')).toEqual([MAIL]);
    expect(await target.triggers('Source')).toEqual([BUILD, OURS]);
    expect((await target.provision(triggerRequest({ TriggerName: 'other' }))).PhysicalResourceId).toBe(
      ID.replace(':ccrepl', ':other'),
    );
  });
});

describe('ten triggers', () => {
  const ten = Array.from({ length: 10 }, (_, n) => ({ ...BUILD, name: `t${n}` }));

  it('are all that there may be: an eleventh is refused before anything is written, with the names and what to do', async () => {
    await target.repository('Source', ten);

    await expect(target.provision(triggerRequest())).rejects.toMatchObject({
      code: 'quota',
      message: `the repository "Source" in ${REGION} has 10 triggers, and CodeCommit allows 10: there is no room for "ccrepl". Delete one of these and deploy again: "t0", "t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9"`,
    });
    expect(puts()).toBe(0);
  });

  it('with ours among them can be set right', async () => {
    await target.repository('Source', [...ten.slice(1), { ...OURS, branches: ['main'] }]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([...ten.slice(1), OURS]);
  });

  it('of the longest names give an answer that CloudFormation still takes, with what to do in it', async () => {
    await target.repository(
      'Source',
      ten.map((trigger, n) => ({ ...trigger, name: `${n}`.padEnd(100, '日') })),
    );

    const error: Error = await target.provision(triggerRequest()).then(fail, (caught) => caught);

    expect(Buffer.byteLength(error.message)).toBeLessThan(3_300);
    expect(error.message).toContain('Delete one of these and deploy again');
    expect(error.message.match(/"\d日{59}…"/g)).toHaveLength(10);
  });
});

describe('a Delete', () => {
  it('takes ours away, leaves those of others as they were, and answers with the id that it was given', async () => {
    await target.repository('Source', [MAIL, OURS, BUILD]);

    expect(await target.provision(triggerRequest({}, remove()))).toEqual({ PhysicalResourceId: ID, Data: {} });
    expect(await target.triggers('Source')).toEqual([MAIL, BUILD]);
  });

  it('leaves a trigger of another name that calls our function', async () => {
    const double = { ...OURS, name: 'ccrepl-too' };
    await target.repository('Source', [double, OURS]);

    await target.provision(triggerRequest({}, remove()));

    expect(await target.triggers('Source')).toEqual([double]);
  });

  it('takes the last trigger away', async () => {
    await target.repository('Source', [OURS]);

    await target.provision(triggerRequest({}, remove()));

    expect(await target.triggers('Source')).toEqual([]);
  });

  it('leaves a trigger of our name that calls something else', async () => {
    const theirs = { ...OURS, destinationArn: functionArn('theirs') };
    await target.repository('Source', [theirs]);

    await target.provision(triggerRequest({}, remove()));

    expect(await target.triggers('Source')).toEqual([theirs]);
    expect(puts()).toBe(0);
  });

  it('that comes again writes nothing', async () => {
    await target.repository('Source', [MAIL, OURS]);
    await target.provision(triggerRequest({}, remove()));
    await target.provision(triggerRequest({}, remove()));

    expect(puts()).toBe(1);
    expect(target.log).toMatchObject([{ done: 'removed' }, { done: 'nothing' }]);
  });

  it('succeeds where the repository is gone, also between its reading and its writing', async () => {
    await target.provision(triggerRequest({}, remove()));
    await target.repository('Source', [OURS]);
    target.on('before', 'PutRepositoryTriggers', async () => {
      target.region.records.delete('Source');
    });

    await target.provision(triggerRequest({}, remove()));

    const why = `there is no repository "Source" in ${REGION} any more`;
    expect(target.log).toMatchObject([
      { done: 'nothing', why },
      { done: 'nothing', why },
    ]);
    expect(puts()).toBe(1);
  });

  it('means the repository of its id, not that of the properties', async () => {
    await target.repository('Source', [OURS]);
    await target.repository('Old', [OURS]);

    await target.provision(triggerRequest({}, remove(ID.replace('Source', 'Old'))));

    expect(await target.triggers('Source')).toEqual([OURS]);
    expect(await target.triggers('Old')).toEqual([]);
  });

  it('of an id in another region touches nothing here', async () => {
    await target.repository('Source', [OURS]);

    await target.provision(triggerRequest({}, remove(ID.replace(REGION, 'us-east-1'))));

    expect(target.asked).toEqual([]);
    expect(target.log).toMatchObject([{ done: 'nothing', why: expect.stringContaining('us-east-1') }]);
  });

  const MADE_UP = 'AWSCDK::CustomResourceProviderFramework::MISSING_PHYSICAL_ID';

  it('of a Create that failed before it wrote anything succeeds, and keeps the id', async () => {
    const theirs = { ...OURS, destinationArn: functionArn('theirs') };
    await target.repository('Source', [theirs]);
    for (const changes of [{}, { RepositoryName: 'Gone' }, { RepositoryName: 'a b' }, { DestinationArn: 'x' }]) {
      await expect(target.provision(triggerRequest(changes))).rejects.toThrow();
      expect(await target.provision(triggerRequest(changes, remove(MADE_UP)))).toEqual({
        PhysicalResourceId: MADE_UP,
        Data: {},
      });
    }
    expect(await target.triggers('Source')).toEqual([theirs]);
  });

  it('of a Create that failed after it had written takes what that one wrote away', async () => {
    await target.repository('Source', [MAIL]);
    target.on('after', 'PutRepositoryTriggers', async () => {
      target.refuse('GetRepositoryTriggers', 'EncryptionKeyDisabledException', 'The key is disabled');
    });
    await expect(target.provision(triggerRequest())).rejects.toThrow('expected in KmsKeyId an enabled');
    const left = await target.triggers('Source');

    await target.provision(triggerRequest({}, remove(MADE_UP)));

    expect(left).toEqual([MAIL, OURS]);
    expect(await target.triggers('Source')).toEqual([MAIL]);
  });
});

it('writes one line a request that says what was done, without the URL that answers for the resource', async () => {
  await target.repository('Source', [MAIL]);

  await target.provision(triggerRequest());
  await expect(target.provision(triggerRequest({ RepositoryName: 'Gone' }))).rejects.toThrow();

  const common = { time: expect.any(String), request: 'Create', resourceType: 'Custom::CcreplTrigger' };
  expect(target.log).toEqual([
    {
      ...common,
      level: 'info',
      message: 'provisioned',
      logicalResourceId: 'Resource',
      region: REGION,
      physicalResourceId: ID,
      done: 'added',
      repository: 'Source',
      trigger: 'ccrepl',
      writes: 1,
      triggers: '"mail", "ccrepl"',
    },
    {
      ...common,
      level: 'error',
      message: 'not provisioned',
      logicalResourceId: 'Resource',
      region: REGION,
      code: 'missing',
      retryable: false,
      error: expect.stringContaining('"Gone"'),
    },
  ]);
  expect(JSON.stringify(target.log)).not.toContain('CANARY');
});

const fail = (): never => {
  throw new Error('it succeeded');
};
