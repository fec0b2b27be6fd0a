import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundle } from '../build.ts';
import { REPLICA, sourceUrl } from '../local/demonstration.ts';
import { loginEnv } from '../local/git.ts';
import { DEVELOPER } from '../local/people.ts';
import { LocalSystem } from '../local/system.ts';

/**
 * Streams a pack of so many megabytes of incompressible data through the container's bundle, between two real git servers, and
 * shows what the process took: peak memory, CPU, and blocks that it wrote to a file system.
 */
const { values } = parseArgs({ options: { megabytes: { type: 'string', default: '300' } } });
const megabytes = Number(values.megabytes);
if (!(megabytes > 0)) throw new Error(`--megabytes is "${values.megabytes}": expected a number above 0`);

const scratch = await mkdtemp(join(tmpdir(), 'ccrepl-bench-'));
try {
  const usageFile = join(scratch, 'usage.json');
  const program = await measuredProgram(usageFile);
  const results: Record<string, unknown>[] = [];
  const system = await LocalSystem.start({
    replicas: [REPLICA],
    directory: scratch,
    bundle: program,
    firstPort: 0,
    onTaskResult: (_execution, result) => results.push(result),
  });
  await fill(sourceUrl(system));
  // The push sets everything off, as it does for a user.
  await system.idle();
  const execution = system.machine.executions.at(-1);
  await system.stop();
  const usage = JSON.parse(await readFile(usageFile, 'utf8')) as NodeJS.ResourceUsage;
  const figures = {
    status: execution?.status,
    packMB: Math.round(Number(results[0]?.['packBytes'] ?? 0) / 1e6),
    seconds: Number(results[0]?.['ms'] ?? 0) / 1000,
    peakMiB: Math.round(usage.maxRSS / 1024),
    cpuSeconds: Number(((usage.userCPUTime + usage.systemCPUTime) / 1e6).toFixed(2)),
    blocksWritten: usage.fsWrite,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  const held = figures.status === 'SUCCEEDED' && figures.peakMiB < 150 && figures.blocksWritten === 0;
  if (!held) process.stderr.write('expected: SUCCEEDED, a peak below 150 MiB, nothing written\n');
  process.exitCode = held ? 0 : 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}

/** The container's bundle, which at its end also notes what it used. */
async function measuredProgram(usageFile: string): Promise<string> {
  const real = join(scratch, 'replicate.mjs');
  const wrapper = join(scratch, 'measured.mjs');
  await bundle('container/main.ts', real);
  // resourceUsage is taken before the note itself is written.
  await writeFile(
    wrapper,
    `import { writeFileSync } from 'node:fs';
process.on('exit', () => { const usage = process.resourceUsage(); writeFileSync(${JSON.stringify(usageFile)}, JSON.stringify(usage)); });
await import(${JSON.stringify(real)});
`,
  );
  return wrapper;
}

/** A commit of ten files of random bytes, made by `git fast-import` and pushed by stock git. */
async function fill(url: string): Promise<void> {
  const repository = join(scratch, 'work.git');
  await run(['init', '--quiet', '--bare', repository]);
  const child = spawn('git', ['-C', repository, '-c', 'core.compression=0', 'fast-import', '--quiet', '--done'], {
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const write = async (chunk: string | Buffer) => {
    if (!child.stdin.write(chunk)) await once(child.stdin, 'drain');
  };
  const bytesPerFile = Math.round(megabytes / 10) * 1_000_000;
  await write('commit refs/heads/main\ncommitter C <c@example.com> 1700000000 +0000\ndata 3\nbig\n');
  for (let n = 0; n < 10; n++) {
    await write(`M 100644 inline f${n}\ndata ${bytesPerFile}\n`);
    for (let left = bytesPerFile; left > 0; left -= 1_000_000) await write(randomBytes(Math.min(left, 1_000_000)));
    await write('\n');
  }
  child.stdin.end('done\n');
  await once(child, 'close');
  const env = loginEnv(new URL(url).origin, DEVELOPER);
  await run(['-C', repository, '-c', 'core.compression=0', 'push', '--quiet', url, 'refs/heads/main'], env);
}

async function run(args: string[], env: Record<string, string> = {}): Promise<void> {
  const child = spawn('git', args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`git ${args[0]} ended with ${code}`);
}
