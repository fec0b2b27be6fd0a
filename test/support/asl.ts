/** Of a state machine what tests of rights and definitions look at. */
export interface State {
  Type: string;
  Resource?: string;
  // biome-ignore lint/suspicious/noExplicitAny: parameters are what each service takes.
  Parameters?: Record<string, any>;
  ItemProcessor?: Machine & { ProcessorConfig?: { Mode?: string } };
  Branches?: Machine[];
}

export interface Machine {
  StartAt: string;
  TimeoutSeconds?: number;
  States: Record<string, State>;
}

/** Every state of a machine by its name, also those inside others. */
export const statesOf = (machine: Machine): [string, State][] =>
  Object.entries(machine.States).flatMap(([name, state]) => [
    [name, state],
    ...[...(state.ItemProcessor ? [state.ItemProcessor] : []), ...(state.Branches ?? [])].flatMap(statesOf),
  ]);

/** CloudFormation's way with `DefinitionSubstitutions`: every placeholder has a value, and every value is used. */
export function fillIn(definition: string, substitutions: Record<string, string>): Machine {
  const unused = new Set(Object.keys(substitutions));
  const text = definition.replace(/\$\{(\w+)\}/g, (placeholder, name: string) => {
    unused.delete(name);
    return substitutions[name] ?? placeholder;
  });
  const left = /\$\{[^}]*\}/.exec(text);
  if (left !== null) throw new Error(`the definition has the placeholder ${left[0]}, for which there is no value`);
  if (unused.size > 0) throw new Error(`the definition has no placeholder for ${[...unused].join(', ')}`);
  return JSON.parse(text);
}
