import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRAWINGS, drawingsOf, MACHINES } from './drawings.ts';

for (const { name, svg } of drawingsOf(MACHINES)) writeFileSync(join(DRAWINGS, `${name}.svg`), svg);
