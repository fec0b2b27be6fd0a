import { Screen } from '../local/terminal/screen.ts';
import { asReplicationError } from '../replication/errors.ts';
import { calledAs, parseCommand, USAGE } from './arguments.ts';
import { check } from './commands/check.ts';
import { replicate } from './commands/replicate.ts';

const argv = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

try {
  process.exitCode = await run();
} catch (caught) {
  const error = asReplicationError(caught);
  const failure = { code: error.code, message: error.message, retryable: error.retryable };
  const called = calledAs(argv);
  if (called.json) {
    const document =
      called.name === 'check' ? { verdict: 'unknown', differences: [] } : { result: 'failed', heads: [] };
    process.stdout.write(`${JSON.stringify({ ...document, error: failure }, null, 2)}\n`);
  } else {
    process.stderr.write(`error: ${error.message}\n`);
  }
  process.exitCode = called.name === 'check' ? 2 : error.exitCode;
}

async function run(): Promise<number> {
  const command = parseCommand(argv);
  if (command.name === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  if (command.name === 'check') return check(command, stop.signal);
  return replicate(command, new Screen(process.stderr), stop.signal);
}
