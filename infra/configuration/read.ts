import { parseDocument } from '../../replication/document.ts';
import { ReplicationError } from '../../replication/errors.ts';
import { parseSettings } from '../../replication/settings.ts';
import type { Configuration } from './configuration.ts';
import { expand, expandReplicas } from './expand.ts';
import { jsonFault } from './json-text.ts';
import { rulesBroken } from './rules.ts';
import { configurationSchema } from './schema.ts';

/**
 * Reads `replication.json`.
 *
 * @param name the file's name, for errors
 * @throws ReplicationError `input`: all that is wrong of one kind at once, each with its path, the value and what is allowed
 */
export function parseConfiguration(json: string, name: string): Configuration {
  // Editors of Windows put a byte order mark before it.
  const text = json.replace(/^\uFEFF/, '');
  const fault = jsonFault(text);
  if (fault !== undefined) throw new ReplicationError('input', `${name} is not JSON as it should be: ${fault}`);
  const document = parseDocument(text, configurationSchema, name);
  const expanded = expandReplicas(document);
  const problems = rulesBroken(document, expanded);
  if (problems.length > 0) throw new ReplicationError('input', `${name}: ${problems.join('; ')}`);
  // What the functions will be given must be right by their own rules.
  parseSettings(JSON.stringify({ replicas: expanded.map(({ replica }) => replica) }));
  return expand(document, expanded);
}
