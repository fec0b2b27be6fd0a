import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as codecommit from '@aws-sdk/client-codecommit';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { BRANCHES_PER_PAGE } from '../../local/codecommit/branches-page.ts';
import { Region } from '../../local/codecommit/region.ts';
import type { Principal } from '../../local/identity.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { aFolder, Clone, git, removeFolders } from '../support/repository.ts';

const NAME = 'ap-northeast-1';
const ACCOUNT = '111122223333';
const user = (name: string, denies?: readonly string[]): Principal => ({
  arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  credentials: { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: 'secret' },
  gitCredentials: { username: name, password: 'pw' },
  may: () => true,
  ...(denies && { denies }),
});
const principals = [user('dev'), user('limited', ['UpdateDefaultBranch', 'ListRepositories'])];

let region: Region;
let aws: LocalServer;
let clone: Clone;
const clients: codecommit.CodeCommitClient[] = [];
beforeEach(async () => {
  region = new Region({ name: NAME, account: ACCOUNT, directory: await aFolder(), principals });
  await region.start();
  await region.store.create('R');
  region.record('R');
  const topic = new LocalTopic(`arn:aws:sns:${NAME}:${ACCOUNT}:t`, () => {});
  const accessKeyIds = principals.map(({ credentials }) => credentials.accessKeyId);
  aws = await listen(gateway({ regions: [region], machines: [], functions: [], topic, accessKeyIds }), 0);
  clone = await Clone.init();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await aws.close();
  await region.stop();
});
afterAll(removeFolders);

const push = (...specs: string[]) => clone.push(region.cloneUrl('R').replace('://', '://dev:pw@'), ...specs);
const client = (name = 'dev', endpoint = region.origin) => {
  const credentials = { accessKeyId: `AKIA${name.toUpperCase()}`, secretAccessKey: 'secret' };
  const made = new codecommit.CodeCommitClient({ region: NAME, endpoint, credentials, maxAttempts: 1 });
  clients.push(made);
  return made;
};
const failure = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'the call succeeded',
    (error: unknown) => error,
  );

describe('ListBranches', () => {
  /** Branches of these names, all at one commit. */
  async function branches(names: readonly string[]): Promise<void> {
    const commit = await clone.commit();
    await push('main:refs/heads/main');
    const lines = names.map((name) => `${commit} refs/heads/${name}\n`);
    await writeFile(join(region.store.path('R'), 'packed-refs'), lines.join(''));
    await git(region.store.path('R'), 'update-ref', '-d', 'refs/heads/main');
  }
  const page = (nextToken?: string) =>
    client().send(new codecommit.ListBranchesCommand({ repositoryName: 'R', nextToken }));
  const numbered = (count: number) => Array.from({ length: count }, (_, n) => `b${String(n).padStart(3, '0')}`);

  it('gives all of many branches, page by page, each once', async () => {
    const names = numbered(2 * BRANCHES_PER_PAGE + 1);
    await branches(names);

    const pages: string[][] = [];
    for await (const { branches: names = [] } of codecommit.paginateListBranches(
      { client: client() },
      { repositoryName: 'R' },
    ))
      pages.push(names);

    expect(pages.map(({ length }) => length)).toEqual([BRANCHES_PER_PAGE, BRANCHES_PER_PAGE, 1]);
    expect(pages.flat()).toEqual(names);
  });

  it('gives no token where there is no next page', async () => {
    await branches(numbered(BRANCHES_PER_PAGE));

    const { branches: names, nextToken } = await page();

    expect([names?.length, nextToken]).toEqual([BRANCHES_PER_PAGE, undefined]);
  });

  it('loses no branch when one goes between two pages, also of names that are not ASCII', async () => {
    const names = [...numbered(BRANCHES_PER_PAGE - 1), 'zürich', '日本', '日本/東京'].toSorted();
    await branches(names);
    const { branches: first = [], nextToken } = await page();
    await git(region.store.path('R'), 'update-ref', '-d', `refs/heads/${first.at(-1)}`);

    expect([...first, ...((await page(nextToken)).branches ?? [])]).toEqual(names);
  });

  it.each(['x', '', Buffer.from('before:main').toString('base64url')])(
    'refuses a token that it did not give: "%s"',
    async (token) => {
      expect(await failure(page(token))).toBeInstanceOf(codecommit.InvalidContinuationTokenException);
    },
  );
});

describe('GetMergeOptions', () => {
  const ask = (sourceCommitSpecifier: string, destinationCommitSpecifier: string) =>
    client().send(
      new codecommit.GetMergeOptionsCommand({ repositoryName: 'R', sourceCommitSpecifier, destinationCommitSpecifier }),
    );
  let base: string;
  let ours: string;
  let theirs: string;
  beforeEach(async () => {
    base = await clone.commit();
    ours = await clone.commit();
    await clone.git('checkout', '--quiet', '-b', 'side', base);
    theirs = await clone.commit('another change\n');
    await clone.git('checkout', '--quiet', '--orphan', 'unrelated');
    await clone.commit('something else\n');
    await push('main', 'side', 'unrelated');
  });

  it('gives the commit where two histories part, of commits by id and by branch', async () => {
    const expected = {
      baseCommitId: base,
      sourceCommitId: ours,
      destinationCommitId: theirs,
      mergeOptions: ['SQUASH_MERGE', 'THREE_WAY_MERGE'],
    };

    expect(await ask(ours, theirs)).toMatchObject(expected);
    expect(await ask('main', 'side')).toMatchObject(expected);
    expect(await ask('main', theirs)).toMatchObject(expected);
  });

  it('offers a fast-forward too when the destination is contained in the source, and only then', async () => {
    expect(await ask('main', base)).toMatchObject({
      baseCommitId: base,
      mergeOptions: ['FAST_FORWARD_MERGE', 'SQUASH_MERGE', 'THREE_WAY_MERGE'],
    });
    expect(await ask(base, 'main')).toMatchObject({
      baseCommitId: base,
      mergeOptions: ['SQUASH_MERGE', 'THREE_WAY_MERGE'],
    });
    expect(await ask('main', ours)).toMatchObject({ baseCommitId: ours });
  });

  it.each([
    ['a'.repeat(40), 'main'],
    ['main', 'nowhere'],
    ['main~1', 'main'],
    ['HEAD', 'main'],
    ['--all', 'main'],
  ])('knows no commit by the name of one of these: %s, %s', async (source, destination) => {
    expect(await failure(ask(source, destination))).toBeInstanceOf(codecommit.CommitDoesNotExistException);
  });

  it('finds the tips of unrelated histories too far apart', async () => {
    expect(await failure(ask('main', 'unrelated'))).toBeInstanceOf(codecommit.TipsDivergenceExceededException);
  });

  it('knows no repository that there is not', async () => {
    const call = client().send(
      new codecommit.GetMergeOptionsCommand({
        repositoryName: 'None',
        sourceCommitSpecifier: 'main',
        destinationCommitSpecifier: 'main',
      }),
    );

    expect(await failure(call)).toBeInstanceOf(codecommit.RepositoryDoesNotExistException);
  });
});

describe.each<[string, () => string]>([
  ['the region’s own port', () => region.origin],
  ['the one AWS endpoint', () => aws.origin],
])('a key, on %s,', (_, endpoint) => {
  const update = () => new codecommit.UpdateDefaultBranchCommand({ repositoryName: 'R', defaultBranchName: 'other' });

  it('is denied the operations that its principal is denied, in IAM’s words, and may do all others', async () => {
    await clone.commit();
    await push('main');
    await push('main:refs/heads/other');
    const limited = client('limited', endpoint());

    expect(await failure(limited.send(update()))).toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:iam::${ACCOUNT}:user/limited is not authorized to perform: codecommit:UpdateDefaultBranch on resource: arn:aws:codecommit:${NAME}:${ACCOUNT}:R`,
      $metadata: { httpStatusCode: 400 },
    });
    expect(await failure(limited.send(new codecommit.ListRepositoriesCommand({})))).toMatchObject({
      message: expect.stringMatching(/codecommit:ListRepositories on resource: arn:aws:codecommit:[\w-]+:\d+:\*$/),
    });
    const shown = await limited.send(new codecommit.GetRepositoryCommand({ repositoryName: 'R' }));
    expect(shown.repositoryMetadata?.defaultBranch).toBe('main');
    await client('dev', endpoint()).send(update());
    expect(await region.store.defaultBranch('R')).toBe('other');
  });

  it('that nobody has is not recognized, nor is none', async () => {
    const stranger = client('stranger', endpoint());
    const unsigned = await fetch(endpoint(), {
      method: 'POST',
      headers: { 'X-Amz-Target': 'CodeCommit_20150413.ListRepositories' },
      body: '{}',
    });

    expect(await failure(stranger.send(new codecommit.ListRepositoriesCommand({})))).toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await unsigned.json()).toMatchObject({ __type: 'UnrecognizedClientException' });
  });
});
