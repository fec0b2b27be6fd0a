import { relay } from '../../container/relay/relay.ts';
import { type RelayResult, resultToJson } from '../../container/relay/result.ts';
import { defaultCredentials } from '../../container/wiring/aws-credentials.ts';
import { codeCommitPorts } from '../../container/wiring/codecommit.ts';
import { displayRef } from '../../git/ref.ts';
import { formatBytes, progressLine } from '../../local/terminal/progress-bar.ts';
import type { Screen } from '../../local/terminal/screen.ts';
import { table } from '../../local/terminal/table.ts';
import { DEFAULT_POLICY } from '../../replication/policy.ts';
import { type Progress, parseGitProgress } from '../../replication/progress.ts';
import { openBoth } from '../remote.ts';

export interface ReplicateOptions {
  source: string;
  destination: string;
  dryRun: boolean;
  json: boolean;
}

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
    policy: DEFAULT_POLICY,
    dryRun: options.dryRun,
    ...codeCommitPorts(source.codeCommit, destination.codeCommit, load),
    onProgress: show,
  });
  source.remote.close();
  destination.remote.close();
  screen.settle();
  const requests = source.remote.traffic.requests + destination.remote.traffic.requests;
  const ms = Date.now() - started;
  if (options.json) process.stdout.write(`${JSON.stringify({ ...resultToJson(result), requests, ms }, null, 2)}\n`);
  else for (const line of describe(result, requests, ms)) process.stdout.write(`${line}\n`);
  return result.error?.exitCode ?? 0;
}

const short = (oid: string | undefined): string => oid?.slice(0, 10) ?? '-';

function describe(result: RelayResult, requests: number, ms: number): string[] {
  const rows = result.heads.map((head) => [
    displayRef(head.ref),
    head.action,
    short(head.old),
    short(head.new),
    head.status,
    head.reason ?? '',
  ]);
  const heads = result.heads.length === 0 ? [] : [...table(['REF', 'ACTION', 'OLD', 'NEW', 'STATUS', 'WHY'], rows), ''];
  const ignored = [...result.ignored].map(([namespace, count]) => `${count} in ${namespace}`);
  const carried = `${result.objects} objects, ${formatBytes(result.packBytes)}, ${requests} requests, ${(ms / 1000).toFixed(1)} s`;
  return [
    ...heads,
    ...result.warnings.map((warning) => `warning: ${warning}`),
    ...(ignored.length === 0 ? [] : [`left out, because only branches and tags are replicated: ${ignored.join(', ')}`]),
    ...(result.error ? [`error: ${result.error.message}`] : []),
    `${HEADLINES[result.result]} ${result.counts?.inSync ?? 0} heads were equal already; ${carried}.`,
  ];
}

const HEADLINES: Record<RelayResult['result'], string> = {
  'in-sync': 'In sync: nothing to do.',
  replicated: 'Replicated, and read again to be sure.',
  planned: 'Dry run: nothing was written.',
  incomplete: 'Not everything is as at the source.',
  failed: 'The run failed.',
};
