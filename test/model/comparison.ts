import type { Comparison, ComparisonQuestion, Run } from '../../replication/contract.ts';
import type { Json, JsonObject } from './json.ts';

const COMPARED_AT = '2026-03-02T10:00:30.000Z';

/**
 * What `compare-heads` answers for one head whose versions are numbers. It stands if the source has for it what it had in the earlier
 * comparison; where nothing stands nothing is remembered, as in `replication/standing.ts`.
 */
export function compare(
  question: ComparisonQuestion,
  destination: number,
  source: number,
): Comparison & { kind: string } {
  const differs = source !== destination;
  const head = `main@${source}`;
  const stands = differs && question.before === head;
  return {
    replica: question.run.replica,
    verdict: differs ? 'behind' : 'in-sync',
    kind: differs ? 'behind' : 'in-sync',
    headline: differs ? 'main is behind' : 'all is there',
    replicable: differs,
    comparedAt: COMPARED_AT,
    lagSeconds: 30,
    fingerprint: '0123456789abcdef',
    counts: {
      source: 1,
      destination: 1,
      inSync: differs ? 0 : 1,
      create: 0,
      update: differs ? 1 : 0,
      delete: 0,
      keep: 0,
      refuse: 0,
    },
    standing: stands ? 1 : 0,
    memory: differs && (question.before === undefined || stands) ? head : '',
    differences: [],
    differencesOmitted: 0,
    ignored: {},
    task: '{}',
  };
}

/** What `read-input` answers: the input as it is, and what it adds. Nobody was told anything longer than a day ago. */
export function readInput(input: JsonObject): Json {
  const { AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: sweep, ...run } = input;
  const answer = {
    ...(run as { replica: string }),
    ...(typeof sweep === 'string' && { sweep }),
    remindBefore: '2026-03-01T10:00:00.000Z',
    expiresAt: '1772500000',
  } satisfies Run;
  return answer;
}
