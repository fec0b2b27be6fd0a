import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Mutant } from './instrument.ts';
import { ROOT } from './sandbox.ts';
import { compilerOptions } from './sources.ts';

/** Says of mutants whether `npm run types` refuses them, so that nobody needs a test against them. */
export function typeChecker(files: readonly string[]): (mutant: Mutant) => boolean {
  const options = compilerOptions();
  const names = files.map((file) => join(ROOT, file));
  const versions = new Map<string, number>();
  let changed: { path: string; text: string } | undefined;
  const textOf = (path: string) => (path === changed?.path ? changed.text : ts.sys.readFile(path));
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => names,
    getScriptVersion: (path) => String(versions.get(path) ?? 0),
    getScriptSnapshot: (path) => {
      const text = textOf(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  });
  return ({ file, from, to, text }) => {
    const path = join(ROOT, file);
    const source = readFileSync(path, 'utf8');
    const touch = () => versions.set(path, (versions.get(path) ?? 0) + 1);
    changed = { path, text: source.slice(0, from) + text + source.slice(to) };
    touch();
    const refused = service.getSyntacticDiagnostics(path).length + service.getSemanticDiagnostics(path).length > 0;
    changed = undefined;
    touch();
    return refused;
  };
}
