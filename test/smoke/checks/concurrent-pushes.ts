import type { Check } from '../check.ts';
import { tell } from '../check.ts';
import type { Stage } from '../stage/stage.ts';
import { creation, isDone, wordsFor } from '../wire/push.ts';

const ROUNDS = 5;

export const concurrentPushes: Check = {
  name: 'concurrent-pushes',
  area: 'pushing',
  question: 'What comes of two pushes at once: of one ref, and of two?',
  expects: 'of one ref exactly one is written, and the other hears that it was not; of two refs both are written',
  means: {
    asExpected: 'a push of a person and one of ccrepl at the same moment lose nothing unnoticed',
    different: 'a push that is reported as done may be lost: let nobody push to a replica, and report this',
  },
  run: async (stage) => {
    await stage.history();
    const same: Together[] = [];
    const apart: Together[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      same.push(await together(stage, `same-${round}`, ['race', 'race']));
      apart.push(await together(stage, `apart-${round}`, ['left', 'right']));
    }
    const good =
      same.every(({ written, claimed }) => written === 1 && claimed === 1) &&
      apart.every(({ written }) => written === 2);
    const numbers = (all: readonly Together[], of: 'written' | 'claimed') => all.map((one) => one[of]).join(', ');
    const refusals = new Set(same.flatMap(({ words }) => words).filter((text) => text !== 'ok'));
    const told = [...refusals].map((text) => `"${text}"`).join(' or ');
    return tell(
      good,
      `of one ref ${numbers(same, 'written')} written and ${numbers(same, 'claimed')} reported as written, in ${ROUNDS} rounds; of two refs ${numbers(apart, 'written')}; the others heard ${told}`,
    );
  },
};

interface Together {
  written: number;
  /** How many of the two were told that they were written. */
  claimed: number;
  words: string[];
}

async function together(stage: Stage, label: string, names: readonly [string, string]): Promise<Together> {
  const changes = names.map((name, index) => stage.change(`concurrent-pushes ${label} ${name} ${index}`));
  const commands = changes.map(({ tip }, index) =>
    creation(`refs/heads/concurrent-pushes/${label}/${names[index]}`, tip),
  );
  const sent = await Promise.all(
    commands.map((command, index) => stage.source.send([command], changes[index]?.objects ?? [])),
  );
  const after = await stage.source.read();
  const words = commands.map(({ ref }, index) => wordsFor(ref, sent[index] as (typeof sent)[number]));
  return {
    written: commands.filter((command) => isDone(command, after)).length,
    claimed: words.filter((text) => text === 'ok').length,
    words,
  };
}
