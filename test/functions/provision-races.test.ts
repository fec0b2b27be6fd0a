import type { RepositoryTrigger } from '@aws-sdk/client-codecommit';
import { OTHERS, OURS, ProvisionTarget, remove, SILENCE, triggerRequest } from '../support/provision.ts';
import { removeFolders } from '../support/repository.ts';

const [MAIL, BUILD] = OTHERS as [RepositoryTrigger, RepositoryTrigger];

let target: ProvisionTarget;
beforeEach(async () => {
  target = await ProvisionTarget.start();
});
afterEach(() => target.stop());
afterAll(removeFolders);

const puts = () => target.asked.filter((operation) => operation === 'PutRepositoryTriggers').length;
/** Somebody else writes this list when ours has been written, and before we read it again. */
const afterOurs = (list: RepositoryTrigger[], times = 1) =>
  target.on('after', 'PutRepositoryTriggers', () => target.put('Source', list), times);

describe('somebody else who writes', () => {
  it('over our trigger is seen, and ours is added to what they wrote', async () => {
    await target.repository('Source', [MAIL]);
    afterOurs([MAIL, BUILD]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([MAIL, BUILD, OURS]);
    expect(target.log).toMatchObject([{ level: 'info', done: 'added', writes: 2 }]);
    expect(target.pauses).toBe(1);
  });

  it('once more while we wait loses nothing', async () => {
    await target.repository('Source');
    afterOurs([MAIL]);
    target.onPause = () => target.put('Source', [MAIL, BUILD]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([MAIL, BUILD, OURS]);
  });

  it('our trigger back, after we took it away, is seen, and it is taken away again', async () => {
    await target.repository('Source', [MAIL, OURS]);
    afterOurs([MAIL, OURS, BUILD]);

    await target.provision(triggerRequest({}, remove()));

    expect(await target.triggers('Source')).toEqual([MAIL, BUILD]);
    expect(target.log).toMatchObject([{ done: 'removed', writes: 2 }]);
  });

  it('theirs beside ours is let alone, and told where a trigger went', async () => {
    await target.repository('Source', [MAIL]);
    afterOurs([BUILD, OURS]);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([BUILD, OURS]);
    expect(target.log).toMatchObject([
      {
        level: 'warn',
        writes: 1,
        warnings: ['somebody else wrote the triggers of "Source" at the same time; gone or changed: "mail"'],
      },
    ]);
  });

  it('each time is given up after five of our writes, with what to do', async () => {
    await target.repository('Source');
    afterOurs([MAIL], 5);

    await expect(target.provision(triggerRequest())).rejects.toMatchObject({
      code: 'conflict',
      retryable: true,
      message: expect.stringMatching(/"Source" were written 5 times, .* Deploy again when nobody does$/),
    });
    expect(puts()).toBe(5);
    expect(await target.triggers('Source')).toEqual([MAIL]);
  });

  it('four times is no failure', async () => {
    await target.repository('Source');
    afterOurs([MAIL], 4);

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([MAIL, OURS]);
  });

  it('the tenth trigger after ours was overwritten leads to the error of a full list', async () => {
    const ten = Array.from({ length: 10 }, (_, n) => ({ ...BUILD, name: `t${n}` }));
    await target.repository('Source');
    afterOurs(ten);

    await expect(target.provision(triggerRequest())).rejects.toMatchObject({ code: 'quota' });
    expect(await target.triggers('Source')).toEqual(ten);
  });

  it('between our reading and our writing is lost, and nothing shows it: CodeCommit takes no condition', async () => {
    await target.repository('Source', [MAIL]);
    target.on('before', 'PutRepositoryTriggers', () => target.put('Source', [MAIL, BUILD]));

    await target.provision(triggerRequest());

    expect(await target.triggers('Source')).toEqual([MAIL, OURS]);
    expect(target.asked).toEqual(['GetRepositoryTriggers', 'PutRepositoryTriggers', 'GetRepositoryTriggers']);
  });
});

it('two of our own that both wrote before either read again both end up in the list', async () => {
  await target.repository('Source', [MAIL]);
  const bothHaveRead = Promise.withResolvers<void>();
  const bothHaveWritten = Promise.withResolvers<void>();
  target.on('before', 'PutRepositoryTriggers', () => bothHaveRead.promise);
  target.on('before', 'PutRepositoryTriggers', async () => bothHaveRead.resolve());
  target.on('after', 'PutRepositoryTriggers', () => bothHaveWritten.promise);
  target.on('after', 'PutRepositoryTriggers', async () => bothHaveWritten.resolve());
  const other = { ...OURS, name: 'other' };

  await Promise.all([
    target.provision(triggerRequest()),
    target.provision(triggerRequest({ TriggerName: other.name })),
  ]);

  const names = (await target.triggers('Source')).map(({ name }) => name);
  expect(names.sort()).toEqual(['ccrepl', 'mail', 'other']);
});

it('an answer that is lost after the write was made is no failure, and makes no second trigger', async () => {
  await target.repository('Source', [MAIL]);
  target.on('after', 'PutRepositoryTriggers', async () => {
    throw new Error('the connection breaks');
  });

  await target.provision(triggerRequest());

  expect(await target.triggers('Source')).toEqual([MAIL, OURS]);
  expect(puts()).toBe(2);
});

it('throttling is waited out, as CodeCommit throttles: with XML at status 400', async () => {
  await target.repository('Source');
  target.region.throttle = { api: 2 };

  await target.provision(triggerRequest());

  expect(await target.triggers('Source')).toEqual([OURS]);
  expect(target.asked.slice(0, 3)).toEqual(Array(3).fill('GetRepositoryTriggers'));
});

it('throttling without end is an error that may pass, and so is silence', async () => {
  await target.repository('Source');
  target.region.throttle = { api: 1_000 };
  const twice = { answerMs: 10_000, attempts: 2, questionMs: 20_000 };
  await expect(target.provision(triggerRequest(), { patience: twice })).rejects.toMatchObject({
    code: 'transient',
    retryable: true,
    message: expect.stringContaining('codecommit:GetRepositoryTriggers'),
  });
  target.region.throttle = { api: 0 };
  target.on('before', 'GetRepositoryTriggers', async () => SILENCE, 10);

  await expect(
    target.provision(triggerRequest(), { patience: { answerMs: 600_000, attempts: 1, questionMs: 50 } }),
  ).rejects.toMatchObject({ code: 'transient', message: expect.stringContaining('no answer within 0.05 s') });
});
