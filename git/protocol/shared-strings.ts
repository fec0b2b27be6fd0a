import type { Oid } from '../oid.ts';
import type { RefName } from '../ref.ts';

/**
 * Gives the strings of an earlier reading for equal ones of a new reading, so that two lists that are nearly alike take the memory of
 * one. Both are walked once, side by side: servers sort their refs, and of a list that is not sorted less is shared.
 */
export function sharedStrings(earlier: ReadonlyMap<RefName, Oid>): (name: RefName, oid: Oid) => [RefName, Oid] {
  const entries = earlier.entries();
  let at = entries.next();
  return (name, oid) => {
    while (!at.done && at.value[0] < name) at = entries.next();
    if (at.done || at.value[0] !== name) return [name, oid];
    const [sameName, before] = at.value;
    return [sameName, before === oid ? before : oid];
  };
}
