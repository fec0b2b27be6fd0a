import type { Oid } from '../../git/oid.ts';
import type { RefName } from '../../git/ref.ts';
import { type Chronicle, losses, strangeValues } from '../support/oracle/oracle.ts';
import type { Refs } from '../support/oracle/refs.ts';

/** A history: each letter descends from the one before it, and a capital letter from nothing. */
const [a, b, c, X, Y] = [...'abcde'].map((digit) => digit.repeat(40)) as [Oid, Oid, Oid, Oid, Oid];
const LINE = [a, b, c];
const descends = (from: Oid, to: Oid): boolean =>
  from === to || (LINE.includes(from) && LINE.indexOf(from) < LINE.indexOf(to));

const MAIN = 'refs/heads/main';
const archiveOf = (oid: Oid, name = 'heads/main') => `refs/tags/ccrepl-archive/${oid}/${name}`;
const refs = (entries: Record<string, Oid>): Refs => new Map(Object.entries(entries) as [RefName, Oid][]);
const said = (chronicle: Pick<Chronicle, 'source' | 'before' | 'after'> & Partial<Chronicle>): string[] => {
  const whole: Chronicle = { policy: { deletes: 'mirror', rewrites: 'archive' }, descends, ...chronicle };
  return [...strangeValues(whole), ...losses(whole)];
};

describe('an archived tip', () => {
  it('is what the destination had', () => {
    const [before, after] = [refs({ [MAIN]: a }), refs({ [MAIN]: X, [archiveOf(a)]: a })];

    expect(said({ source: [refs({ [MAIN]: X })], before, after })).toEqual([]);
  });

  it('may be what the run had carried over itself, of a head that was rewritten twice', () => {
    const source = [refs({ [MAIN]: X }), refs({ [MAIN]: Y })];

    expect(said({ source, before: refs({}), after: refs({ [MAIN]: Y, [archiveOf(X)]: X }) })).toEqual([]);
    const long = archiveOf(X, 'long-name');
    expect(said({ source, before: refs({}), after: refs({ [MAIN]: Y, [long]: X }) })).toEqual([]);
  });

  it('is nothing that the head never was at either side', () => {
    const [tag, long] = [archiveOf(c), archiveOf(c, 'long-name')];
    const source = [refs({ [MAIN]: X, 'refs/heads/other': b })];

    for (const [name, oid] of [
      [tag, c],
      [archiveOf(b), b],
      [long, c],
      [archiveOf(a), X],
    ] as const)
      expect(said({ source, before: refs({}), after: refs({ [MAIN]: X, [name]: oid }) })).toEqual([
        `O1: ${name} is at ${oid}, which it never was at either side`,
      ]);
  });
});

describe('a tip that was rewritten', () => {
  const before = refs({ [MAIN]: a });

  it('is lost if nothing archived has it', () => {
    const source = [refs({ [MAIN]: b }), refs({ [MAIN]: Y })];

    expect(said({ source, before, after: refs({ [MAIN]: Y }) })).toEqual([
      `O2: ${MAIN} was rewritten from ${a} to ${Y}, and the old tip is not archived`,
    ]);
    expect(
      said({ source: [refs({ [MAIN]: X }), ...source], before, after: refs({ [MAIN]: Y, [archiveOf(X)]: X }) }),
    ).toEqual([`O2: ${MAIN} was rewritten from ${a} to ${Y}, and the old tip is not archived`]);
  });

  it('is kept in the history of what it went forward to before, if that is archived', () => {
    const source = [refs({ [MAIN]: b }), refs({ [MAIN]: Y })];

    expect(said({ source, before, after: refs({ [MAIN]: Y, [archiveOf(b)]: b }) })).toEqual([]);
  });
});
