import type { StateMachineDefinition } from 'aws-local-stepfunctions';

/** A state as it is written, as far as the local mode looks into it. */
export interface State {
  Type: string;
  Resource?: string;
  ItemProcessor?: States;
  Iterator?: States;
  Branches?: States[];
  [field: string]: unknown;
}

interface States {
  States: Record<string, State>;
}

/** What the runner would pass over without a word, and then end differently from AWS. */
const IGNORED = ['Assign', 'ItemReader', 'ItemBatcher', 'ResultWriter', 'Credentials'];

/**
 * All states by name, nested ones too.
 *
 * @throws Error for two states of one name, which AWS refuses as well, and for what the runner does not do
 */
export function statesOf(definition: StateMachineDefinition): Map<string, State> {
  const found = new Map<string, State>();
  const collect = ({ States }: States) => {
    for (const [name, state] of Object.entries(States)) {
      if (found.has(name)) throw new Error(`two states have the name ${name}`);
      found.set(name, state);
      const ignored = IGNORED.filter((field) => field in state);
      if (ignored.length > 0)
        throw new Error(`the state ${name} has ${ignored}, which the local mode does not support`);
      if (state['QueryLanguage'] === 'JSONata')
        throw new Error(`the state ${name}: the local runner supports JSONPath only`);
      for (const inner of innerOf(state)) collect(inner);
    }
  };
  collect(definition as unknown as States);
  return found;
}

const innerOf = ({ ItemProcessor, Iterator: iterator, Branches = [] }: State): States[] =>
  [ItemProcessor, iterator, ...Branches].filter((inner) => inner !== undefined);
