import { clockProblem } from '../../git/http/clock.ts';

const SERVER = 'Fri, 02 Jan 2026 00:00:00 GMT';
const at = (seconds: number) => new Date(Date.parse(SERVER) + seconds * 1000);

it.each([0, 299, -299, 299.4])('a clock that is %d seconds off is worth no word', (seconds) => {
  expect(clockProblem(SERVER, at(seconds))).toBe('');
});

it.each([
  [300, '5 minutes ahead of'],
  [-300, '5 minutes behind'],
  [299.5, '5 minutes ahead of'],
  [3600, '60 minutes ahead of'],
  [-3629, '60 minutes behind'],
  [3631, '61 minutes ahead of'],
  [86_400, '1440 minutes ahead of'],
])('a clock that is %d seconds off is %s the server’s', (seconds, apart) => {
  expect(clockProblem(SERVER, at(seconds))).toBe(
    `; this machine's clock is ${apart} the server's (2026-01-02T00:00:00.000Z): signatures are good for some minutes only, so set the clock`,
  );
});

it.each([undefined, '', 'today'])('a server that says no time is not compared: %j', (date) => {
  expect(clockProblem(date, at(1e6))).toBe('');
});
