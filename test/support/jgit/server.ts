import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Where Debian puts jars: of libjgit-java, and of what it depends on. */
const JARS = '/usr/share/java';
const CLASS_PATH = [
  'org.eclipse.jgit',
  'org.eclipse.jgit.http.server',
  ...['server', 'servlet', 'util', 'util-ajax', 'http', 'io', 'security'].map((part) => `jetty9-${part}`),
  'servlet-api',
  'slf4j-api',
  'slf4j-nop',
  'javaewah',
].map((name) => join(JARS, `${name}.jar`));

/** Why this machine cannot run JGit's server; undefined if it can. */
export function whyNoJGit(): string | undefined {
  const missing = CLASS_PATH.filter((jar) => !existsSync(jar));
  if (missing.length > 0) return `not installed: ${missing.join(', ')} (Debian: libjgit-java)`;
  // A runtime alone cannot start a source file.
  if (spawnSync('javac', ['-version']).status !== 0) return 'not installed: javac (Debian: default-jdk-headless)';
  return undefined;
}

export interface JGitServer {
  origin: string;
  close(): Promise<void>;
}

/** JGit's own servlet, on loopback, for the bare repositories of a folder: `<origin>/<name>.git`. */
export async function startJGit(folder: string): Promise<JGitServer> {
  // Little of the start is spent on code that runs once.
  const flags = ['-XX:TieredStopAtLevel=1', '-Xshare:auto', '-Xmx256m'];
  const source = join(import.meta.dirname, 'Server.java');
  const child = spawn('java', [...flags, '-cp', CLASS_PATH.join(':'), source, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // Nobody's git configuration.
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C.UTF-8' },
  });
  const closed = once(child, 'close');
  const port = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => Number(line)),
    closed.then(([code]) => Promise.reject(new Error(`JGit's server ended with ${code} before it served`))),
  ]);
  return {
    origin: `http://127.0.0.1:${port}`,
    close: async () => {
      child.stdin.end();
      await closed;
    },
  };
}
