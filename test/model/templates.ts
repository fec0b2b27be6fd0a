import { type Expression, parseExpression } from './intrinsics.ts';
import { isObject, type Json } from './json.ts';
import { NotModelled } from './paths.ts';

/** `Parameters` and `ResultSelector`: JSON in which a member whose name ends in `.$` is looked up. */
export function parseTemplate(template: Json): Expression {
  if (Array.isArray(template)) {
    const items = template.map(parseTemplate);
    return (input, context) => items.map((item) => item(input, context));
  }
  if (isObject(template)) return parseMembers(Object.entries(template));
  // Step Functions would pass it on as it is: surely somebody forgot the `.$`.
  if (typeof template === 'string' && /^(\$\.|\$\$|States\.)/.test(template))
    throw new NotModelled(`${template} as plain text`);
  return () => template;
}

function parseMembers(entries: [string, Json][]): Expression {
  const members = entries.map(([name, value]): [string, Expression] => {
    if (!name.endsWith('.$')) return [name, parseTemplate(value)];
    if (typeof value !== 'string') throw new NotModelled(`${name} of ${JSON.stringify(value)}`);
    return [name.slice(0, -2), parseExpression(value)];
  });
  return (input, context) => Object.fromEntries(members.map(([name, value]) => [name, value(input, context)]));
}
