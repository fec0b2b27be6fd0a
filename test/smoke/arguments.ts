import { parseArgs } from 'node:util';
import { REGION, REGION_EXPECTED } from '../../git/codecommit/names.ts';
import { printable } from '../../git/ref.ts';
import { CHECKS } from './checks.ts';

/** What a person asked for. */
export interface SmokeOptions {
  sourceRegion: string;
  destinationRegion: string;
  yes: boolean;
  json: boolean;
  keep: boolean;
  slow: boolean;
  /** Names of checks; undefined: all. */
  only: readonly string[] | undefined;
  bigMegabytes: number | undefined;
  topic: string | undefined;
  /** Where the report is written as Markdown. */
  report: string | undefined;
}

const BIG_MEGABYTES_MAX = 20_000;

export const USAGE = `Usage: npm run smoke:aws -- --source-region REGION --destination-region REGION [options]

Asks real CodeCommit all that ccrepl relies on and that nobody could try without an account: with two repositories
that it makes and removes again. It first says what it will make. Credentials: the default chain of the AWS SDKs.

  --yes          make them without asking; where there is no terminal, it is needed
  --only NAME,…  these checks alone: the names are those of the report
  --json         one JSON document on stdout, and nothing else there
  --report FILE  the report as Markdown, too
  --keep         leave the repositories there
  --big MB       push so many megabytes in one commit, up to ${BIG_MEGABYTES_MAX}
  --slow         try a request of 16 minutes
  --topic ARN    an SNS topic or a Lambda function, in the source's region, for the triggers of the checks
  --help         this text

Exit code: 0 if all that was asked is as expected, 1 if something is different, 2 for an error or for a question
that got no answer. docs/smoke.md has the rights that it needs, and how to read the report.`;

/** @throws Error that says what is wrong and what was expected */
export function parseArguments(argv: readonly string[]): SmokeOptions | 'help' {
  const { values } = parseArgs({
    args: argv as string[],
    options: {
      'source-region': { type: 'string' },
      'destination-region': { type: 'string' },
      yes: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      slow: { type: 'boolean', default: false },
      only: { type: 'string' },
      big: { type: 'string' },
      topic: { type: 'string' },
      report: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const { yes, json, keep, slow } = values;
  const sourceRegion = regionOf('source-region', values['source-region']);
  return {
    sourceRegion,
    destinationRegion: regionOf('destination-region', values['destination-region']),
    yes,
    json,
    keep,
    slow,
    only: values.only === undefined ? undefined : namesOf(values.only),
    bigMegabytes: values.big === undefined ? undefined : megabytesOf(values.big),
    topic: values.topic === undefined ? undefined : topicOf(values.topic, sourceRegion),
    report: values.report,
  };
}

function regionOf(option: string, value: string | undefined): string {
  if (value !== undefined && REGION.test(value)) return value;
  const given = value === undefined ? 'is missing' : `is "${printable(value)}"`;
  throw new Error(`--${option} ${given}: ${REGION_EXPECTED}`);
}

function namesOf(value: string): string[] {
  const known = CHECKS.map(({ name }) => name);
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new Error(`--only has "${printable(unknown)}": expected some of ${known.join(', ')}, with commas`);
}

function megabytesOf(value: string): number {
  const megabytes = /^\d+$/.test(value) ? Number(value) : 0;
  if (megabytes >= 1 && megabytes <= BIG_MEGABYTES_MAX) return megabytes;
  throw new Error(
    `--big is "${printable(value)}": expected a whole number of megabytes from 1 to ${BIG_MEGABYTES_MAX}`,
  );
}

function topicOf(value: string, region: string): string {
  const [, at] = /^arn:aws[a-z-]*:(?:sns|lambda):([a-z0-9-]+):\d{12}:.+$/.exec(value) ?? [];
  if (at === region) return value;
  throw new Error(
    `--topic is "${printable(value)}": expected the ARN of an SNS topic or a Lambda function in ${region}, the region of the source`,
  );
}
