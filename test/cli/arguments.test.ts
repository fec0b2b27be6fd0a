import { calledAs, parseCommand } from '../../cli/arguments/command.ts';

const ARN = 'arn:aws:states:eu-west-1:111122223333:stateMachine:m';

it.each<[string[], string]>([
  [['status', '--max-age', '15'], '--max-age is "15": expected a number from 1 with its unit'],
  [['status', '--max-age', '0m'], '--max-age is "0m"'],
  [['status', '--max-age', '-5m'], '--max-age'],
  [['status', '--region', 'Tokyo'], '--region is "Tokyo": expected an AWS region'],
  [['status', '--table', 'a/b'], '--table is "a/b": expected the name of a DynamoDB table'],
  [['status', 'sweep:x'], '"sweep:x" is no id of a replica'],
  [['status', 'a', 'b'], 'status takes one REPLICA; 2 were given'],
  [['status', '--wait'], 'status has no --wait'],
  [['status', '--confirm', '0123456789abcdef'], 'status has no --confirm'],
  [['start'], 'start takes a REPLICA, or --sweep for all; none was given'],
  [['start', 'a', 'b'], 'start takes one REPLICA; 2 were given'],
  [['start', 'a b'], '"a b" is no id of a replica'],
  [['start', 'R', '--confirm', '12'], '--confirm is "12": expected the 16 hexadecimal digits'],
  [['start', 'R', '--repository', 'S'], '--repository is for start --sweep alone'],
  [['start', 'R', '--sweep'], 'start --sweep takes no REPLICA, and was given "R"'],
  [['start', '--sweep', '--force'], 'start --sweep has no --force'],
  [['start', '--sweep', '--repository='], '--repository is empty'],
  [['start', 'R', '--state-machine', 'replicate'], '--state-machine is "replicate": expected the ARN'],
  [['start', 'R', '--state-machine', ARN, '--region', 'eu-west-2'], 'expected one region'],
  [['start', 'R', '--table', 'ttt'], 'start has no --table'],
  [['check', 'https://h/a', 'https://h/b', '--force'], 'check has no --force'],
])('refuses %j', (args, message) => {
  expect(() => parseCommand(args)).toThrow(message);
  expect(() => parseCommand(args)).toThrow('see ccrepl --help');
});

it('reads what status is asked', () => {
  expect(parseCommand(['status'])).toEqual({ name: 'status', json: false, table: 'ccrepl-replicas' });
  expect(parseCommand(['status', 'R', '--max-age=90m', '--table', 'other', '--region=eu-west-1', '--json'])).toEqual({
    name: 'status',
    json: true,
    replica: 'R',
    maxAge: { text: '90m', seconds: 5400 },
    table: 'other',
    region: 'eu-west-1',
  });
});

it.each([
  ['45s', 45],
  ['15m', 900],
  ['2h', 7200],
  ['7d', 604_800],
])('takes %s for %d seconds', (text, seconds) => {
  expect(parseCommand(['status', '--max-age', text])).toMatchObject({ maxAge: { seconds } });
});

it('reads what start is asked, and the region of a state machine’s ARN', () => {
  expect(parseCommand(['start', 'R', '--wait', '--state-machine', ARN])).toEqual({
    name: 'start',
    json: false,
    machine: 'ccrepl-replicate',
    input: { replica: 'R' },
    stateMachine: ARN,
    region: 'eu-west-1',
    wait: true,
  });
  expect(parseCommand(['start', '--sweep'])).toMatchObject({ machine: 'ccrepl-sweep', input: {}, wait: false });
});

it('shows no password of an option', () => {
  const args = ['start', 'R', '--state-machine', 'https://user:CANARY@host/a'];

  expect(() => parseCommand(args)).toThrow(expect.objectContaining({ message: expect.not.stringContaining('CANARY') }));
});

it('knows which command was called, also where it was called wrongly', () => {
  expect(calledAs(['--unknown', 'x', 'status', '--json'])).toEqual({ name: 'status', json: true });
  expect(calledAs(['start', 'status'])).toEqual({ name: 'start', json: false });
  expect(calledAs(['status', '--max-age', '--json'])).toEqual({ name: 'status', json: true });
  expect(calledAs(['start', '--json=yes'])).toEqual({ name: 'start', json: true });
  expect(calledAs(['start', '--', '--json'])).toEqual({ name: 'start', json: false });
});
