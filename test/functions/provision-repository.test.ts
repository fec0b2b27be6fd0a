import { REPOSITORIES_MAX } from '../../local/codecommit/new-repository.ts';
import { ACCOUNT, ProvisionTarget, REGION, remove, repositoryRequest } from '../support/provision.ts';
import { removeFolders } from '../support/repository.ts';

const ID = `ccrepl-repository:${REGION}:Destination`;
const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY}`;

let target: ProvisionTarget;
beforeEach(async () => {
  target = await ProvisionTarget.start(['GetRepository', 'CreateRepository']);
});
afterEach(() => target.stop());
afterAll(removeFolders);

const data = (Created: string, name = 'Destination') => ({
  Arn: `arn:aws:codecommit:${REGION}:${ACCOUNT}:${name}`,
  CloneUrlHttp: `${target.region.origin}/v1/repos/${name}`,
  Created,
});
const record = () => target.region.records.get('Destination');

describe('a repository that is missing', () => {
  it('is created with its description, its tags and its key', async () => {
    const Tags = { team: 'a b', 'cost-center': '', 日本: '“x”' };

    const answer = await target.provision(repositoryRequest({ Description: 'a “copy”\n', KmsKeyId: KEY_ARN, Tags }));

    expect(answer).toEqual({ PhysicalResourceId: ID, Data: data('true') });
    expect(record()).toMatchObject({ description: 'a “copy”\n', kmsKeyId: KEY_ARN, tags: Tags });
    expect(await target.region.store.names()).toEqual(['Destination']);
    expect(target.log).toMatchObject([
      { level: 'info', message: 'provisioned', done: 'created', repository: 'Destination' },
    ]);
  });

  it('is created plain where nothing is said of it', async () => {
    await target.provision(repositoryRequest());

    expect(record()).toMatchObject({ description: undefined, kmsKeyId: undefined, tags: {} });
  });

  it('is created with the right to read and to create repositories, and no other', async () => {
    await target.provision(repositoryRequest(), { as: 'limited' });
    await target.provision(repositoryRequest(), { as: 'limited' });

    expect(target.log).toMatchObject([{ done: 'created' }, { done: 'adopted' }]);
  });

  it('that somebody creates at the same moment is taken as theirs', async () => {
    target.on('before', 'CreateRepository', () => target.repository('Destination'));

    expect(await target.provision(repositoryRequest({ Description: 'ours' }))).toEqual({
      PhysicalResourceId: ID,
      Data: data('false'),
    });
    expect(record()?.description).toBeUndefined();
    expect(target.asked).toEqual(['GetRepository', 'CreateRepository', 'GetRepository']);
  });

  it('that comes and goes at the same moment is an error that may pass', async () => {
    target.on('before', 'CreateRepository', () => target.repository('Destination'));
    target.on('after', 'CreateRepository', async () => target.region.records.delete('Destination'));

    await expect(target.provision(repositoryRequest())).rejects.toMatchObject({
      code: 'conflict',
      retryable: true,
      message: expect.stringMatching(/^the repository "Destination" in ap-northeast-1 came and went .* Deploy again/),
    });
  });

  it('is there for good when the answer to its creation was lost', async () => {
    target.on('after', 'CreateRepository', async () => {
      throw new Error('the connection breaks');
    });

    expect((await target.provision(repositoryRequest({ Description: 'ours' }))).Data).toEqual(data('false'));
    expect(record()?.description).toBe('ours');
  });

  it('is created in spite of throttling, as CodeCommit throttles: with XML at status 400', async () => {
    target.region.throttle = { api: 2 };

    expect((await target.provision(repositoryRequest())).Data['Created']).toBe('true');
    expect(target.asked).toHaveLength(4);
  });
});

describe('a repository that is there', () => {
  beforeEach(async () => {
    await target.repository('Destination');
    Object.assign(record() ?? {}, { description: 'theirs', tags: { theirs: 'yes' }, kmsKeyId: KEY_ARN });
  });

  it('is taken as it is, in a Create and in an Update, and nothing on it is changed', async () => {
    const before = { ...record() };
    const wanted = { Description: 'ours', Tags: { ours: 'yes' } };

    const answers = [
      await target.provision(repositoryRequest(wanted)),
      await target.provision(repositoryRequest(wanted, { RequestType: 'Update', PhysicalResourceId: ID })),
    ];

    expect(answers).toEqual(Array(2).fill({ PhysicalResourceId: ID, Data: data('false') }));
    expect(record()).toEqual(before);
    expect(target.asked).toEqual(['GetRepository', 'GetRepository']);
    expect(target.log).toMatchObject(Array(2).fill({ level: 'info', done: 'adopted' }));
  });

  it.each([
    ['the ARN', KEY_ARN, KEY_ARN],
    ['the id', KEY, KEY_ARN],
    ['the ARN, and is shown by its id', KEY_ARN, KEY],
  ])('with the key that is wanted by %s is nothing to warn of', async (_what, KmsKeyId, kmsKeyId) => {
    Object.assign(record() ?? {}, { kmsKeyId });

    await target.provision(repositoryRequest({ KmsKeyId }));

    expect(target.log).toMatchObject([{ level: 'info' }]);
  });

  it.each([
    ['another key', 'other-key', KEY_ARN, `encrypted with the KMS key ${KEY_ARN}, not with other-key`],
    ['a key of AWS', KEY, undefined, `encrypted with a key of AWS, not with ${KEY}`],
    [
      'a key where an alias is wanted',
      'alias/ours',
      KEY_ARN,
      `encrypted with the KMS key ${KEY_ARN}, which may be another than alias/ours`,
    ],
  ])('with %s is warned of in the log, and left as it is', async (_what, KmsKeyId, kmsKeyId, says) => {
    Object.assign(record() ?? {}, { kmsKeyId });

    await target.provision(repositoryRequest({ KmsKeyId }));

    expect(target.log).toMatchObject([
      {
        level: 'warn',
        done: 'adopted',
        warnings: [expect.stringMatching(/nothing was changed. To change it, use Up/)],
      },
    ]);
    expect(target.log[0]?.['warnings']).toEqual([expect.stringContaining(says)]);
    expect(record()?.kmsKeyId).toBe(kmsKeyId);
  });

  it('stays on a Delete, which asks CodeCommit nothing and says so', async () => {
    expect(await target.provision(repositoryRequest({}, remove(ID)))).toEqual({ PhysicalResourceId: ID, Data: {} });

    expect(target.asked).toEqual([]);
    expect(target.log).toMatchObject([{ request: 'Delete', done: 'kept', why: expect.stringContaining('stay') }]);
  });

  it('gets another id by another name, so that CloudFormation sends a Delete for the old one, which keeps it', async () => {
    const renamed = await target.provision(
      repositoryRequest({ RepositoryName: 'Renamed' }, { RequestType: 'Update', PhysicalResourceId: ID }),
    );
    await target.provision(repositoryRequest({}, remove(ID)));

    expect(renamed).toEqual({
      PhysicalResourceId: ID.replace('Destination', 'Renamed'),
      Data: data('true', 'Renamed'),
    });
    expect([...target.region.records.keys()]).toEqual(['Destination', 'Renamed']);
  });
});

it('a Delete of a Create that failed succeeds, whatever its properties are', async () => {
  await expect(target.provision(repositoryRequest({ RepositoryName: 'a b' }))).rejects.toThrow();

  expect(await target.provision(repositoryRequest({ RepositoryName: 'a b' }, remove('made-up')))).toEqual({
    PhysicalResourceId: 'made-up',
    Data: {},
  });
});

describe('a refusal', () => {
  it('of an account with as many repositories as it may have says so and what to do', async () => {
    for (let n = 0; n < REPOSITORIES_MAX; n++) target.region.record(`R${n}`);

    await expect(target.provision(repositoryRequest())).rejects.toMatchObject({
      code: 'quota',
      message: expect.stringMatching(/RepositoryLimitExceededException: .*Delete one, or have the quota raised \(Serv/),
    });
  });

  it.each([
    [
      'OperationNotAllowedException',
      'refused',
      'Create one in the console to see whether it may; if not, ask AWS Support; then deploy again',
    ],
    ['EncryptionKeyNotFoundException', 'input', 'expected in KmsKeyId an enabled symmetric key of the region'],
    ['EncryptionKeyAccessDeniedException', 'input', 'whose policy lets this function use it through CodeCommit'],
    ['TagPolicyException', 'input', 'correct the property Tags'],
  ])('by %s says what CodeCommit said and what to do', async (exception, code, advice) => {
    target.refuse('CreateRepository', exception, 'CreateRepository request is not allowed');

    const failed = target.provision(repositoryRequest());

    await expect(failed).rejects.toMatchObject({ code, retryable: false });
    await expect(failed).rejects.toThrow(
      `AWS (codecommit:CreateRepository): ${exception}: CreateRepository request is not allowed: `,
    );
    await expect(failed).rejects.toThrow(advice);
  });

  it('of the right to create says which right it was', async () => {
    await target.stop();
    target = await ProvisionTarget.start(['GetRepository']);

    await expect(target.provision(repositoryRequest(), { as: 'limited' })).rejects.toMatchObject({
      code: 'auth',
      message: expect.stringContaining('codecommit:CreateRepository on resource'),
    });
  });
});
