import { ratios, spreadOf } from '../../bench/statistics.ts';

describe('a spread', () => {
  it('is the middle and the middle half, whatever the order', () => {
    expect(spreadOf([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
    expect(spreadOf([1, 2])).toEqual({ median: 1.5, low: 1.25, high: 1.75 });
    expect(spreadOf([7])).toEqual({ median: 7, low: 7, high: 7 });
  });

  it('does not move because of one wild value', () => {
    expect(spreadOf([1, 1, 1, 1, 1000]).median).toBe(1);
  });

  it('of nothing is an error', () => {
    expect(() => spreadOf([])).toThrow('expected at least one');
  });
});

describe('a ratio', () => {
  it('is taken round by round, so that what slows a whole round down changes nothing', () => {
    expect(ratios([2, 20, 200], [1, 10, 100])).toEqual({ median: 2, low: 2, high: 2 });
  });

  it('of what both have not is 1', () => {
    expect(ratios([0, 0], [0, 0]).median).toBe(1);
  });

  it('needs the same rounds of both', () => {
    expect(() => ratios([1, 2], [1])).toThrow('2 rounds of the one, 1 of the other');
  });
});
