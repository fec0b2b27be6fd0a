import { ccrepl } from '../support/program.ts';

it.each([
  [['replicate', 'http://u:CANARY@127.0.0.1:9/a', 'http://127.0.0.1:9/b'], 10],
  [['replicate', 'https://u:CANARY@host/a/../b', 'https://host/b'], 2],
  [['replicate', 'https://u:CANARY@host/a', 'ftp://x:CANARY@y/z'], 2],
  [['check', 'http://u:CANARY@127.0.0.1:9/a', 'http://127.0.0.1:9/b'], 2],
  [['check', 'https://user:CANARY@host/a', 'https://other:CANARY@HOST/a/'], 2],
  [['check', 'http://user:CANARY@host/a', 'http://host/b'], 2],
  [['check', '--https://user:CANARY@host/a', 'https://host/b'], 2],
  [['user:CANARY@host:a', 'https://host/a', 'https://host/b'], 2],
  [['https://u:CANARY@host/a'], 2],
  [['replicate', '--to=https://u:CANARY@host/a'], 2],
])('shows no password of its arguments: %j', async (args, exitCode) => {
  const people = await ccrepl(args);
  const scripts = await ccrepl([...args, '--json']);

  expect([people.code, scripts.code]).toEqual([exitCode, exitCode]);
  expect(people.stdout + people.stderr).toContain('error: ');
  expect(JSON.parse(scripts.stdout)).toHaveProperty('error.message');
  expect(people.stdout + people.stderr + scripts.stdout + scripts.stderr).not.toContain('CANARY');
});

it.each([
  ['https://host/a', 'http://user:x@HOST/%61.git/'],
  ['codecommit::us-east-1://A', 'https://git-codecommit-fips.us-east-1.amazonaws.com/v1/repos/A'],
  ['codecommit::us-east-1://A', 'https://u:p@git-codecommit.us-east-1.amazonaws.com/v1/repos/A/'],
])('refuses %s and %s before anything is sent: they are one repository', async (source, destination) => {
  const { code, stderr } = await ccrepl(['replicate', source, destination]);

  expect(code).toBe(2);
  expect(stderr).toContain('are the same repository');
});

it('refuses two addresses that an endpoint of its own makes one repository', async () => {
  const env = { CCREPL_GIT_ENDPOINTS: '{"us-east-1":"http://127.0.0.1:9"}' };

  const { code, stderr } = await ccrepl(['check', 'codecommit::us-east-1://A', 'http://127.0.0.1:9/v1/repos/A'], env);

  expect(code).toBe(2);
  expect(stderr).toContain('are the same repository');
});

it('sends no password over plain http to another machine', async () => {
  const { code, stdout } = await ccrepl(['replicate', 'http://127.0.0.1:9/a', 'http://user:pass@192.0.2.1/b']);

  expect(code).toBe(2);
  expect(stdout).toContain('not sent over plain http');
});

it('says that credentials are missing for CodeCommit, before anything is sent', async () => {
  const { code, stdout } = await ccrepl(['replicate', 'codecommit::us-east-1://A', 'codecommit::us-east-1://B']);

  expect(code).toBe(14);
  expect(stdout).toContain('error: no AWS credentials');
});
