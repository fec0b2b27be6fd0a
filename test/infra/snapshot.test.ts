import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { synthesise } from '../support/infra.ts';
import { rightsText } from '../support/rights-text.ts';
import { EXAMPLE } from './fixtures.ts';

const FILE = join(import.meta.dirname, 'rights.txt');
const REWRITE = 'CCREPL_WRITE_RIGHTS=1 npx jest test/infra/snapshot.test.ts';

it('gives exactly the rights of test/infra/rights.txt, which a person has looked at', () => {
  const now = rightsText(synthesise(EXAMPLE));
  if (process.env['CCREPL_WRITE_RIGHTS'] === '1') writeFileSync(FILE, now);

  const looked = readFileSync(FILE, 'utf8');

  if (now !== looked)
    throw new Error(
      `the rights have changed:\n${changed(looked.split('\n'), now.split('\n')).join('\n')}\nLook at each; if all are meant: ${REWRITE}, and commit ${FILE}`,
    );
});

/** Lines that went and came, each after the line of the role that it is of. */
function changed(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [withRoles(before), withRoles(after)];
  return [...minus(old, now).map((line) => `- ${line}`), ...minus(now, old).map((line) => `+ ${line}`)];
}

function withRoles(lines: readonly string[]): string[] {
  let [stack, of, statement] = ['', '', ''];
  return lines.map((line) => {
    if (line.startsWith('# ')) stack = line.slice(2);
    else if (!line.startsWith(' ')) of = line;
    else if (!line.startsWith('    ')) statement = line.trim();
    return [stack, of, statement, line.trim()].join(' | ');
  });
}

/** What of `lines` is not in `others`, as often as it is there. */
function minus(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
