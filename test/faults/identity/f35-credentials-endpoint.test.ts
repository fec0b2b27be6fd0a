import { type LocalServer, listen } from '../../../local/aws/http.ts';
import { CANARIES } from '../../support/oracle/canaries.ts';
import { type ObservedTask, observeTask } from '../../support/oracle/observe-task.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';

/** What the endpoint does with one request: an HTTP status, or keys that end at so many milliseconds from now, or words, or nothing. */
type Answer = { status: number } | { endsIn: number } | { text: string } | 'silence';

const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = CANARIES;
const HOUR = 3_600_000;
/** Every attempt is answered so, or, where there are more, the first. */
const TROUBLE: [string, Answer, string][] = [
  ['says nothing', 'silence', 'did not answer within 2 s'],
  ['answers 500', { status: 500 }, 'answered HTTP 500'],
  ['answers 404', { status: 404 }, 'answered HTTP 404'],
  ['gives keys that have ended', { endsIn: -1000 }, 'gave keys that ended at '],
  ['gives no token', { text: JSON.stringify({ AccessKeyId, SecretAccessKey }) }, 'gave no keys with a session token'],
  ['cuts its JSON', { text: JSON.stringify({ AccessKeyId, SecretAccessKey, Token }).slice(0, -20) }, 'no JSON'],
];

let two: TwoRegions;
let clone: Clone;
let endpoint: LocalServer;
/** By the path that a run asks: what it is answered, in turn; and how often it has asked. */
const scripts = new Map<string, Answer[]>();
const asked = new Map<string, number>();
/** For all of them at once: their pauses are real. */
let failing: Promise<ObservedTask[]>;

beforeAll(async () => {
  two = await TwoRegions.start('codecommit', [], { credentials: CANARIES });
  clone = await Clone.init();
  await clone.commit();
  await clone.push(two.sourceUrl, 'main');
  endpoint = await listen(async (request, response) => {
    const path = request.url ?? '';
    const count = asked.get(path) ?? 0;
    asked.set(path, count + 1);
    const answer = scripts.get(path)?.[count] ?? { endsIn: HOUR };
    if (answer === 'silence') return;
    if ('status' in answer) response.writeHead(answer.status).end(JSON.stringify({ Token }));
    else if ('text' in answer) response.end(answer.text);
    else {
      const Expiration = new Date(Date.now() + answer.endsIn).toISOString();
      response.end(JSON.stringify({ AccessKeyId, SecretAccessKey, Token, Expiration, RoleArn: 'arn:role' }));
    }
  }, 0);
  failing = Promise.all(TROUBLE.map(([, answer], index) => run(`/always/${index}`, Array(9).fill(answer))));
});
afterAll(async () => {
  await endpoint.close();
  await two.stop();
  await removeFolders();
});

function run(path: string, answers: Answer[]): Promise<ObservedTask> {
  scripts.set(path, answers);
  const none = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_SESSION_TOKEN: undefined };
  return observeTask(two, { env: { ...none, AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint.origin}${path}` } });
}

it.each(TROUBLE.map(([what, , words], index) => [what, words, index] as const))(
  'F35: an endpoint for credentials that always %s is asked four times, and then the run ends with auth, never anonymous',
  async (_what, words, index) => {
    const seen = (await failing)[index] as ObservedTask;

    expect(seen.violations).toEqual([]);
    expect(asked.get(`/always/${index}`)).toBe(4);
    expect(seen.seen).toEqual({ source: [], destination: [] });
    expect(seen.code).toBe(14);
    expect(seen.result).toMatchObject({
      result: 'failed',
      error: { code: 'auth', retryable: false, message: expect.stringContaining(words) },
    });
  },
);

it.each(
  [0, 1, 3].map(
    (index) => [...(TROUBLE[index] as (typeof TROUBLE)[number]).slice(0, 2), index] as [string, Answer, number],
  ),
)(
  'F35: an endpoint for credentials that once %s is asked again, and the run replicates',
  async (_what, answer, index) => {
    await failing;
    await clone.commit(`${index}`);
    await clone.push(two.sourceUrl, 'main');

    const seen = await run(`/once/${index}`, [answer]);

    expect(seen.violations).toEqual([]);
    expect(asked.get(`/once/${index}`)).toBe(2);
    expect(seen).toMatchObject({ code: 0, result: { result: 'replicated' } });
    await two.expectEqual();
  },
);

it('F35: keys that end within minutes are replaced before the next request, and only then', async () => {
  await failing;
  await clone.commit('later');
  await clone.push(two.sourceUrl, 'main');

  const seen = await run('/soon', [{ endsIn: 60_000 }]);

  expect(seen.violations).toEqual([]);
  expect(seen).toMatchObject({ code: 0, result: { result: 'replicated' } });
  expect(asked.get('/soon')).toBe(2);
});
