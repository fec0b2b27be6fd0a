import type { Case } from './case.ts';

/** Smaller cases that may still fail, the boldest first. */
export function* smaller(one: Case): Generator<Case> {
  if (one.runs > 1) yield { ...one, runs: 1 };
  for (const side of ['source', 'destination'] as const)
    for (let at = 0; at < one.faults[side].length; at++)
      yield { ...one, faults: { ...one.faults, [side]: one.faults[side].toSpliced(at, 1) } };
  for (const name of new Set([...one.source, ...one.destination].map(([ref]) => ref))) {
    const without = (tips: Case['source']) => tips.filter(([ref]) => ref !== name);
    yield { ...one, source: without(one.source), destination: without(one.destination) };
  }
  for (const [ref, tip] of one.destination) {
    const there = one.source.find(([other]) => other === ref)?.[1];
    if (JSON.stringify(there) === JSON.stringify(tip)) continue;
    const others = one.source.filter(([other]) => other !== ref);
    const fits = others.every(([other]) => !other.startsWith(`${ref}/`) && !ref.startsWith(`${other}/`));
    if (fits) yield { ...one, source: [...others, [ref, tip]] };
  }
  if (one.rejects !== undefined) yield { ...one, rejects: undefined };
  if (one.apis) yield { ...one, apis: false };
  const plain = { deletes: 'mirror', rewrites: 'mirror', massChange: { percent: 20, heads: 10 } } as const;
  if (JSON.stringify(one.policy) !== JSON.stringify(plain)) yield { ...one, policy: plain };
}

/** The smallest case found that still fails, by taking away one thing after another. */
export async function shrink(one: Case, fails: (one: Case) => Promise<boolean>, tries = 200): Promise<Case> {
  let smallest = one;
  for (let left = tries; left > 0; ) {
    let found = false;
    for (const candidate of smaller(smallest)) {
      if (left-- <= 0) break;
      if (!(await fails(candidate))) continue;
      smallest = candidate;
      found = true;
      break;
    }
    if (!found) break;
  }
  return smallest;
}
