import { runInNewContext } from 'node:vm';
import { transformSync } from 'esbuild';
import ts from 'typescript';
import { type Instrumented, instrument } from './instrument.ts';
import { SWITCH } from './sandbox.ts';

function instrumented(text: string): Instrumented {
  const host = ts.createCompilerHost({});
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.ES2024, true);
  const program = ts.createProgram(
    ['a.ts'],
    { noLib: true, strict: true, noResolve: true },
    {
      ...host,
      getSourceFile: (name) => (name === 'a.ts' ? source : undefined),
    },
  );
  return instrument(source, 'a.ts', program.getTypeChecker(), 1);
}

const withMutant = (text: string, { from, to, text: other }: { from: number; to: number; text: string }) =>
  text.slice(0, from) + other + text.slice(to);
const mutantsOf = (text: string) => instrumented(text).mutants.map((mutant) => withMutant(text, mutant));

it.each<[string, string, string[]]>([
  ['a boundary', 'a(b < c)', ['b <= c', 'b >= c']],
  ['a comparison', 'a(b === c)', ['b !== c']],
  ['what is joined', 'a(b && c)', ['b || c', 'b', 'c']],
  ['what stands in', 'a(b ?? c)', ['b', 'c']],
  ['a negation', 'a(!b)', ['b']],
  ['a boolean', 'a(true)', ['false']],
  ['a number', 'a(7)', ['8', '6']],
  ['no negative number', 'a(0)', ['1']],
  ['a sum of numbers', 'a(1 + 2)', ['1 - 2', '2 + 2', '0 + 2', '1 + 3', '1 + 1']],
  ['a list', 'a([b])', ['[]']],
  ['a word', "a('word')", ["''"]],
  ['a text of nothing', "a('')", ["'mutant'"]],
  ['a call that trims', 'a(b.trim())', ['b']],
  ['a call with a counterpart', 'a(b.some(c))', ['b.every(c)']],
  ['an optional chain', 'a(b?.c.d)', ['b.c.d']],
  [
    'a regular expression',
    'a(/^b+[^c]{2,3}$/i)',
    [
      '/b+[^c]{2,3}$/i',
      '/^b*[^c]{2,3}$/i',
      '/^b[^c]{2,3}$/i',
      '/^b+[c]{2,3}$/i',
      '/^b+[^c]{1,3}$/i',
      '/^b+[^c]{3,3}$/i',
      '/^b+[^c]{2,2}$/i',
      '/^b+[^c]{2,4}$/i',
      '/^b+[^c]{2,3}/i',
      '/^b+[^c]{2,3}$/',
    ],
  ],
])('mistakes %s', (_what, text, others) => {
  const call = ['void 0;', ...others.map((other) => `a(${other});`)];

  expect(mutantsOf(`${text};`).sort()).toEqual(call.sort());
});

it('mistakes conditions, statements and blocks', () => {
  expect(mutantsOf('if (a) b(); else { c(); }')).toEqual([
    'if (true) b(); else { c(); }',
    'if (false) b(); else { c(); }',
    'if (a) void 0; else { c(); }',
    'if (a) b(); else {}',
    'if (a) b(); else { void 0; }',
  ]);
});

it('leaves alone what is for the types, and the wording of sentences', () => {
  const sentence = (condition: string) => `fail('a sentence of ' + (${condition} ? 'one' : 'many') + ' words')`;
  const types = "import a from 'a';\ntype A = 'x' | 5;\ninterface B { c: 'word' }\n";
  const others = ['true', 'false', 'a !== 1', 'a === 2', 'a === 0'].map(sentence);

  expect(mutantsOf(`${types}${sentence('a === 1')};`).sort()).toEqual(
    ['void 0', ...others].map((other) => `${types}${other};`).sort(),
  );
});

it('mistakes a word that the types know for another of theirs', () => {
  const text = "declare function say(code: 'timeout' | 'tls'): void;\nsay('tls');";

  expect(mutantsOf(text)).toContain(text.replace("say('tls')", 'say("timeout")'));
});

describe('a source with all its mutants in it', () => {
  const text = `
    class Counter {
      #count = 1;
      add(by: number = 2): this { this.#count += by; return this; }
      get count(): number { return this.#count; }
    }
    function* upTo(end: number) { for (let n = 0; n < end; n++) yield n; }
    const run = (given: { deep?: { list: string[] } } | undefined): unknown[] => {
      const seen: unknown[] = [];
      for (const n of upTo(3)) {
        if (seen.length > 9) break;
        seen.push(n % 2 === 0 && n !== 4 ? 'even' : n);
      }
      try { seen.push(given!.deep!.list.length); } catch { seen.push('none'); } finally { seen.push(-1); }
      switch (given?.deep?.list[0]?.trim().toUpperCase()) { case 'A': seen.push(/^a$/i.test('A')); break; default: seen.push([]); }
      seen.push(...new Counter().add(3).add().count > 5 ? [{ deep: given?.deep ?? 'no' }] : []);
      const [first = 'f', ...others] = given?.deep?.list.slice(1) ?? [];
      return [...seen, first, others.some((other) => other.startsWith('c')), \`\${seen.length}!\`];
    };
    answer([run(undefined), run({ deep: { list: [' a ', 'b', 'c'] } })]);`;
  /** What a source answers, or how it fails: a mutated one words that differently. */
  const answerOf = (source: string, active: number): string => {
    let answer: unknown;
    const globals = { answer: (given: unknown) => (answer = given), [SWITCH]: (id: number) => id === active };
    try {
      runInNewContext(transformSync(source, { loader: 'ts' }).code, globals);
      return JSON.stringify(answer);
    } catch (error) {
      return (error as Error).name;
    }
  };
  const { text: all, mutants } = instrumented(text);

  it('does what it did, with none of them selected', () => {
    expect(answerOf(all, 0)).toBe(answerOf(text, 0));
  });

  it('does what the source would do with the mistake in it, for each of them', () => {
    const differ = mutants.flatMap((mutant) => {
      const [seen, expected] = [answerOf(all, mutant.id), answerOf(withMutant(text, mutant), 0)];
      return seen === expected ? [] : [{ mutant, seen, expected }];
    });

    expect(differ).toEqual([]);
    expect(mutants.length).toBeGreaterThan(80);
  });
});
