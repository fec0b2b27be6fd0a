import { readFileSync } from 'node:fs';
import { ReplicationError } from '../replication/errors.ts';
import { parseSettings, type Settings } from '../replication/settings.ts';

/** Reads the replicas that this deployment knows, from the file that `CCREPL_SETTINGS` names. Read once: a deployment replaces both. */
export function loadSettings(env: NodeJS.ProcessEnv): Settings {
  const path = requireEnv(env, 'CCREPL_SETTINGS');
  return parseSettings(readFileSync(path, 'utf8'));
}

export function requireEnv(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (value) return value;
  throw new ReplicationError('input', `the environment variable ${name} is missing`);
}
