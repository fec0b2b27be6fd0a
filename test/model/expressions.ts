import { NotModelled } from './paths.ts';

/** The grammar of DynamoDB's expressions, as far as the state machine uses it. */
export type Operand =
  | { name: string }
  | { value: string }
  | { sizeOf: string }
  | { ifNotExists: string; otherwise: Operand };

export interface Update {
  set: { name: string; to: Operand }[];
  remove: string[];
  add: { name: string; value: string }[];
}

export type Condition =
  | { exists: string; wanted: boolean }
  | { equal: [Operand, Operand] }
  | { unequal: [Operand, Operand] }
  | { less: [Operand, Operand] }
  | { all: Condition[] }
  | { any: Condition[] };

export function parseUpdate(text: string): Update {
  const tokens = new Tokens(text);
  const update: Update = { set: [], remove: [], add: [] };
  while (!tokens.done) {
    const section = tokens.take();
    do {
      const name = tokens.name();
      if (section === 'SET') {
        tokens.expect('=');
        update.set.push({ name, to: operand(tokens) });
      } else if (section === 'REMOVE') update.remove.push(name);
      else if (section === 'ADD') update.add.push({ name, value: tokens.value() });
      else throw new NotModelled(`${section} in ${text}`);
    } while (tokens.skip(','));
  }
  const names = [...update.set.map(({ name }) => name), ...update.remove, ...update.add.map(({ name }) => name)];
  // DynamoDB refuses it: "Two document paths overlap".
  if (new Set(names).size < names.length) throw new NotModelled(`an attribute twice in ${text}`);
  return update;
}

export function parseCondition(text: string): Condition {
  const tokens = new Tokens(text);
  const condition = anyOf(tokens);
  if (!tokens.done) throw new NotModelled(`${tokens.take()} in ${text}`);
  return condition;
}

/** AND binds closer than OR. */
function anyOf(tokens: Tokens): Condition {
  const any = [allOf(tokens)];
  while (tokens.skip('OR')) any.push(allOf(tokens));
  return any.length === 1 ? (any[0] as Condition) : { any };
}

function allOf(tokens: Tokens): Condition {
  const all = [test(tokens)];
  while (tokens.skip('AND')) all.push(test(tokens));
  return all.length === 1 ? (all[0] as Condition) : { all };
}

function test(tokens: Tokens): Condition {
  if (tokens.skip('(')) {
    const condition = anyOf(tokens);
    tokens.expect(')');
    return condition;
  }
  for (const wanted of [true, false]) {
    if (tokens.skip(wanted ? 'attribute_exists' : 'attribute_not_exists')) {
      tokens.expect('(');
      const exists = tokens.name();
      tokens.expect(')');
      return { exists, wanted };
    }
  }
  const left = operand(tokens);
  if (tokens.skip('<')) return { less: [left, operand(tokens)] };
  if (tokens.skip('<>')) return { unequal: [left, operand(tokens)] };
  tokens.expect('=');
  return { equal: [left, operand(tokens)] };
}

function operand(tokens: Tokens): Operand {
  if (tokens.skip('if_not_exists')) {
    tokens.expect('(');
    const ifNotExists = tokens.name();
    tokens.expect(',');
    const otherwise = operand(tokens);
    tokens.expect(')');
    return { ifNotExists, otherwise };
  }
  if (tokens.skip('size')) {
    tokens.expect('(');
    const sizeOf = tokens.name();
    tokens.expect(')');
    return { sizeOf };
  }
  return tokens.next.startsWith(':') ? { value: tokens.value() } : { name: tokens.name() };
}

const WORDS = ['SET', 'REMOVE', 'ADD', 'DELETE', 'AND', 'OR', 'NOT', 'IN', 'BETWEEN'];

class Tokens {
  #list: string[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#list = text.match(/:?[A-Za-z]\w*|<>|\S/g) ?? [];
  }

  get done(): boolean {
    return this.#list.length === 0;
  }

  get next(): string {
    return this.#list[0] ?? 'the end';
  }

  take(): string {
    return this.#list.shift() ?? 'the end';
  }

  skip(token: string): boolean {
    if (this.#list[0] !== token) return false;
    this.#list.shift();
    return true;
  }

  expect(token: string): void {
    if (!this.skip(token)) throw new NotModelled(`${this.next} for ${token} in ${this.#text}`);
  }

  name(): string {
    const token = this.take();
    // A function that is not known looks like a name with a parenthesis behind it.
    if (!/^[A-Za-z]\w*$/.test(token) || WORDS.includes(token) || this.next === '(')
      throw new NotModelled(`${token} as a name in ${this.#text}`);
    return token;
  }

  value(): string {
    const token = this.take();
    if (!/^:[A-Za-z]\w*$/.test(token)) throw new NotModelled(`${token} as a value in ${this.#text}`);
    return token;
  }
}
