import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { type Certificate, selfSigned } from '../../support/certificate.ts';
import { FaultProxy } from '../../support/fault-proxy/proxy.ts';
import { runTask } from '../../support/task.ts';
import { LIST_OF, pushesIn, SIDES, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Another host, which would serve as well, and what it saw. */
async function anotherHost(): Promise<FaultProxy> {
  const other = await FaultProxy.start(stage.two.source.origin);
  stops.push(() => other.close());
  return other;
}

/** A server that speaks TLS with this certificate, and answers every request with these bytes. */
async function tlsServer(certificate: Certificate, answer = 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n') {
  const heard: string[] = [];
  const server = tls.createServer(certificate, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard.push(bytes.toString('latin1'));
      socket.write(answer);
    });
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stops.push(() => new Promise((resolve) => server.close(resolve)));
  return { heard, origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** This process trusts it, as it trusts the authorities that it knows. */
function trust({ cert }: Certificate): void {
  const known = tls.getCACertificates('default');
  tls.setDefaultCACertificates([...known, cert]);
  stops.push(() => tls.setDefaultCACertificates(known));
}

const IN_A_DAY = new Date(Date.now() + 86_400_000);

it.each([
  [301, 'the list of the source', 'source', { service: 'info/refs', of: LIST_OF.source }],
  [302, 'the list of the destination', 'destination', { service: 'info/refs', of: LIST_OF.destination }],
  [303, 'the list of the source', 'source', { service: 'info/refs', of: LIST_OF.source }],
  [307, 'a pack', 'source', { service: 'git-upload-pack' }],
  [308, 'a push', 'destination', { service: 'git-receive-pack' }],
] as const)(
  'F10: HTTP %i to another host is not followed with %s, and that host sees no login',
  async (status, _what, side, fault) => {
    const other = await anotherHost();
    const location = `${other.origin}/v1/repos/Source/info/refs?service=git-upload-pack&token=CANARY`;

    const seen = await stage.observeFailure({
      [side]: [{ ...fault, act: { do: 'answer', status, headers: { Location: location } } }],
    });

    expect(seen.happened[side]).toEqual([1]);
    expect(other.seen).toEqual([]);
    expect(seen.result.error).toMatchObject({ code: 'protocol', retryable: false });
    expect(seen.result.error?.message).toContain(`HTTP ${status} to "${other.origin}/v1/repos/Source/info/refs"`);
    expect(seen.result.error?.message).not.toContain('CANARY');
    await stage.heal();
  },
);

it('F10: a redirect from https to http is not followed', async () => {
  const other = await anotherHost();
  const certificate = selfSigned('127.0.0.1', IN_A_DAY);
  trust(certificate);
  const redirect = `HTTP/1.1 307 Elsewhere\r\nLocation: ${other.origin}/r\r\nContent-Length: 0\r\n\r\n`;
  const { origin, heard } = await tlsServer(certificate, redirect);

  const seen = await stage.observeFailure({ origins: { source: origin } });

  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain('Authorization: Basic ');
  expect(other.seen).toEqual([]);
  expect(seen.result.error).toMatchObject({ code: 'protocol', message: expect.stringContaining('never followed') });
});

it.each<[string, () => Certificate, boolean, RegExp]>([
  ['has expired', () => selfSigned('127.0.0.1', new Date('2001-01-01')), true, /certificate has expired/],
  ['is of another host', () => selfSigned('git.example', IN_A_DAY), true, /does not match certificate/],
  ['nobody vouches for', () => selfSigned('127.0.0.1', IN_A_DAY), false, /self-signed certificate/],
])(
  'F10: a certificate that %s ends the conversation before the login is said',
  async (_what, make, isTrusted, words) => {
    const certificate = make();
    if (isTrusted) trust(certificate);
    const { origin, heard } = await tlsServer(certificate);

    for (const side of SIDES) {
      const seen = await stage.observeFailure({ origins: { [side]: origin } });

      expect(seen.result.error).toMatchObject({
        code: 'protocol',
        retryable: false,
        message: expect.stringMatching(new RegExp(`^${side} https://.* TLS failed: .*`)),
      });
      expect(seen.result.error?.message).toMatch(words);
      expect(pushesIn(seen)).toEqual([]);
    }
    expect(heard).toEqual([]);
    await stage.heal();
  },
);

it('F10: no switch in the environment makes the task take a certificate that nobody vouches for', async () => {
  const { origin, heard } = await tlsServer(selfSigned('127.0.0.1', IN_A_DAY));

  const { code, result, stderr } = await runTask(
    stage.two,
    {},
    {
      NODE_TLS_REJECT_UNAUTHORIZED: '0',
      GIT_SSL_NO_VERIFY: '1',
      CCREPL_GIT_ENDPOINTS: JSON.stringify({ 'ap-northeast-1': origin, 'ap-northeast-3': origin }),
    },
  );

  expect(heard).toEqual([]);
  expect({ code, result }).toMatchObject({ code: 17, result: { result: 'failed', error: { code: 'protocol' } } });
  expect(JSON.stringify(result)).toContain('self-signed certificate');
  expect(stderr).not.toContain('test-secret');
});
