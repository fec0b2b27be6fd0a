import { regionOf } from '../../aws/caller.ts';
import { defaultCredentials } from '../../aws/credentials.ts';
import { openReplicasTable, type ReplicasTable } from '../../aws/replicas-table.ts';
import { printable } from '../../git/ref.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { type ReplicaRecord, statusOf } from '../../replication/status.ts';
import type { StatusArguments } from '../arguments/status.ts';
import { describeStatus, statusToJson } from '../text/status.ts';

/** Ids that an error lists; more help nobody. */
const LISTED_MAX = 50;

/** How replicas stand, by their records; 0 all good enough, 1 not. Reads only. */
export async function status(options: StatusArguments & { json: boolean }, signal: AbortSignal): Promise<number> {
  const { replica, maxAge } = options;
  const region = regionOf(options.region, process.env);
  const table = await openReplicasTable(options.table, { region, load: defaultCredentials(), signal });
  const records = await read(table, options.table, replica).finally(() => table.close());
  const now = new Date();
  const statuses = statusOf(records, now, maxAge?.seconds);
  const goodEnough = statuses.every((one) => one.goodEnough);
  const lines = options.json
    ? [JSON.stringify({ goodEnough, at: now.toISOString(), replicas: statuses.map(statusToJson) }, null, 2)]
    : describeStatus(statuses, now, maxAge?.text);
  process.stdout.write(`${lines.join('\n')}\n`);
  return goodEnough ? 0 : 1;
}

async function read(table: ReplicasTable, name: string, replica: string | undefined): Promise<ReplicaRecord[]> {
  const found = replica === undefined ? undefined : await table.read(replica);
  if (found !== undefined) return [found];
  const all = await table.readAll();
  const where = `the table "${name}" in ${table.region}`;
  if (all.length === 0) {
    throw new ReplicationError(
      'missing',
      `${where} is empty: no execution has run yet. The first is started by a push, or by ccrepl start ${replica ?? '--sweep'}`,
    );
  }
  if (replica === undefined) return all;
  const ids = all.map((record) => `"${printable(record.replica)}"`).sort();
  const more = ids.length > LISTED_MAX ? ` and ${ids.length - LISTED_MAX} more` : '';
  throw new ReplicationError(
    'missing',
    `"${replica}" has no record in ${where}: expected one of ${ids.slice(0, LISTED_MAX).join(', ')}${more}. Is it spelt right? A new replica has one once an execution has begun: ccrepl start ${replica} --wait`,
  );
}
