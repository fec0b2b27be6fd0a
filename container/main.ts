import { runTask } from './task.ts';

/** How long a stop may take before the process ends anyway: well inside ECS's stop timeout (30 s by default). */
const STOP_MS = 10_000;

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    stop.abort(new Error(`stopped by ${signal}`));
    setTimeout(() => process.exit(143), STOP_MS).unref();
  });
}

process.exitCode = await runTask({
  env: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  signal: stop.signal,
});
