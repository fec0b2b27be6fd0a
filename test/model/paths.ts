import { isObject, type Json } from './json.ts';

/** An error for which Step Functions ends an execution (`States.Runtime` and its like): one that a right definition never makes. */
export class RuntimeFailure extends Error {}

/** A part of Amazon States Language that this model does not know. It must be taught, never guessed. */
export class NotModelled extends Error {}

/** The members that a path names, from `$` on. Only plain reference paths: no wildcards, no indexes. */
export function parsePath(text: string): string[] {
  if (!/^\$(\.[A-Za-z_]\w*)*$/.test(text)) throw new NotModelled(`the path ${text}`);
  return text.split('.').slice(1);
}

/** What is there, or undefined. */
export function find(value: Json, path: readonly string[]): Json | undefined {
  let found: Json | undefined = value;
  for (const name of path) found = isObject(found) ? found[name] : undefined;
  return found;
}

/** What is there. What is not there is an error, as it is for Step Functions. */
export function read(value: Json, path: readonly string[]): Json {
  const found = find(value, path);
  if (found === undefined) throw new RuntimeFailure(`there is no $.${path.join('.')} in ${JSON.stringify(value)}`);
  return found;
}

/** A copy with `what` at the path; objects on the way are made. */
export function write(value: Json, path: readonly string[], what: Json): Json {
  const [name, ...rest] = path;
  if (name === undefined) return what;
  if (!isObject(value)) throw new RuntimeFailure(`nothing can be put at ${name} of ${JSON.stringify(value)}`);
  return { ...value, [name]: write(value[name] ?? {}, rest, what) };
}
