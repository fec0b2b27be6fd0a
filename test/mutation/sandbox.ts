import { globSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** The global that an instrumented source asks "is it this one?" at each place that has mutants. */
export const SWITCH = '__mutant';

/** Left out: it starts a git server a test, and would be asked about every mutant of the client that nothing faster kills. */
const SLOW = 'test/replication/resolution-commands.test.ts';

/** The tests that judge the mutants: those of the two rooms. */
export const TEST_FILES: readonly string[] = globSync(['test/replication/*.test.ts', 'test/git/*.test.ts'], {
  cwd: ROOT,
})
  .filter((file) => file !== SLOW)
  .sort();
