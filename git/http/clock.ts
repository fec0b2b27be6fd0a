/** Servers' clocks differ by seconds; from here on it is worth a word. */
const SKEW_SECONDS_NAMED = 300;

/**
 * How far this machine's clock is from a server's that refused a login, in words; empty if it is not far, or the server does not say. A
 * signature is good for some minutes around the time in it, and a server says no more of one that is too old or too new than of a wrong one.
 */
export function clockProblem(date: string | undefined, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(date ?? '')) / 1000);
  if (!(Math.abs(seconds) >= SKEW_SECONDS_NAMED)) return '';
  const apart = `${Math.round(Math.abs(seconds) / 60)} minutes ${seconds > 0 ? 'ahead of' : 'behind'}`;
  return `; this machine's clock is ${apart} the server's (${new Date(Date.parse(date as string)).toISOString()}): signatures are good for some minutes only, so set the clock`;
}
