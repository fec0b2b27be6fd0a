import { parseGitProgress } from '../../replication/progress.ts';

it.each([
  ['Enumerating objects: 100% (7/7), done.', 'Enumerating objects', 100],
  ['Resolving deltas:   0% (0/12)\r', 'Resolving deltas', 0],
  ['remote: Resolving deltas:   8% (1/12)', 'Resolving deltas', 8],
  ['remote: remote: Checking connectivity:  33% (1/3)', 'Checking connectivity', 33],
  ['Counting objects:  10%\nCompressing objects:  20%\r\n\r\n', 'Compressing objects', 20],
  ['Writing objects: 250% (5/2)', 'Writing objects', 100],
])('reads the last step of %j', (text, step, percent) => {
  expect(parseGitProgress(text)).toEqual({ step, percent });
});

it.each([
  'Total 3 (delta 0), reused 0 (delta 0)',
  'Counting objects: 7, done.',
  'C:  50% (3/6)',
  'Counting objects:50% (3/6)',
  'Counting objects:  % (3/6)',
  'Counting objects:  1000% (3/6)',
  'counting objects:  50% (3/6)',
  'see https://example.com/?q=50%',
  'Counting objects:  50% (3/6)\nTotal 6',
  '\u001b[31mCounting objects:  50%',
  'A\u001b[2J:  50%',
  '\r\n \r\n',
])('takes %j for no progress', (text) => {
  expect(parseGitProgress(text)).toBeUndefined();
});
