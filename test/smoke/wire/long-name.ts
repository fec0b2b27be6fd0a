/** No part of a name longer: a server may keep refs as files. */
const PART_MAX = 60;

/** A ref name that begins so, and has so many characters after `refs/heads/` or `refs/tags/`. */
export function nameOf(beginning: string, length: number): string {
  let name = beginning;
  const whole = /^refs\/\w+\//.exec(beginning)?.[0].length ?? 0;
  for (let left = whole + length - name.length; left > 0; left = whole + length - name.length) {
    // A slash must not come last.
    const part = left <= PART_MAX ? left : Math.min(PART_MAX, left - 2);
    name += 'n'.repeat(part) + (left > part ? '/' : '');
  }
  return name;
}
