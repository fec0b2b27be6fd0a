import { LocalMachine } from '../../local/stepfunctions/machine.ts';

const ARN = 'arn:aws:states:ap-northeast-1:111122223333:stateMachine';

const IN_SYNC = {
  outcome: 'in-sync',
  replica: 'R',
  verdict: 'in-sync',
  heads: 1200,
  verifiedAt: '2026-01-02T03:04:05Z',
};

/** A state machine that ends as the replica of its input is called, where `ends` has a state of that name; else with `output`. */
export function aMachine(name: string, ends: Record<string, object> = {}, output: object = IN_SYNC): LocalMachine {
  return new LocalMachine({
    arn: `${ARN}:${name}`,
    definition: {
      StartAt: 'Which',
      States: {
        Which: {
          Type: 'Choice',
          Choices: [
            { Variable: '$.replica', IsPresent: false, Next: 'Otherwise' },
            ...Object.keys(ends).map((end) => ({ Variable: '$.replica', StringEquals: end, Next: end })),
          ],
          Default: 'Otherwise',
        },
        Otherwise: passing(output),
        ...ends,
      },
    } as never,
    integrations: {},
    pauseMs: 0,
  });
}

export const passing = (Result: object) => ({ Type: 'Pass', Result, End: true });
export const failing = (error: string, cause: string) => ({ Type: 'Fail', Error: error, Cause: cause });
