/** What travels between the states of a state machine. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same text for the same content, whatever the order in which it was written. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join()}}`;
}

/** Gives equal content one small number, so that a state of the model is a few numbers and not kilobytes of JSON. */
export class Pool {
  readonly #ids = new Map<string, number>();
  /** The same object comes again and again. */
  readonly #objects = new WeakMap<JsonObject, number>();
  readonly #values: JsonObject[] = [];

  id(value: JsonObject): number {
    const seen = this.#objects.get(value);
    if (seen !== undefined) return seen;
    const text = canonical(value);
    const known = this.#ids.get(text);
    const id = known ?? this.#values.push(value) - 1;
    this.#ids.set(text, id);
    this.#objects.set(value, id);
    return id;
  }

  value(id: number): JsonObject {
    return this.#values[id] as JsonObject;
  }
}
