import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from './asl.ts';
import { svgOf } from './svg.ts';

export const MACHINES = join(import.meta.dirname, '..', '..', 'state-machines');
export const DRAWINGS = join(import.meta.dirname, '..');
const ENDING = '.asl.json';

export interface Drawing {
  /** The name of the state machine, of its file and of its drawing. */
  name: string;
  machine: Scope;
  svg: string;
}

/** A drawing of every state machine in the folder. */
export const drawingsOf = (folder: string): Drawing[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(ENDING))
    .sort()
    .map((file) => {
      const name = file.slice(0, -ENDING.length);
      const machine = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Scope;
      return { name, machine, svg: svgOf(name, machine) };
    });
