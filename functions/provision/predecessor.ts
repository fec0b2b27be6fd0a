const FUNCTION = /^(arn:[\w-]+:lambda:[\w-]+:\d{12}:function:)([\w-]+)(?::[\w$-]+)?$/;

/**
 * The random end that CloudFormation gives to a name that it makes (`STACK-LOGICALID-1A2B3C4D5E6F`). Twelve or thirteen characters
 * were seen, and nothing documents them; words of a name that a person gave have no digit and no capital letter.
 */
const RANDOM_END = /-(?=[^-]*[A-Z0-9])[A-Za-z0-9]{12,13}$/;

/**
 * Whether a trigger's destination is `ours`, or was: the same function in another version or alias, or one that CloudFormation made
 * for the same part of a stack of the same name. That one is what a deployment leaves behind whose Create failed after it had
 * written the trigger: the provider framework sends no Delete for it, and the next deployment's function has another random end.
 */
export function isOursOrBefore(destination: string | undefined, ours: string): boolean {
  if (destination === ours) return true;
  const [found, own] = [FUNCTION.exec(destination ?? ''), FUNCTION.exec(ours)];
  const [, place, name = ''] = found ?? [];
  const [, ownPlace, ownName = ''] = own ?? [];
  if (place === undefined || place !== ownPlace) return false;
  if (name === ownName) return true;
  return RANDOM_END.test(name) && RANDOM_END.test(ownName) && withoutEnd(name) === withoutEnd(ownName);
}

const withoutEnd = (name: string): string => name.replace(RANDOM_END, '');
