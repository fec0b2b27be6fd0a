import { PUSH_FAULTS } from '../../local/codecommit/push-fault.ts';
import { parseOptions, USAGE } from '../../local/options.ts';

const parse = (...argv: string[]) => parseOptions(argv, '/home/project');

it('breaks and throttles nothing unless it is asked to', () => {
  expect(parse()).toMatchObject({ pushFault: undefined, throttle: undefined });
});

it('takes a push fault and a throttle', () => {
  expect(parse('--push-fault', 'answer-413:1000', '--throttle', '3')).toMatchObject({
    pushFault: { kind: 'answer', status: 413, overBytes: 1000 },
    throttle: 3,
  });
});

it('has one replica, and neither sweeps nor a storm, unless it is asked for them', () => {
  expect(parse()).toMatchObject({ replicas: 1, sweepMs: undefined, storm: undefined });
});

it.each([
  ['1s', 1000],
  ['30s', 30_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
])('takes replicas, a storm, and a sweep every %s', (interval, sweepMs) => {
  expect(parse('--replicas', '200', '--storm', '5000', '--sweep', interval)).toMatchObject({
    replicas: 200,
    storm: 5000,
    sweepMs,
  });
});

it.each([
  ...['0', '201', '2.5', '-1', '', '1e2', 'many'].map((value) => [
    `--replicas=${value}`,
    `--replicas is "${value}": expected a whole number from 1 to 200`,
  ]),
  ...['0', '5001', '0x10', ''].map((value) => [
    `--storm=${value}`,
    `--storm is "${value}": expected a whole number from 1 to 5000`,
  ]),
  ...['30', 's', '0s', '25h', '1.5m', '5 m', '1d', '-5m', ''].map((value) => [
    `--sweep=${value}`,
    `--sweep is "${value}": expected an interval from 1s to 24h with its unit, such as 30s, 5m or 1h`,
  ]),
  ['--push-fault=boom:1', '--push-fault: the push fault is "boom:1": expected KIND:NUMBER with one of cut-after-bytes'],
  [
    '--push-fault=cut-after-bytes:0.5',
    '--push-fault: the push fault is "cut-after-bytes:0.5": expected a whole number',
  ],
  ['--throttle=1', '--throttle is "1": expected a whole number from 2'],
  ['--throttle=2.5', '--throttle is "2.5": expected a whole number from 2'],
  ['--throttle=', '--throttle is "": expected a whole number from 2'],
  ['--throttle=often', '--throttle is "often": expected a whole number from 2'],
])('refuses %s with the value, what is expected and what to do', (argument, message) => {
  expect(() => parse(argument)).toThrow(message);
});

it('explains them all, in lines that fit a terminal', () => {
  expect(USAGE).toContain('--push-fault KIND:NUMBER');
  expect(PUSH_FAULTS.filter((kind) => !USAGE.includes(kind))).toEqual([]);
  for (const option of ['--throttle N', '--replicas N', '--sweep INTERVAL', '--storm N'])
    expect(USAGE).toContain(option);
  expect(USAGE).not.toContain('undefined');
  expect(USAGE.split('\n').filter((line) => line.length > 110)).toEqual([]);
});
