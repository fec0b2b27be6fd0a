import { printable } from '../../git/ref.ts';
import { jsonProblem, shownName } from '../../replication/document.ts';

/** Strings, also one that does not end; comments, also one that does not end; punctuation; words. */
const TOKEN = /"(?:[^"\\\n]|\\.)*"|"[^\n]*|\/\/[^\n]*|\/\*(?:[\s\S]*?\*\/|[\s\S]*)|[{}[\],:]|[^\s{}[\],:"/]+|\S/g;

/**
 * What is wrong with a text that ought to be JSON; undefined if nothing is. It never quotes the text, which may have a login or an external id
 * in it: the engine's own message does.
 *
 * A name that stands twice in one object is refused, too: the engine takes the last, and a guard that somebody wrote would be gone without a word.
 */
export function jsonFault(json: string): string | undefined {
  return commonFault(json) ?? engineFault(json);
}

function commonFault(json: string): string | undefined {
  const objects: (Map<string, number> | undefined)[] = [];
  let before = '';
  let [line, end] = [1, 0];
  for (const { 0: token, index } of json.matchAll(TOKEN)) {
    line += json.slice(end, index).split('\n').length - 1;
    end = index;
    if (/^\/[/*]/.test(token)) return `there is a comment in line ${line}, and JSON has none: remove it`;
    if (before === ',' && (token === '}' || token === ']'))
      return `there is a comma before the "${token}" in line ${line}: remove it`;
    if (token === '{') objects.push(new Map());
    if (token === '[') objects.push(undefined);
    if (token === '}' || token === ']') objects.pop();
    const names = objects.at(-1);
    if (token === ':' && names !== undefined) {
      const name = nameOf(before);
      const first = names.get(name);
      if (first !== undefined)
        return `"${printable(shownName(name), 80)}" stands twice in one object, in lines ${first} and ${line}: keep one`;
      names.set(name, line);
    }
    before = token;
  }
  return undefined;
}

/** A name may be written with escapes. */
function nameOf(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

function engineFault(json: string): string | undefined {
  try {
    JSON.parse(json);
    return undefined;
  } catch (error) {
    return jsonProblem(error);
  }
}
