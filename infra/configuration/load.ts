import { readFileSync } from 'node:fs';
import { ReplicationError } from '../../replication/errors.ts';
import type { Configuration } from './configuration.ts';
import { parseConfiguration } from './read.ts';

const DEFAULT_FILE = 'replication.json';

/** @param file of `cdk -c config=FILE`; relative to where `cdk` runs */
export function loadConfiguration(file: string = DEFAULT_FILE): Configuration {
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ReplicationError(
      'input',
      code === 'ENOENT'
        ? `there is no ${file}: copy replication.example.json to ${DEFAULT_FILE} and write your repositories into it, or name another file (cdk -c config=FILE)`
        : `${file} cannot be read: ${code}`,
      { cause: error },
    );
  }
  return parseConfiguration(json, file);
}
