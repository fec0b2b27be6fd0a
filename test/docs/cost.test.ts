import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monthOf, ORIGINAL_PUSH, PUSH, priceOf, SWEPT, TRANSITIONS } from '../../docs/cost/model.ts';
import { TOKYO } from '../../docs/cost/prices.ts';
import { ASSUMED, costTables, FIXED } from '../../docs/cost/table.ts';
import type { Execution } from '../../local/stepfunctions/machine.ts';
import { METRICS } from '../../replication/metrics.ts';
import { EXAMPLE } from '../infra/fixtures.ts';
import { synthesise } from '../support/infra.ts';
import { Workflow } from '../support/workflow.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'cost.md'), 'utf8');

it('shows on its page what the model says (npm run cost)', () => {
  expect(page).toContain(`<!-- tables -->\n${costTables(ASSUMED, TOKYO)}\n<!-- end -->`);
});

describe('counts state transitions as the state machines make them', () => {
  const statesOf = ({ states }: Execution) => states.length;

  it('for a replica in sync and for one that is replicated', async () => {
    const flow = await Workflow.start();
    const inSync = await flow.run();
    flow.push({ 'refs/heads/main': '2' });
    const replicated = await flow.run();
    await flow.stop();

    expect(statesOf(inSync)).toBe(TRANSITIONS.inSync);
    expect(JSON.parse(replicated.output ?? '')).toMatchObject({ outcome: 'replicated' });
    expect(statesOf(replicated)).toBe(TRANSITIONS.replicated);
  });

  it('for a sweep, and each of its replicas', async () => {
    const states = async (ids: string[]) => {
      const flow = await Workflow.start(ids);
      const sweep = await flow.runSweep();
      await flow.stop();
      return statesOf(sweep);
    };
    const [one, three] = [await states(['A']), await states(['A', 'B', 'C'])];

    expect((three - one) / 2).toBe(TRANSITIONS.perSwept);
    expect(one - TRANSITIONS.perSwept).toBe(TRANSITIONS.perSweep);
  });
});

it('adds up: a month is its pushes, its sweeps and what is fixed', () => {
  const usage = { ...ASSUMED, repositories: 100 };
  const { pushes, sweeps, fixed, total } = monthOf(usage, TOKYO);

  expect(total).toBeCloseTo(pushes + sweeps + fixed, 10);
  expect(pushes).toBeCloseTo(100 * 20 * 30 * priceOf(PUSH, TOKYO), 10);
  expect(monthOf({ ...usage, sweepMinutes: 30 }, TOKYO).sweeps).toBeCloseTo(sweeps / 2, 10);
  expect(sweeps).toBeGreaterThan((30 * 24 * 4 * 100 * priceOf(SWEPT, TOKYO)) / 1.01);
});

it('finds a push cheaper than in the original design', () => {
  expect(priceOf(PUSH, TOKYO)).toBeLessThan(priceOf(ORIGINAL_PUSH, TOKYO));
});

it('counts alarms, by the metric, and metrics as they are deployed', () => {
  const deployment = synthesise(EXAMPLE);
  const alarms = deployment.of('AWS::CloudWatch::Alarm');
  const watched = alarms.reduce((sum, { properties }) => {
    const metrics = (properties['Metrics'] ?? []) as { MetricStat?: object }[];
    return sum + Math.max(1, metrics.filter(({ MetricStat }) => MetricStat !== undefined).length);
  }, 0);
  const filters = deployment.of('AWS::Logs::MetricFilter').length;

  expect(FIXED).toEqual({ alarms: watched, metrics: Object.keys(METRICS).length + filters });
});
