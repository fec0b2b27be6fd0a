import { ReplicationError } from '../../replication/errors.ts';
import { parseExecutionInput } from '../../replication/input.ts';

function refusal(input: unknown): ReplicationError {
  try {
    parseExecutionInput(input);
  } catch (error) {
    if (error instanceof ReplicationError) return error;
  }
  throw new Error('it was not refused with an error of the table');
}

it('gives the id, and nothing else', () => {
  expect(parseExecutionInput({ replica: 'Source--ap-northeast-3' })).toEqual({ replica: 'Source--ap-northeast-3' });
});

it.each([undefined, null, 7, true, 'Source', ['Source'], {}, { replica: null }, { replica: ['x'] }, { Replica: 'x' }])(
  'refuses %j as wrong input that no retry mends, and says what is expected',
  (input) => {
    expect(refusal(input)).toMatchObject({ code: 'input', exitCode: 2, retryable: false });
    expect(refusal(input).message).toContain('expected {"replica":"ID"}');
  },
);

it('names every unknown field', () => {
  expect(refusal({ replica: 'a', source: 'x', 'dry-run': true }).message).toContain('"source", "dry-run"');
});

it('shows what is hostile harmlessly, on one line, and not at any length', () => {
  const hostile = '\n\u001b[2J\u202e'.repeat(1000);
  const inputs = [hostile, [hostile], { [hostile]: 1, replica: 'a' }, { replica: { [hostile]: 1 } }];

  for (const input of inputs) {
    const { message } = refusal(input);
    expect(message).not.toMatch(/[\n\u001b\u202e]/);
    expect(message.length).toBeLessThan(200);
  }
});
