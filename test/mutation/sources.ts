import { globSync, readFileSync } from 'node:fs';
import { join, matchesGlob, relative } from 'node:path';
import ts from 'typescript';
import { type Instrumented, instrument } from './instrument.ts';
import { ROOT } from './sandbox.ts';

const ROOMS = ['replication/**/*.ts', 'git/**/*.ts'];

export function compilerOptions(): ts.CompilerOptions {
  const path = join(ROOT, 'tsconfig.json');
  return ts.parseJsonConfigFileContent(
    ts.readConfigFile(path, (file) => readFileSync(file, 'utf8')).config,
    ts.sys,
    ROOT,
  ).options;
}

/** All sources of the two rooms that `pattern` names, with their mutants in them, by absolute path. */
export function instrumentSources(patterns: readonly string[]): Map<string, Instrumented> {
  const wanted = (file: string) => patterns.length === 0 || patterns.some((pattern) => matchesGlob(file, pattern));
  const files = globSync(ROOMS, { cwd: ROOT }).filter(wanted).sort();
  const program = ts.createProgram(
    files.map((file) => join(ROOT, file)),
    compilerOptions(),
  );
  const types = program.getTypeChecker();
  const found = new Map<string, Instrumented>();
  let id = 1;
  for (const file of files) {
    const path = join(ROOT, file);
    const source = program.getSourceFile(path);
    if (source === undefined) throw new Error(`${relative(ROOT, path)} is not in the program`);
    const instrumented = instrument(source, file, types, id);
    id += instrumented.mutants.length;
    found.set(path, instrumented);
  }
  return found;
}
