import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Names end in a NUL, so every other byte can be in one; in this locale the shell takes bytes as they are. */
const SCRIPT =
  'while IFS= read -r -d "" name; do git check-ref-format "$name" 2>/dev/null; case $? in 0) printf y;; 1) printf n;; *) printf "?";; esac; done';

/**
 * The name as git can be asked about it. It takes one that begins with a dash for an option of its own, and has no `--`; a dash
 * is nothing special to its rule, so such a name is asked with a letter before it.
 */
const asked = (name: string): string => (name.startsWith('-') ? `a${name}` : name);

/** What `git check-ref-format` says of each name (one character a byte). */
export async function askGit(names: readonly string[]): Promise<boolean[]> {
  if (names.some((name) => name.includes('\0'))) throw new RangeError('no program can be given a name with a NUL');
  // Without the user's own start-up file, which bash reads for a socket, and Node's pipes are sockets.
  const child = spawn('bash', ['--norc', '-c', SCRIPT], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
  });
  let answers = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    answers += text;
  });
  child.stdin.end(names.map((name) => `${asked(name)}\0`).join(''), 'latin1');
  await once(child, 'close');
  if (!/^[yn]*$/.test(answers) || answers.length !== names.length) {
    throw new Error(
      `git did not answer ${names.length} questions: ${answers.length} answers, first odd at ${answers.search(/[^yn]/)}`,
    );
  }
  return [...answers].map((answer) => answer === 'y');
}
