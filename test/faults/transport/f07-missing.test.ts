import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pushesIn, SIDES, TransportStage } from './stage.ts';

const stage = TransportStage.forThisFile();

it.each(SIDES)('F07: a %s that does not exist is missing: not empty, and not made', async (side) => {
  const sides = stage.sides;
  const store = dirname(sides[side].path);
  const before = await readdir(store);

  const seen = await stage.observeFailure({}, { ...sides, [side]: { ...sides[side], repository: 'Nowhere' } });

  expect(seen.result).toMatchObject({
    heads: [],
    error: {
      code: 'missing',
      retryable: false,
      message: expect.stringMatching(new RegExp(`^${side} http\\S+/v1/repos/Nowhere: HTTP 404`)),
    },
  });
  expect(seen.chronicle.before.size).toBeGreaterThan(0);
  expect(pushesIn(seen)).toEqual([]);
  expect(await readdir(store)).toEqual(before);
  await stage.heal();
});
