import { LIST_OF, SIDES, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();
const ROLE = 'arn:aws:iam::111122223333:role/ccrepl-task';

/** What was sent to sign one's name with, in order. */
const loginsIn = (seen: readonly { headers: { authorization?: string | undefined } }[]) =>
  seen.map(({ headers }) => headers.authorization);

describe.each(SIDES)('F06: a %s', (side) => {
  const first = { service: 'info/refs', of: LIST_OF[side], times: 1 } as const;

  it.each([401, 403])('that says %i to the first request is asked once more, and then all goes on', async (status) => {
    const seen = await stage.observe({ [side]: [{ ...first, act: { do: 'answer', status, body: 'no' } }] });

    expect(seen.happened[side]).toEqual([1]);
    expect(loginsIn(seen.seen[side]).every((login) => login !== undefined)).toBe(true);
    await stage.expectWhole(seen);
  });

  it.each([401, 403])('that says %i twice denies access, to whom and to what', async (status) => {
    const seen = await stage.observeFailure(
      { [side]: [{ service: 'info/refs', act: { do: 'echo', status } }] },
      { ...stage.sides, credentials: { ...stage.two.credentials, roleArn: ROLE } },
    );

    expect(seen.happened[side]).toEqual([2]);
    const repository = stage.sides[side].repository;
    const { error } = seen.result;
    expect(error).toMatchObject({ code: 'auth', retryable: false });
    expect(error?.message).toMatch(new RegExp(`^${side} http\\S+/v1/repos/${repository}: HTTP ${status}: denied for `));
    expect(error?.message).toContain(`(asked as ${ROLE})`);
    expect(seen.result.heads).toEqual([]);
    await stage.heal();
  });
});

it('F06: whose role is not known is named by the access key, with which CloudTrail finds it', async () => {
  const seen = await stage.observeFailure({
    source: [{ service: 'info/refs', act: { do: 'answer', status: 403 } }],
  });

  expect(seen.result.error?.message).toMatch(/: HTTP 403 \(asked as the access key AKIATEST\)$/);
  await stage.heal();
});
