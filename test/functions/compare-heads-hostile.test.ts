import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, aQuestion, outcomeOf } from '../support/functions.ts';
import { removeFolders } from '../support/repository.ts';

let compareHeads: LocalFunction;
let server: LocalServer;
/** What reached the network. */
let requests: string[];
let answer: { status: number; body: string };

beforeAll(async () => {
  server = await listen(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status);
    response.end(answer.body);
  }, 0);
  compareHeads = await aFunction({
    folder: 'compare-heads',
    replicas: [REPLICA],
    env: {
      AWS_ENDPOINT_URL: server.origin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': server.origin, 'ap-northeast-3': server.origin }),
    },
  });
});
beforeEach(() => {
  requests = [];
  answer = { status: 500, body: '' };
});
afterAll(async () => {
  await compareHeads.stop();
  await server.close();
  await removeFolders();
});

it.each([
  [401, 'Ccrepl.Auth'],
  [404, 'Ccrepl.Missing'],
  [429, 'Ccrepl.Transient'],
  [503, 'Ccrepl.Transient'],
  [302, 'Ccrepl.Protocol'],
  [200, 'Ccrepl.Protocol'],
])('the comparison calls HTTP %i from a git server %s', async (status, errorType) => {
  answer = { status, body: '<html>' };

  expect(outcomeOf(await compareHeads.invoke(aQuestion()))).toMatchObject({ errorType });
});

it('the comparison reads the destination first, and never asks to push', async () => {
  await compareHeads.invoke(aQuestion());

  expect(requests).toEqual(['GET /v1/repos/Destination/info/refs?service=git-upload-pack']);
});
