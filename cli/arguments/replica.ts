import { REGION, REGION_EXPECTED } from '../../git/codecommit/names.ts';
import { withoutLogin } from '../../git/url.ts';
import { REPLICA_ID, REPLICA_ID_EXPECTED } from '../../replication/settings.ts';
import { matching, usage, type Values } from './options.ts';

/** The one word that a command on replicas may take. @throws ReplicationError `input` */
export function parseReplica(name: string, words: readonly string[]): string | undefined {
  const [replica] = words;
  if (words.length > 1) throw usage(`${name} takes one REPLICA; ${words.length} were given`);
  if (replica === undefined || REPLICA_ID.test(replica)) return replica;
  throw usage(`"${withoutLogin(replica)}" is no id of a replica: ${REPLICA_ID_EXPECTED}`);
}

export const parseRegion = ({ region }: Values): string | undefined =>
  matching('region', region, REGION, REGION_EXPECTED);
