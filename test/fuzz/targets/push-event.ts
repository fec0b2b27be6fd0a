import { readPushEvent } from '../../../functions/on-push/event.ts';
import { executionName } from '../../../functions/on-push/execution-name.ts';
import { wantedRuns } from '../../../functions/on-push/wanted-runs.ts';
import { parseSettings } from '../../../replication/settings.ts';
import { reshapeJson } from '../json.ts';
import { answerNow, judge, judgeText } from '../judge.ts';
import { Finding, type Target } from '../target.ts';

const ACCOUNT = '111122223333';
const ARN = `arn:aws:codecommit:ap-northeast-1:${ACCOUNT}:Source`;
const SETTINGS = parseSettings(
  JSON.stringify({
    replicas: ['us-west-2', 'eu-west-1'].map((region) => ({
      id: `Source--${region}`,
      source: { region: 'ap-northeast-1', repository: 'Source' },
      destination: { region, repository: 'Source' },
    })),
  }),
);

const record = {
  eventSource: 'aws:codecommit',
  eventSourceARN: ARN,
  eventName: 'ReferenceChanges',
  eventId: '1',
  eventTime: '2026-01-01T00:00:00.000+0000',
  eventPartNumber: 1,
  eventTotalParts: 1,
  codecommit: { references: [{ commit: 'a'.repeat(40), ref: 'refs/heads/main', created: true }] },
};
const EXAMPLES = [
  { Records: [record] },
  { Records: [record, { ...record, eventId: '2' }, { ...record, eventSourceARN: ARN.replace('Source', 'Elsewhere') }] },
  { Records: [{ ...record, eventSource: 'aws:s3' }, null] },
].map((one) => Buffer.from(JSON.stringify(one)));
const WORDS = ['Records', ...Object.keys(record), ARN, `${ARN}\n`, `${ARN}/..`, 'aws:codecommit', 'aws:s3'];

/** The event of a trigger. Lambda gives it parsed; text that is no JSON stands for a caller that gives something else. */
export const pushEvent: Target = {
  name: 'push-event',
  files: ['event', 'wanted-runs', 'execution-name'].map((name) => `functions/on-push/${name}.ts`),
  examples: EXAMPLES,
  words: WORDS,
  generate: (random) => reshapeJson(random.pick(EXAMPLES), random, WORDS),
  reshape: (bytes, random) => reshapeJson(bytes, random, WORDS),
  run(bytes) {
    const text = bytes.toString('utf8');
    const parsed = answerNow(() => JSON.parse(text) as unknown);
    const event = 'value' in parsed ? parsed.value : text;
    const answer = answerNow(() => readPushEvent(event));
    if ('error' in answer)
      throw new Finding('an event is never an error', String(answer.error), { cause: answer.error });
    const { records, rejected } = answer.value as ReturnType<typeof readPushEvent>;
    const given = (event as { Records?: unknown } | null)?.Records;
    const count = Array.isArray(given) && given.length > 0 ? given.length : 1;
    judge('every record is read or rejected', records.length + rejected.length === count, { records, rejected });
    for (const reason of rejected) judgeText(reason, 200);
    const { runs, foreign } = wantedRuns(records, ACCOUNT, SETTINGS);
    for (const reason of foreign) judgeText(reason, 300);
    const names = [...runs].map(([replica, identities]) => executionName(replica, identities));
    judge(
      'an execution has a name that Step Functions takes',
      names.every((name) => /^[\w-]{1,80}$/.test(name)),
      names,
    );
    const own = records.filter(
      ({ account, region, repository }) => `${account} ${region} ${repository}` === `${ACCOUNT} ap-northeast-1 Source`,
    );
    judge('a push of ours starts both replicas, and nothing else does', runs.size === (own.length > 0 ? 2 : 0), names);
    return `${records.length > 0} ${[...new Set(rejected)].sort().join()} ${foreign.length > 0}`;
  },
};
