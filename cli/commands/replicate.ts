import { codeCommitApis } from '../../aws/codecommit.ts';
import { defaultCredentials } from '../../aws/credentials.ts';
import { relay } from '../../container/relay/relay.ts';
import { type HeadResult, type RelayResult, resultToJson } from '../../container/relay/result.ts';
import { displayRef } from '../../git/ref.ts';
import { formatBytes, progressLine } from '../../local/terminal/progress-bar.ts';
import type { Screen } from '../../local/terminal/screen.ts';
import { table } from '../../local/terminal/table.ts';
import type { Policy } from '../../replication/policy.ts';
import { type Progress, parseGitProgress } from '../../replication/progress.ts';
import { openBoth } from '../remote.ts';
import { describeIgnored, describeMassChange, describeWaysOut } from '../text/heads.ts';

export interface ReplicateOptions {
  source: string;
  destination: string;
  policy: Policy;
  dryRun: boolean;
  confirm: string | undefined;
  json: boolean;
}

/** Heads in the table; `--json` has them all. */
const ROWS_MAX = 100;

/** Relays between two git repositories; gives the exit code of the error table. */
export async function replicate(options: ReplicateOptions, screen: Screen, signal: AbortSignal): Promise<number> {
  const load = defaultCredentials();
  let at: Progress = { stage: 'reading', objects: 0, packBytes: 0 };
  const show = (next: Progress) => {
    at = next;
    if (!options.json) screen.transient(progressLine(at));
  };
  const onProgress = (text: string) => {
    const step = parseGitProgress(text);
    if (step !== undefined) show({ ...at, ...step });
  };
  const { source, destination } = openBoth(options.source, options.destination, load, { signal, onProgress });
  const started = Date.now();
  const result = await relay({
    source: source.remote,
    destination: destination.remote,
    policy: options.policy,
    dryRun: options.dryRun,
    confirm: options.confirm,
    apis: codeCommitApis({ source: source.codeCommit, destination: destination.codeCommit }, load),
    onProgress: show,
  });
  source.remote.close();
  destination.remote.close();
  screen.settle();
  const requests = source.remote.traffic.requests + destination.remote.traffic.requests;
  const ms = Date.now() - started;
  const lines = options.json
    ? [JSON.stringify({ ...resultToJson(result), requests, ms }, null, 2)]
    : [
        ...describeHeads(result.heads),
        ...describeWaysOut(
          result.heads.filter(({ code }) => code === 'diverged'),
          source.remote.url.href,
          destination.remote.url.href,
        ),
        ...describe(result),
        `${HEADLINES[result.result]} ${equalAlready(result.counts?.inSync ?? 0)}; ${result.objects} objects, ${formatBytes(result.packBytes)}, ${requests} requests, ${(ms / 1000).toFixed(1)} s.`,
      ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return result.error?.exitCode ?? 0;
}

const equalAlready = (heads: number): string => `${heads} ${heads === 1 ? 'head was' : 'heads were'} equal already`;

const short = (oid: string | undefined): string => oid?.slice(0, 10) ?? '-';

/** What was not done stands before what was. */
const isSettled = ({ status }: HeadResult): number => (status === 'done' || status === 'planned' ? 1 : 0);

function describeHeads(heads: readonly HeadResult[]): string[] {
  if (heads.length === 0) return [];
  const shown = [...heads].sort((a, b) => isSettled(a) - isSettled(b)).slice(0, ROWS_MAX);
  const rows = shown.map(({ ref, action, old, new: next, status, reason }) => [
    displayRef(ref),
    action,
    short(old),
    short(next),
    status,
    reason ?? '',
  ]);
  const hidden = heads.length - shown.length;
  const more = hidden === 0 ? [] : [`… and ${hidden.toLocaleString('en')} more; --json names them all`];
  return [...table(['REF', 'ACTION', 'OLD', 'NEW', 'STATUS', 'WHY'], rows), ...more, ''];
}

function describe({ defaultBranch, massChange, warnings, ignored, error }: RelayResult): string[] {
  const branch = defaultBranch && {
    ...defaultBranch,
    found: defaultBranch.found === undefined ? 'none' : displayRef(defaultBranch.found),
  };
  return [
    ...(branch ? [`default branch: ${branch.found} → ${displayRef(branch.expected)}: ${branch.status}`] : []),
    ...describeMassChange(massChange),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...describeIgnored(ignored),
    ...(error ? [`error: ${error.message}`] : []),
  ];
}

const HEADLINES: Record<RelayResult['result'], string> = {
  'in-sync': 'In sync: nothing to do.',
  replicated: 'Replicated, and read again to be sure.',
  planned: 'Dry run: nothing was written.',
  incomplete: 'Not everything is as at the source.',
  failed: 'The run failed.',
};
