import { defaultCredentials } from '../../aws/credentials.ts';
import { gitEndpoints, type LoadCredentials } from '../../git/codecommit/remote.ts';
import { GitError } from '../../git/errors.ts';
import type { SmokeOptions } from './arguments.ts';
import { type Check, type Finding, findingOf, type Result } from './check.ts';
import { CHECKS } from './checks.ts';
import { Harmless } from './harmless.ts';
import type { Answered, Report } from './report/report.ts';
import { type Access, Place } from './stage/place.ts';
import { Stage } from './stage/stage.ts';
import { type Left, type Pair, ThrowAways } from './stage/throw-aways.ts';

/** What a person sees meanwhile. */
export type Say = (line: string) => void;

/** Checks that are wanted, with their numbers. */
export const wantedOf = ({ only }: SmokeOptions): { number: number; check: Check }[] =>
  CHECKS.map((check, index) => ({ number: index + 1, check })).filter(
    ({ check }) => only === undefined || only.includes(check.name),
  );

/** Makes the repositories, asks all questions, and takes the repositories away, however it ends. It does not throw. */
export async function run(options: SmokeOptions, pair: Pair, say: Say, signal: AbortSignal): Promise<Report> {
  const startedAt = new Date().toISOString();
  const harmless = new Harmless();
  const wanted = wantedOf(options);
  const answers: Answered[] = [];
  let throwAways: ThrowAways | undefined;
  let stage: Stage | undefined;
  let failure: string | undefined;
  try {
    const access: Access = {
      load: learning(defaultCredentials(), harmless),
      endpoints: gitEndpoints(process.env),
      signal,
      harmless,
    };
    throwAways = new ThrowAways(access);
    stage = stageOf(pair, options, access);
    for (const side of [pair.source, pair.destination]) {
      await throwAways.make(side);
      say(`made ${side.repository} in ${side.region}`);
    }
    for (const { number, check } of wanted) {
      const answer = await answerOf(number, check, stage, harmless);
      answers.push(answer);
      say(`${String(number).padStart(2)}/${CHECKS.length} ${answer.name}: ${answer.result}`);
    }
  } catch (error) {
    failure = signal.aborted ? (signal.reason as Error).message : harmless.text((error as Error).message);
  }
  stage?.close();
  const requests = stage === undefined ? 0 : requestsOf(stage);
  const kept = options.keep ? (throwAways?.kept() ?? []) : [];
  if (!options.keep) say('removing what was made');
  const left = options.keep ? [] : ((await throwAways?.remove()) ?? []);
  return {
    startedAt,
    pair,
    answers,
    wanted: wanted.length,
    requests,
    error: failure,
    left: left.map(harmlessly(harmless)),
    kept,
  };
}

const harmlessly =
  (harmless: Harmless) =>
  (one: Left): Left => ({ ...one, why: harmless.text(one.why) });

function stageOf(pair: Pair, { bigMegabytes, slow, topic }: SmokeOptions, access: Access): Stage {
  const places = [
    new Place(pair.source, 'source', access),
    new Place(pair.destination, 'destination', access),
  ] as const;
  return new Stage(...places, { bigMegabytes, slow, topic }, pair);
}

const requestsOf = ({ source, destination }: Stage): number =>
  source.remote.traffic.requests + destination.remote.traffic.requests;

const learning =
  (load: LoadCredentials, harmless: Harmless): LoadCredentials =>
  async (options) => {
    const credentials = await load(options);
    harmless.learnCredentials(credentials);
    return credentials;
  };

async function answerOf(number: number, check: Check, stage: Stage, harmless: Harmless): Promise<Answered> {
  const { name, area, question, expects } = check;
  const started = Date.now();
  const finding = await orStopped(check.run(stage), stage.signal).catch((error: unknown) => {
    if (stage.signal.aborted) throw error;
    return findingOf(error);
  });
  const means = finding.means ?? meaningOf(check, finding);
  const found = harmless.text(finding.found);
  return {
    number,
    name,
    area,
    question,
    expects,
    ...finding,
    found,
    means: harmless.text(means),
    ms: Date.now() - started,
  };
}

function meaningOf({ means }: Check, { result, needs }: Finding): string {
  const meanings: Record<Result, string> = {
    'as-expected': means.asExpected,
    different: means.different,
    'could-not-tell': needs === undefined ? 'the question stays open' : 'the question was not asked',
  };
  return meanings[result];
}

/** A check that waits for AWS's API does not hear of Ctrl-C: nobody waits for it then. */
async function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new GitError('aborted', 'stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
