import { readFileSync } from 'node:fs';
import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/**
 * Reads an ASL file and fills in its `${…}` placeholders, as a deployment does. A placeholder without a value, or a value without
 * a placeholder, is an error.
 */
export function loadDefinition(path: string, substitutions: Record<string, string>): StateMachineDefinition {
  const unused = new Set(Object.keys(substitutions));
  const text = readFileSync(path, 'utf8').replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new Error(`${path}: the placeholder ${name} has no value`);
    unused.delete(name);
    return JSON.stringify(value).slice(1, -1);
  });
  if (unused.size > 0) throw new Error(`${path}: no placeholder for ${[...unused].join(', ')}`);
  const definition = JSON.parse(text) as StateMachineDefinition & { QueryLanguage?: string };
  // The runner would run JSONata to a wrong end without a word.
  if (definition.QueryLanguage === 'JSONata') throw new Error(`${path}: the local runner supports JSONPath only`);
  return definition;
}
