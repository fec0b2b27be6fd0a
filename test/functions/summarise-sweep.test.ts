import type { LocalFunction } from '../../local/lambda/functions.ts';
import { aFunction, outcomeOf, Written } from '../support/functions.ts';
import { removeFolders } from '../support/repository.ts';

let written: Written;
let summarise: LocalFunction;
beforeEach(async () => {
  written = new Written();
  summarise = await aFunction({
    folder: 'summarise-sweep',
    replicas: [],
    env: {},
    onOutput: written.onOutput,
  });
});
afterEach(() => summarise.stop());
afterAll(removeFolders);

it('says how a sweep ended, to the state machine and in one line of the log', async () => {
  const results = [
    { replica: 'a', outcome: 'in-sync' },
    { replica: 'b', outcome: 'failed' },
  ];

  const replicas = [{ replica: 'a' }, { replica: 'b' }];

  const summary = outcomeOf(await summarise.invoke({ replicas, results, news: [{}] }));

  expect(summary).toEqual({
    says: '2 replicas: 1 in sync, 1 failed (b).',
    replicas: 2,
    outcomes: { 'in-sync': 1, failed: 1 },
    drifted: [],
    failed: ['b'],
    replicated: [],
  });
  expect(await written.records(2)).toMatchObject([
    { message: 'swept', says: summary.says, news: 0 },
    { Sweeps: 1, ReplicasProven: 1, ReplicasRepaired: 0, ReplicasDrifted: 0, ReplicasFailed: 1 },
  ]);
});

it('hands on what people have not been told yet, and counts it in the log', async () => {
  const replicas = [{ replica: 'a' }, { replica: 'b' }];
  const told = { replica: 'a', verdict: 'refused', kind: 'refused:mass-change' };

  const summary = outcomeOf(await summarise.invoke({ replicas, results: [], news: [{}, told] }));

  expect(summary).toMatchObject({ failed: ['a', 'b'], digest: { news: [told], replicas: 2 } });
  expect(await written.records(2)).toMatchObject([{ message: 'swept', news: 1 }, { ReplicasFailed: 2 }]);
});

it('fails under a name of the table where it is given something else', async () => {
  expect(outcomeOf(await summarise.invoke({}))).toMatchObject({ errorType: 'Ccrepl.Internal' });
});
