import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { USAGE } from './arguments.ts';
import { AREAS } from './check.ts';
import { CHECKS } from './checks.ts';

const page = (name: string) => readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');

describe('docs/verified-on-aws.md', () => {
  const text = page('verified-on-aws.md');
  const rows = [...text.matchAll(/^\| (\d+) \|(.*)\|$/gm)].map(([, number, cells = '']) => ({
    number: Number(number),
    cells,
  }));

  it('numbers all its questions in turn', () => {
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.length).toBeGreaterThan(60);
  });

  it('names each check of the program by its own number, and leaves none out', () => {
    const named = [...text.matchAll(/check (\d+) \(`([a-z0-9-]+)`\)/g)].map(([, number, name]) => `${number} ${name}`);

    expect([...new Set(named)].sort()).toEqual(CHECKS.map(({ name }, index) => `${index + 1} ${name}`).sort());
  });

  it('says of every question how it is checked: by a check, or by a command', () => {
    expect(rows.filter(({ cells }) => !/check \d+ \(|\[by hand \w+\]\(#by-hand-\w+\)/.test(cells))).toEqual([]);
  });

  it('has steps for every question that is checked by hand, and no others', () => {
    const wanted = [...text.matchAll(/\[by hand (\w+)\]\(#by-hand-(\w+)\)/g)].map(([, name, anchor]) => [name, anchor]);
    const headings = [...text.matchAll(/^### By hand (\w+)$/gm)].map(([, name]) => name);

    expect(wanted.filter(([name, anchor]) => name?.toLowerCase() !== anchor)).toEqual([]);
    expect([...new Set(wanted.map(([name]) => name))].sort()).toEqual(headings.sort());
    for (const section of text.split(/^### /m).slice(1)) expect(section).toMatch(/```sh\n/);
  });
});

it('explains in docs/smoke.md every option, every area and every result', () => {
  const text = page('smoke.md');
  const options = [...USAGE.matchAll(/^ {2}(--[a-z]+)/gm)].map(([, option = '']) => option);

  expect(options).toHaveLength(9);
  for (const word of [...options.slice(0, -1), ...AREAS, 'as-expected', 'different', 'could-not-tell'])
    expect(text).toContain(word);
});

it('gives every check a name of its own, and a question that ends as one', () => {
  expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length);
  expect(CHECKS.filter(({ question }) => !/\?(?: \(.*\))?$/.test(question)).map(({ name }) => name)).toEqual([]);
});
