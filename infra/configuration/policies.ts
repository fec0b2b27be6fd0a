import { parsePolicy, type Replica } from '../../replication/settings.ts';
import type { PolicyDocument } from './schema.ts';

/** The policy of a replica: of each field what the narrowest place says, and the default where none does. */
export function mergePolicies(...fromWideToNarrow: readonly (PolicyDocument | undefined)[]): Replica['policy'] {
  const massChange = Object.assign({}, ...fromWideToNarrow.map((policy) => policy?.massChange));
  return parsePolicy(Object.assign({}, ...fromWideToNarrow, { massChange })) as Replica['policy'];
}
