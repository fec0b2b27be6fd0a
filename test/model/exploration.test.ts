import { MISTAKES } from './broken.ts';
import { type Exploration, explore } from './explore.ts';
import { LARGE_SCENARIOS, SCENARIOS } from './scenarios.ts';

const LARGE = process.env['CCREPL_MODEL'] === 'large';
const scenarios = Object.entries({ ...SCENARIOS, ...(LARGE && LARGE_SCENARIOS) });

/** The whole way to what is broken: it is all that somebody has who must mend it. */
const told = ({ violation }: Exploration): string =>
  violation === undefined
    ? 'all holds'
    : [violation.broken, ...violation.trace.map((step, index) => `${index + 1}. ${step}`)].join('\n');

describe('the real state machine, in every order of steps', () => {
  let states = 0;

  it.each(scenarios)(
    'never moves the destination back, loses a push, or keeps a lease: %s',
    (_, scenario) => {
      const exploration = explore(scenario);

      states += exploration.states;
      expect(told(exploration)).toBe('all holds');
      expect(exploration.ends).toBeGreaterThan(0);
    },
    1_200_000,
  );

  afterAll(() => {
    console.log(`explored ${states.toLocaleString('en')} states of ${scenarios.length} scenarios`);
    expect(states).toBeGreaterThan(1_000_000);
  });
});

it.each(Object.entries(MISTAKES))('would find a state machine or a task that %s', (_, { scenario, caught }) => {
  expect(told(explore(scenario))).toMatch(caught);
});
