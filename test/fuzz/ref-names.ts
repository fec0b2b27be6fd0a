import { parseArgs } from 'node:util';
import { isValidRefName } from '../../git/ref.ts';
import { askGit } from './ask-git.ts';
import { random } from './random.ts';
import { refNames } from './ref-name.ts';

/** Compares our rule for names with git's own command, name by name; exit code 1 at the first that differ. */
const { values } = parseArgs({
  options: {
    names: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [wanted, seed] = [Number(values.names), Number(values.seed)];
if (!Number.isSafeInteger(wanted) || wanted < 1)
  throw new Error(`--names is "${values.names}": expected a whole number from 1`);

/** Two processes ask, each so many names: git is started for every one. */
const [ASKING, NAMES_EACH] = [2, 5000];

const choices = random(seed);
const known = new Set<string>();
const differing: string[] = [];
let [done, good] = [0, 0];
const begun = performance.now();
while (done < wanted && differing.length === 0) {
  const shares = Array.from({ length: ASKING }, () =>
    refNames(Math.min(NAMES_EACH, Math.ceil((wanted - done) / ASKING)), choices, known),
  );
  for (const [names, answers] of await Promise.all(
    shares.map(async (names) => [names, await askGit(names)] as const),
  )) {
    differing.push(...names.filter((name, index) => isValidRefName(name) !== answers[index]));
    good += answers.filter(Boolean).length;
    done += names.length;
  }
  const rate = Math.round((done / (performance.now() - begun)) * 1000);
  process.stderr.write(`${done} of ${wanted} names, ${rate} a second\n`);
}
const seconds = (performance.now() - begun) / 1000;
console.log(
  `seed ${seed}: ${done} different names, ${good} good to git, ${differing.length} differ, ${Math.round(done / seconds)}/s`,
);
for (const name of differing)
  console.log(`${JSON.stringify(name)} is ${isValidRefName(name) ? 'good' : 'bad'} to us alone`);
process.exitCode = differing.length === 0 ? 0 : 1;
