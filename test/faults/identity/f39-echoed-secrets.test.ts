import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { REPLICA } from '../../../local/demonstration.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { aFunction, aQuestion, outcomeOf, Written } from '../../support/functions.ts';
import { CANARIES, canariesIn, canariesOf } from '../../support/oracle/canaries.ts';
import { observeTask } from '../../support/oracle/observe-task.ts';
import { leaks } from '../../support/oracle/oracle.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';

let two: TwoRegions;
let clone: Clone;
let commits = 0;
beforeAll(async () => {
  two = await TwoRegions.start('codecommit', [], { credentials: CANARIES });
  clone = await Clone.init();
});
beforeEach(async () => {
  commits += 1;
  await clone.commit(`${commits}`);
  await clone.push(two.sourceUrl, 'main');
});
afterAll(async () => {
  await two.stop();
  await removeFolders();
});

it.each<['source' | 'destination', Fault['service'], number, number]>([
  ['source', 'info/refs', 403, 14],
  ['source', 'git-upload-pack', 500, 10],
  ['destination', 'info/refs', 404, 15],
  ['destination', 'git-receive-pack', 403, 14],
])(
  'F39: a %s that repeats the Authorization header in its answer to %s (HTTP %d) has it shown to nobody',
  async (side, service, status, exitCode) => {
    const echo: Fault = { service, act: { do: 'echo', status } };

    const seen = await observeTask(two, { [side]: [echo] });

    expect(seen.violations).toEqual([]);
    expect(seen.happened[side][0]).toBeGreaterThan(0);
    expect(seen.code).toBe(exitCode);
    // The words of the server are shown, so that a person can see why; the secrets in them are not.
    expect(seen.stdout).toContain('denied for Basic [redacted]');
    expect(seen.processes.length).toBeGreaterThan(0);

    expect(await observeTask(two)).toMatchObject({ code: 0, violations: [], result: { result: 'replicated' } });
    await two.expectEqual();
  },
);

it.each([403, 500])(
  'F39: the comparison, too, shows its keys to nobody when a server repeats them in a %i',
  async (status) => {
    const headers: (string | undefined)[] = [];
    const server: LocalServer = await listen(async (request, response) => {
      headers.push(request.headers.authorization);
      response.writeHead(status);
      response.end(`denied for ${request.headers.authorization}`);
    }, 0);
    const written = new Written();
    const compareHeads = await aFunction({
      folder: 'compare-heads',
      replicas: [REPLICA],
      env: {
        AWS_ACCESS_KEY_ID: CANARIES.accessKeyId,
        AWS_SECRET_ACCESS_KEY: CANARIES.secretAccessKey,
        AWS_SESSION_TOKEN: CANARIES.sessionToken,
        AWS_ENDPOINT_URL: server.origin,
        CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': server.origin, 'ap-northeast-3': server.origin }),
      },
      onOutput: written.onOutput,
    });

    const failure = outcomeOf(await compareHeads.invoke(aQuestion()));
    await written.records(1);
    await compareHeads.stop();
    await server.close();

    expect(headers.length).toBeGreaterThan(0);
    expect(failure.errorMessage).toContain('denied for Basic [redacted]');
    const secrets = new Set([...canariesOf(CANARIES), ...headers.flatMap(canariesIn)]);
    expect([...leaks([failure, written.text], secrets)]).toEqual([]);
  },
);

it.each([
  ['a git endpoint', { env: { CCREPL_GIT_ENDPOINTS: '{"ap-northeast-1":"http://user:cAnArY%2Fsecret@127.0.0.1:9"}' } }],
  ['a source', { task: { source: { url: 'https://user:cAnArY%2Fsecret@host.example/repository.git' } } }],
  [
    'a source of CodeCommit',
    { task: { source: { url: 'https://u:cAnArY%2Fsecret@git-codecommit.eu-west-1.amazonaws.com/v1/repos/A' } } },
  ],
])(
  'F39: %s with a login in its URL is refused before anything is sent, and the login is not shown',
  async (_what, script) => {
    const seen = await observeTask(two, script);

    expect(seen.violations).toEqual([]);
    expect(seen.seen).toEqual({ source: [], destination: [] });
    expect(seen).toMatchObject({ code: 2, result: { error: { code: 'input', retryable: false } } });
    expect(seen.stdout + seen.stderr).not.toContain('cAnArY');
  },
);

it('F39: no signed password goes over plain http to another machine', async () => {
  const elsewhere = '{"ap-northeast-1":"http://192.0.2.1","ap-northeast-3":"http://192.0.2.1"}';

  const seen = await observeTask(two, { env: { CCREPL_GIT_ENDPOINTS: elsewhere } });

  expect(seen.violations).toEqual([]);
  expect(seen).toMatchObject({
    code: 2,
    result: { error: { message: expect.stringContaining('not sent over plain http') } },
  });
});
