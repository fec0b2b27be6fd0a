import type { Oid } from '../../git/oid.ts';
import { sharedStrings } from '../../git/protocol/shared-strings.ts';
import type { RefName } from '../../git/ref.ts';
import { random } from '../fuzz/random.ts';
import { seed } from '../support/seed.ts';

const lists = (entries: readonly (readonly [string, string])[]) =>
  new Map(entries as readonly (readonly [RefName, Oid])[]);

it(`gives for every ref of a new list what it is given, whatever the earlier list is (CCREPL_SEED=${seed})`, () => {
  const choices = random(seed);
  const some = () => choices.some(30, () => [`refs/heads/${choices.below(40)}`, `${choices.below(3)}`] as const);

  for (let n = 0; n < 500; n++) {
    const [earlier, later] = [some(), some()].map((one) => (choices.oneIn(2) ? [...one].sort() : one));
    const shared = sharedStrings(lists(earlier ?? []));
    for (const [name, oid] of later ?? []) expect(shared(name as RefName, oid as Oid)).toEqual([name, oid]);
  }
});
