import { ANY_ERROR, innerScopes, type Scope, type State } from './asl.ts';
import { faceOf } from './boxes.ts';
import { conditionText } from './conditions.ts';

/** The drawing in words, for those who do not see it: a sentence a state. */
export const descriptionOf = (scope: Scope): string[] => [
  `Starts at ${scope.StartAt}.`,
  ...Object.entries(scope.States).flatMap(([name, state]) => [
    sentence(name, state),
    ...innerScopes(state).flatMap((inner) => [`Inside ${name}:`, ...descriptionOf(inner), `End of ${name}.`]),
  ]),
];

function sentence(name: string, state: State): string {
  const { does } = faceOf(state);
  const ways = [
    ...(state.Choices ?? []).map((rule) => `if ${conditionText(rule)}, ${rule.Next}`),
    ...(state.Default === undefined ? [] : [`otherwise ${state.Default}`]),
    ...(state.Next === undefined ? [] : [`then ${state.Next}`]),
    ...(state.Catch ?? []).map(
      ({ ErrorEquals, Next }, index) =>
        `on ${ErrorEquals.join(' or ').replace(ANY_ERROR, index > 0 ? 'any other error' : 'any error')}, ${Next}`,
    ),
  ];
  return `${[`${name} (${state.Type}${does && `, ${does}`})`, ...(ways.length > 0 ? [ways.join('; ')] : [])].join(': ')}.`;
}
