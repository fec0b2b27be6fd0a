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

it.each([
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

it('explains both, in lines that fit a terminal', () => {
  expect(USAGE).toContain('--push-fault KIND:NUMBER');
  expect(PUSH_FAULTS.filter((kind) => !USAGE.includes(kind))).toEqual([]);
  expect(USAGE).toContain('--throttle N');
  expect(USAGE).not.toContain('undefined');
  expect(USAGE.split('\n').filter((line) => line.length > 110)).toEqual([]);
});
