import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TOKYO } from './prices.ts';
import { ASSUMED, costTables } from './table.ts';

// `npm run cost` writes the tables of docs/cost.md; with an option it prints them for other numbers instead.
const { values } = parseArgs({
  options: { 'pushes-per-day': { type: 'string' }, 'sweep-minutes': { type: 'string' } },
});
const given = (name: keyof typeof values, byDefault: number): number => {
  const number = values[name] === undefined ? byDefault : Number(values[name]);
  if (number > 0) return number;
  process.stderr.write(`--${name} is "${values[name]}": expected a number above 0\n`);
  process.exit(2);
};
const options = {
  ...ASSUMED,
  pushesPerDay: given('pushes-per-day', ASSUMED.pushesPerDay),
  sweepMinutes: given('sweep-minutes', ASSUMED.sweepMinutes),
};
const tables = costTables(options, TOKYO);
if (Object.keys(values).length > 0) process.stdout.write(`${tables}\n`);
else {
  const page = join(import.meta.dirname, '..', 'cost.md');
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(/(<!-- tables -->\n)[\s\S]*?(<!-- end -->)/, (_all, begin, end) => `${begin}${tables}\n${end}`),
  );
}
