import { SeedBudget } from '../../replication/seed-budget.ts';

const KNOWN = { took: 1000, failed: 16_000 };
/** A budget that has seen objects of a hundred bytes. */
const seen = (bounds = KNOWN): SeedBudget => {
  const budget = new SeedBudget(bounds);
  budget.succeeded(1000, 10);
  return budget;
};

it('begins with a small part of all the objects there are, and asks what that weighs', () => {
  const budget = new SeedBudget(KNOWN);

  expect(budget.objects).toBe(1);
  expect(budget.fits(6400)).toBe(false);
  expect(budget.objects).toBe(100);
  expect(budget.fits(101)).toBe(false);
  expect(budget.fits(100)).toBe(true);
});

it.each([
  ['twice what went through', { took: 1000, failed: 16_000 }, 20],
  ['a quarter of what failed, where that is less', { took: 1000, failed: 6000 }, 15],
  ['what went through, where that is more', { took: 1000, failed: 2000 }, 10],
])('then carries %s', (_what, bounds, objects) => {
  expect(seen(bounds).objects).toBe(objects);
});

it('carries one object at the least', () => {
  const [heavy, failing] = [seen(), seen()];
  heavy.succeeded(1_000_000, 1);
  failing.failed(10, 1, 'no');

  expect([heavy.objects, failing.objects]).toEqual([1, 1]);
  expect(new SeedBudget({ took: 0, failed: 1 }).objects).toBe(1);
});

it('counts heavier objects at once, and lighter ones by and by', () => {
  const [heavier, lighter] = [seen(), seen()];
  heavier.succeeded(3000, 10);
  lighter.succeeded(500, 10);

  // 6,000 bytes of 300 bytes each; 2,000 bytes of 75 bytes each.
  expect(heavier.objects).toBe(13);
  expect(heavier.bounds).toEqual({ took: 3000, failed: 16_000 });
  expect(lighter.objects).toBe(26);
  expect(lighter.bounds).toEqual({ took: 1000, failed: 16_000 });
});

it('learns nothing from a push without objects, but that pushes go', () => {
  const budget = seen();
  budget.failed(16_000, 20, 'no');
  expect(budget.objects).toBe(10);

  budget.succeeded(50_000, 0);

  expect(budget.objects).toBe(20);
  expect(budget.bounds).toEqual(KNOWN);
});

it('learns from a push of one object', () => {
  const budget = new SeedBudget(KNOWN);
  budget.succeeded(500, 1);

  expect(budget.objects).toBe(4);
});

it('knows that more goes than was thought to fail', () => {
  const budget = seen({ took: 1000, failed: 1500 });
  budget.succeeded(2000, 20);

  expect(budget.bounds).toEqual({ took: 2000, failed: 2000 });
});

it.each([
  ['less failed than before', 8000, 8000],
  ['more failed than before', 20_000, 16_000],
  ['as much failed as once went: for another reason', 1000, 16_000],
  ['less failed than once went: for another reason', 10, 16_000],
])('where %s, it notes %s', (_what, bytes, failed) => {
  const budget = seen();
  budget.failed(bytes, 20, 'no');

  expect(budget.bounds).toEqual({ took: 1000, failed });
});

it('halves what it carries with each push that fails, whatever that had', () => {
  const budget = seen({ took: 1000, failed: 1e9 });
  const after = [21, 1000, 4].map((objects) => {
    budget.failed(2000, objects, 'no');
    return budget.objects;
  });

  expect(after).toEqual([10, 5, 2]);
});

it('gives up with the sixth push in a row that fails, each smaller than the last, and says why', () => {
  const budget = seen();
  const five = () => {
    for (let n = 0; n < 5; n++) budget.failed(10, 10, 'no');
  };
  five();
  budget.succeeded(1000, 10);
  five();

  expect(() => budget.failed(10, 3, 'HTTP 413')).toThrow(
    expect.objectContaining({
      code: 'quota',
      message: expect.stringMatching(/had 3 objects and failed with: HTTP 413$/),
    }),
  );
});
