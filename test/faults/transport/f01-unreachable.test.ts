import dns from 'node:dns';
import { isIP } from 'node:net';
import { rawServer } from '../../support/raw-server.ts';
import { LIST_OF, pushesIn, SIDES, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();
afterEach(() => jest.restoreAllMocks());

/** Where nobody listens. */
async function closedPort(): Promise<string> {
  const server = await rawServer(() => {});
  await server.close();
  return server.origin;
}

/** Names cannot be resolved. */
function breakNames(code: string): string[] {
  const asked: string[] = [];
  const real = dns.lookup as (...args: unknown[]) => void;
  const lookup = (name: string, options: unknown, callback: (error: Error) => void) => {
    // Servers of ours listen at an address.
    if (isIP(name)) return real(name, options, callback);
    asked.push(name);
    process.nextTick(callback, Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code }));
  };
  jest.spyOn(dns, 'lookup').mockImplementation(lookup as never);
  return asked;
}

const failure = (side: string) => ({
  heads: [],
  error: { code: 'transient', retryable: true, message: expect.stringMatching(new RegExp(`^${side} https?://`)) },
});

describe.each(SIDES)('F01: a %s', (side) => {
  it('that refuses connections is a passing failure under its name, and nothing is pushed', async () => {
    const seen = await stage.observeFailure({ origins: { [side]: await closedPort() } });

    expect(seen.result).toMatchObject(failure(side));
    expect(seen.result.error?.message).toContain('ECONNREFUSED');
    expect(pushesIn(seen)).toEqual([]);
    await stage.heal();
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN'])('whose name gives %s is the same', async (code) => {
    const asked = breakNames(code);

    const seen = await stage.observeFailure({ origins: { [side]: 'https://git-codecommit.example' } });

    expect(asked).toEqual(['git-codecommit.example']);
    expect(seen.result).toMatchObject(failure(side));
    expect(seen.result.error?.message).toContain(code);
    expect(pushesIn(seen)).toEqual([]);
    jest.restoreAllMocks();
    await stage.heal();
  });

  it.each([0, 90])('that resets the connection at byte %i of its list is the same', async (byte) => {
    const of = LIST_OF[side];
    const seen = await stage.observeFailure({
      [side]: [{ service: 'info/refs', of, phase: 'answer', at: { byte }, act: { do: 'reset' } }],
    });

    expect(seen.happened[side]).toEqual([1]);
    expect(seen.result).toMatchObject(failure(side));
    expect(pushesIn(seen)).toEqual([]);
    await stage.heal();
  });
});
