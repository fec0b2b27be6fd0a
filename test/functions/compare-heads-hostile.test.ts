import { type LocalServer, listen } from '../../local/aws/http.ts';
import { REPLICA } from '../../local/demonstration.ts';
import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, aQuestion, outcomeOf } from '../support/functions.ts';
import { HOSTILE_IDS } from '../support/hostile-ids.ts';
import { removeFolders } from '../support/repository.ts';

let compareHeads: LocalFunction;
let server: LocalServer;
/** What reached the network. */
let requests: string[];
let lines: string[];
let answer: { status: number; body: string };

beforeAll(async () => {
  server = await listen(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
    response.writeHead(answer.status);
    response.end(answer.body.replace('HEADER', request.headers.authorization ?? ''));
  }, 0);
  compareHeads = await aFunction({
    folder: 'compare-heads',
    replicas: [REPLICA],
    env: {
      AWS_SECRET_ACCESS_KEY: 'CANARY-SECRET',
      AWS_SESSION_TOKEN: 'CANARY-TOKEN',
      AWS_ENDPOINT_URL: server.origin,
      CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': server.origin, 'ap-northeast-3': server.origin }),
    },
    onOutput: (line) => lines.push(line),
  });
});
beforeEach(() => {
  requests = [];
  lines = [];
  answer = { status: 500, body: '' };
});
afterAll(async () => {
  await compareHeads.stop();
  await server.close();
  await removeFolders();
});

it.each([...HOSTILE_IDS.map((replica) => ({ replica }))])(
  'the comparison refuses the input %j before anything is sent',
  async (input) => {
    expect(outcomeOf(await compareHeads.invoke(aQuestion({ run: input })))).toMatchObject({
      errorType: 'Ccrepl.Input',
    });
    expect(requests).toEqual([]);
  },
);

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

it.each([403, 500])('the comparison shows its keys to nobody when a server repeats them in a %i', async (status) => {
  answer = { status, body: 'denied for HEADER' };

  const failure = outcomeOf(await compareHeads.invoke(aQuestion()));

  const shown = JSON.stringify([failure, lines]);
  expect(shown).toContain('denied for');
  expect(shown).not.toContain('CANARY');
  expect(shown).not.toContain(Buffer.from('AKIATEST%CANARY').toString('base64').slice(0, 12));
});
