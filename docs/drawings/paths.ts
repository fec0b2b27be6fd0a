/** Where results are kept says nothing to a reader: what counts is what follows. */
const WRAPPERS = ['result', 'Payload', 'Output', 'Attributes', 'Item'];
const DYNAMODB_TYPES = /\.(S|N|BOOL|SS|L|M)$/;
const SEGMENTS = 3;

/** A path as people say it: `$.compared.result.verdict` is `verdict`. */
export function shortPath(path: string): string {
  const segments = path
    .replace(/^\$+\.?/, '')
    .replace(DYNAMODB_TYPES, '')
    .split('.');
  const wrapper = segments.findLastIndex((segment) => WRAPPERS.includes(segment));
  const told = wrapper < segments.length - 1 ? segments.slice(wrapper + 1) : segments;
  return told.slice(-SEGMENTS).join('.') || 'input';
}

/** `{% $states.input.count < 3 %}`, a JSONata expression, is `count < 3`. */
export const shortExpression = (expression: string): string =>
  expression
    .replace(/^\{%|%\}$/g, '')
    .replace(/\$states\.(input|result)\./g, '')
    .replace(/\s+/g, ' ')
    .trim();
