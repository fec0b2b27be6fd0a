import { Screen } from '../local/terminal/screen.ts';
import { parseCommand } from './arguments/command.ts';
import { USAGE } from './arguments/usage.ts';
import { check } from './commands/check.ts';
import { replicate } from './commands/replicate.ts';
import { start } from './commands/start.ts';
import { status } from './commands/status.ts';
import { reportFailure } from './failure.ts';

const argv = process.argv.slice(2);
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}

try {
  process.exitCode = await run();
} catch (caught) {
  process.exitCode = reportFailure(argv, caught);
}

async function run(): Promise<number> {
  const command = parseCommand(argv);
  switch (command.name) {
    case 'help':
      process.stdout.write(`${USAGE}\n`);
      return 0;
    case 'check':
      return check(command, stop.signal);
    case 'replicate':
      return replicate(command, new Screen(process.stderr), stop.signal);
    case 'status':
      return status(command, stop.signal);
    case 'start':
      return start(command, new Screen(process.stderr), stop.signal);
  }
}
