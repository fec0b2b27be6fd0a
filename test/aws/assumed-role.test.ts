import { assumedRole } from '../../aws/assumed-role.ts';
import type { Patience } from '../../aws/patience.ts';
import { sideCredentials } from '../../aws/side-credentials.ts';
import type { LoadCredentials } from '../../git/codecommit/remote.ts';
import { gateway } from '../../local/aws/gateway.ts';
import { type LocalServer, listen } from '../../local/aws/http.ts';
import { signedScope } from '../../local/aws/scope.ts';
import { REPLICA } from '../../local/demonstration.ts';
import type { Principal } from '../../local/identity.ts';
import { LocalTopic } from '../../local/sns/topic.ts';
import { LocalRoles } from '../../local/sts/roles.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { startProgram } from '../support/program.ts';

const ROLE = {
  roleArn: 'arn:aws:iam::222222222222:role/ccrepl-writer',
  externalId: 'external-id-7f3a',
  sessionName: 'ccrepl-test',
  region: 'ap-northeast-3',
};
const CHECKER_ARN = 'arn:aws:iam::222222222222:role/ccrepl-checker';
const caller: Principal = {
  arn: 'arn:aws:sts::111122223333:assumed-role/ccrepl-task/session',
  credentials: { accessKeyId: 'ASIATASK', secretAccessKey: 'task-secret', sessionToken: 'task-token' },
  may: () => true,
  assumes: [ROLE.roleArn, CHECKER_ARN],
};
const own: LoadCredentials = async () => caller.credentials;
const ONCE: Patience = { answerMs: 600_000, attempts: 1, questionMs: 600_000 };

let roles: LocalRoles;
/** The regions of the requests that came. */
let asked: string[];
/** Answers in place of the look-alike. */
let fault: { status: number; body: string } | 'silence' | undefined;
let server: LocalServer;
beforeAll(async () => {
  server = await listen(async (request, response) => {
    asked.push(signedScope(request).region);
    if (fault === 'silence') return;
    if (fault !== undefined) {
      response.writeHead(fault.status, { 'Content-Type': 'text/xml' }).end(fault.body);
      return;
    }
    const topic = new LocalTopic('arn:aws:sns:eu-west-1:111122223333:t', () => {});
    const accessKeyIds = [caller.credentials.accessKeyId];
    await gateway({ regions: [], machines: [], functions: [], topic, roles, accessKeyIds })(request, response);
  }, 0);
  process.env['AWS_ENDPOINT_URL'] = server.origin;
});
beforeEach(() => {
  asked = [];
  fault = undefined;
  const role = {
    trusts: 'arn:aws:iam::111122223333:role/ccrepl-task',
    externalId: ROLE.externalId,
    may: () => true,
    denies: [],
    principals: [],
  };
  roles = new LocalRoles(
    [
      { ...role, arn: ROLE.roleArn },
      { ...role, arn: CHECKER_ARN },
    ],
    [caller],
  );
});
afterAll(async () => {
  delete process.env['AWS_ENDPOINT_URL'];
  await server.close();
});

const failureOf = (load: LoadCredentials): Promise<unknown> =>
  load({ fresh: false }).then(
    () => 'the role was assumed',
    (error: unknown) => error,
  );

it('gives the keys of the role, with their end, and asks STS once in the region of the destination', async () => {
  const load = assumedRole(own, ROLE);

  const [one, another] = await Promise.all([load({ fresh: false }), load({ fresh: false })]);
  const later = await load({ fresh: false });

  const [session] = roles.sessions;
  expect(one).toEqual({ ...session?.credentials, expiration: session?.expires, roleArn: ROLE.roleArn });
  expect([another, later]).toEqual([one, one]);
  expect(session?.arn).toBe('arn:aws:sts::222222222222:assumed-role/ccrepl-writer/ccrepl-test');
  expect(asked).toEqual(['ap-northeast-3']);
});

it('assumes the role again five minutes before its keys end, not earlier', async () => {
  let now = Date.now();
  const load = assumedRole(own, ROLE, { now: () => now });
  const first = await load({ fresh: false });
  const ends = roles.sessions[0]?.expires.getTime() as number;

  now = ends - 5 * 60_000;
  const still = await load({ fresh: false });
  now += 1;
  const renewed = await load({ fresh: false });

  expect(still).toBe(first);
  expect(renewed.sessionToken).not.toBe(first.sessionToken);
  expect(roles.sessions).toHaveLength(2);
});

it('assumes the role again, with own keys that are new too, after the keys were refused', async () => {
  const askedFor: boolean[] = [];
  const load = assumedRole(async ({ fresh }) => {
    askedFor.push(fresh);
    return caller.credentials;
  }, ROLE);

  const first = await load({ fresh: false });
  const second = await load({ fresh: true });

  expect(second.accessKeyId).not.toBe(first.accessKeyId);
  expect(askedFor).toEqual([false, true]);
});

it.each([
  ['of another external id', { externalId: 'another-id-91c4' }],
  ['of an unknown role', { roleArn: 'arn:aws:iam::222222222222:role/none' }],
])(
  'says of a refusal because %s which role it is and what both accounts must allow, and never the external id',
  async (_why, change) => {
    const role = { ...ROLE, ...change };

    const error = (await failureOf(assumedRole(own, role))) as ReplicationError;

    expect(error).toBeInstanceOf(ReplicationError);
    expect({ code: error.code, retryable: error.retryable }).toEqual({ code: 'auth', retryable: false });
    expect(error.message).toBe(
      `the role ${role.roleArn} cannot be assumed: AWS says User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.roleArn}. ` +
        "Expected that this identity may sts:AssumeRole on it, and that its trust policy names this identity together with the external id of the replica's settings",
    );
    expect(asked).toHaveLength(1);
  },
);

const xml = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`;

it.each([
  ['throttles', { status: 400, body: xml('Throttling', 'Rate exceeded') }, 'transient'],
  ['is broken', { status: 503, body: xml('ServiceUnavailable', 'later') }, 'transient'],
  ['is not active in the region', { status: 403, body: xml('RegionDisabledException', 'not activated') }, 'auth'],
  ['finds our own keys ended', { status: 403, body: xml('ExpiredToken', 'expired') }, 'auth'],
  ['gives no keys', { status: 200, body: '<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>' }, 'protocol'],
])('puts an STS that %s into its class', async (_what, answer, code) => {
  fault = answer;

  expect(await failureOf(assumedRole(own, ROLE, { patience: ONCE }))).toMatchObject({
    name: 'ReplicationError',
    code,
    message: expect.stringContaining(`sts:AssumeRole ${ROLE.roleArn}`),
  });
});

it('does not wait for an STS that is silent, and asks it anew the next time', async () => {
  fault = 'silence';
  const load = assumedRole(own, ROLE, { patience: { answerMs: 600_000, attempts: 1, questionMs: 50 } });

  expect(await failureOf(load)).toMatchObject({
    code: 'transient',
    message: `AWS (sts:AssumeRole ${ROLE.roleArn}): no answer within 0.05 s`,
  });
  fault = undefined;
  expect(await load({ fresh: false })).toMatchObject({ accessKeyId: expect.stringMatching(/^ASIA/) });
});

it('leaves an error of our own keys as it is', async () => {
  const none = new ReplicationError('auth', 'no AWS credentials: none');

  expect(await failureOf(assumedRole(() => Promise.reject(none), ROLE))).toBe(none);
  expect(asked).toEqual([]);
});

describe('the sides of a replica', () => {
  const { roleArn, externalId } = ROLE;
  const account = { roleArn, checkerRoleArn: CHECKER_ARN, externalId };
  const destination = { ...REPLICA.destination, account };

  it('are both reached with our own keys where no account is named', () => {
    expect(sideCredentials(REPLICA, own, 'roleArn')).toEqual({ source: own, destination: own });
  });

  it.each([
    ['roleArn', 'ccrepl-writer'],
    ['checkerRoleArn', 'ccrepl-checker'],
  ] as const)(
    'are reached with our own keys and those of %s, in a session that is named by the replica',
    async (as, role) => {
      const id = 'r'.repeat(128);
      const load = sideCredentials({ id, destination }, own, as);

      expect(await load.source({ fresh: false })).toBe(caller.credentials);
      await load.destination({ fresh: false });

      // 64 characters are STS's most.
      expect(roles.sessions.map(({ arn }) => arn)).toEqual([
        `arn:aws:sts::222222222222:assumed-role/${role}/ccrepl-${'r'.repeat(57)}`,
      ]);
    },
  );

  it('load STS’s SDK only where an account is named', async () => {
    const hook =
      'import{registerHooks}from"node:module";registerHooks({load(url,context,next){if(url.includes("/client-sts/"))process.stderr.write("STS-LOADED\\n");return next(url,context)}})';
    const run = (to: object) =>
      startProgram(['--import', `data:text/javascript,${encodeURIComponent(hook)}`, 'container/main.ts'], {
        AWS_ENDPOINT_URL: server.origin,
        AWS_ACCESS_KEY_ID: 'ASIATASK',
        AWS_SECRET_ACCESS_KEY: 'task-secret',
        // Nothing listens there: a run that gets so far has made its credentials.
        CCREPL_GIT_ENDPOINTS: '{"ap-northeast-1":"http://127.0.0.1:9","ap-northeast-3":"http://127.0.0.1:9"}',
        CCREPL_REPLICA: JSON.stringify({ ...REPLICA, destination: to }),
      }).ended;

    const [without, withAccount] = await Promise.all([run(REPLICA.destination), run(destination)]);

    expect([without.code, withAccount.code]).toEqual([10, 10]);
    expect(without.stderr).not.toContain('STS-LOADED');
    expect(withAccount.stderr).toContain('STS-LOADED');
  });
});
