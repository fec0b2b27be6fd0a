import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { report } from './report.ts';
import { runMutation } from './run.ts';
import { ROOT } from './sandbox.ts';

const { values } = parseArgs({
  options: {
    mutate: { type: 'string', multiple: true, default: [] },
    judges: { type: 'string', default: '2' },
  },
});

/** `npm run mutation`: small mistakes in `replication/` and `git/`, one after the other, and which of them the tests see. */
const scratch = mkdtempSync(join(tmpdir(), 'ccrepl-mutation-'));
try {
  const results = await runMutation(values.mutate, Number(values.judges), scratch);
  const file = join(ROOT, 'coverage', 'mutation.json');
  mkdirSync(join(ROOT, 'coverage'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, undefined, 1)}\n`);
  process.stdout.write(`${report(results)}\n\nAll of it is in ${file}\n`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
