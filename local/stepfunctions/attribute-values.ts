/** What a DynamoDB attribute may be in a state machine, by its type. Binary values are not supported. */
const KINDS: Record<string, (value: unknown, path: string) => string | undefined> = {
  S: (value, path) => expect(typeof value === 'string', path, 'text'),
  N: (value, path) => expect(typeof value === 'string', path, 'a number as text'),
  BOOL: (value, path) => expect(typeof value === 'boolean', path, 'true or false'),
  NULL: (value, path) => expect(value === true, path, 'true'),
  SS: (value, path) => expect(isTexts(value), path, 'a list of text'),
  NS: (value, path) => expect(isTexts(value), path, 'a list of numbers as text'),
  L: (value, path) =>
    expect(Array.isArray(value), path, 'a list') ?? attributeMapProblem({ ...(value as object[]) }, path),
  M: (value, path) => attributeMapProblem(value, path),
};

/** What is wrong with a map of attributes: the SDK would make something else of it, or drop it, without a word. */
export function attributeMapProblem(attributes: unknown, path: string): string | undefined {
  if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) return `${path} is no object`;
  for (const [name, attribute] of Object.entries(attributes)) {
    const problem = attributeProblem(attribute, `${path}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function attributeProblem(attribute: unknown, path: string): string | undefined {
  const [[kind, value] = [''], ...more] = Object.entries(attribute ?? {});
  const check = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (check === undefined || more.length > 0) return `${path} is not one of ${Object.keys(KINDS).join(', ')}`;
  return check(value, `${path}.${kind}`);
}

const expect = (holds: boolean, path: string, what: string): string | undefined =>
  holds ? undefined : `${path} is not ${what}`;

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((element) => typeof element === 'string');
