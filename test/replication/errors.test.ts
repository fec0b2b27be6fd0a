import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GitError, type GitErrorCode } from '../../git/errors.ts';
import { asReplicationError, ERROR_TABLE, ReplicationError } from '../../replication/errors.ts';
import { parseGitProgress } from '../../replication/progress.ts';

it('gives every class an exit code and a name of its own', () => {
  const rows = Object.values(ERROR_TABLE);

  expect(new Set(rows.map(({ exitCode }) => exitCode)).size).toBe(rows.length);
  expect(new Set(rows.map(({ errorName }) => errorName)).size).toBe(rows.length);
  expect(rows.every(({ exitCode }) => exitCode > 0 && exitCode < 256)).toBe(true);
});

it('is the table that docs/errors.md shows', () => {
  const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` *\| (\d+) *\| `([\w.]+)` *\| ([^|]+)\| ([^|]+)\|/gm)].map(
    ([, code, exit, name, says, does]) => [code, Number(exit), name, says?.trim(), does?.includes('tries again')],
  );

  expect(rows).toEqual(
    Object.entries(ERROR_TABLE).map(([code, row]) => [code, row.exitCode, row.errorName, row.says, row.retryable]),
  );
});

it.each<[GitErrorCode, string]>([
  ['connection', 'transient'],
  ['timeout', 'transient'],
  ['aborted', 'terminated'],
  ['throttled', 'transient'],
  ['server-error', 'transient'],
  ['unauthorized', 'auth'],
  ['not-found', 'missing'],
  ['too-large', 'quota'],
  ['redirect', 'protocol'],
  ['tls', 'protocol'],
  ['protocol', 'protocol'],
  ['remote-error', 'transient'],
  ['corrupt', 'source-corrupt'],
  ['input', 'input'],
])('puts %s of the wire into the class %s', (code, expected) => {
  expect(asReplicationError(new GitError(code, 'x'))).toMatchObject({ code: expected, message: 'x' });
});

it('calls what it does not know a defect of its own', () => {
  expect(asReplicationError(new TypeError('x is undefined'))).toMatchObject({ code: 'internal', exitCode: 1 });
  expect(asReplicationError('text').message).toBe('text');
});

it('leaves its own errors as they are', () => {
  const error = new ReplicationError('quota', 'full');

  expect(asReplicationError(error)).toBe(error);
});

it.each([
  ['Counting objects:  50% (3/6)\r', { step: 'Counting objects', percent: 50 }],
  [
    'Compressing objects:  10% (1/10)\rCompressing objects: 100% (10/10), done.\n',
    { step: 'Compressing objects', percent: 100 },
  ],
  ['Total 3 (delta 0)', undefined],
  ['', undefined],
])('reads git’s own progress: %j', (text, expected) => {
  expect(parseGitProgress(text)).toEqual(expected);
});
