import { campaign } from './campaign.ts';
import { inProcesses } from './jobs.ts';
import { readOptions } from './options.ts';
import { findingOf } from './search.ts';

const say = (line: string): void => console.log(line);

/** What the command line asks for; false if something was found. `program` is what other processes run. */
export async function runFuzz(argv: readonly string[], program: string): Promise<boolean> {
  const options = readOptions(argv);
  const { targets, inputs, seed, jobs, replay } = options;
  if (replay !== undefined && targets[0] !== undefined) {
    const finding = await findingOf(targets[0], replay);
    say(finding?.message ?? 'nothing is wrong with this input');
    return finding === undefined;
  }
  if (jobs > 1) return inProcesses(program, options);
  say(`seed ${seed}, ${inputs} inputs for each of ${targets.length} parsers`);
  let isGood = true;
  for (const target of targets) isGood = (await campaign(target, inputs, seed, say)) && isGood;
  return isGood;
}
