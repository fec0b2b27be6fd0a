import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { jsonSchemaText } from '../../infra/configuration/json-schema.ts';
import { parseConfiguration } from '../../infra/configuration/read.ts';

const HOME = join(import.meta.dirname, '..', '..');
const FIXTURES = join(import.meta.dirname, 'configurations');
const read = (file: string) => readFileSync(file, 'utf8');
const schema = JSON.parse(read(join(HOME, 'docs', 'replication.schema.json')));
const validate: ValidateFunction = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(
  schema,
);
const refusals = (document: unknown) => {
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`);
};
const files = [
  join(HOME, 'replication.example.json'),
  ...readdirSync(FIXTURES)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(FIXTURES, name)),
];

it('the schema in docs/ is that of the reader: `npm run schema` has been run', () => {
  expect(read(join(HOME, 'docs', 'replication.schema.json'))).toBe(jsonSchemaText());
  expect(schema).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'replication.schema.json',
  });
});

it.each(files)('schema and reader take %s', (file) => {
  expect(refusals(JSON.parse(read(file)))).toEqual([]);
  expect(() => parseConfiguration(read(file), file)).not.toThrow();
});

it('one of these files uses every field that there is, and each field says what it is for', () => {
  const used = new Set<string>();
  const collect = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      used.add(name);
      collect(inner);
    }
  };
  for (const file of files) collect(JSON.parse(read(file)));
  const silent: string[] = [];
  const known = new Set<string>();
  const walk = (at: Record<string, unknown>) => {
    for (const [name, property] of Object.entries(
      (at['properties'] ?? {}) as Record<string, Record<string, unknown>>,
    )) {
      // What no form allows is in the schema to be refused.
      if (property['not'] === undefined) {
        known.add(name);
        if ((property['description'] ?? '') === '') silent.push(name);
      }
    }
    for (const inner of Object.values(at)) if (typeof inner === 'object' && inner !== null) walk(inner as typeof at);
  };
  walk(schema);

  expect([...known].filter((name) => !used.has(name))).toEqual([]);
  expect(silent).toEqual([]);
});

describe('the schema refuses, like the reader,', () => {
  const route = { source: { repository: 'Source' }, destinations: [{ region: 'us-west-2' }] };
  const base = { region: 'ap-northeast-1', repositories: [route] };

  it.each<[what: string, changes: object, refusal: string]>([
    ['an unknown field', { regions: [] }, ' additionalProperties'],
    ['a missing region', { region: undefined }, ' required'],
    ['a wrong region', { region: 'Tokyo' }, '/region pattern'],
    ['an account as a number', { account: 111122223333 }, '/account type'],
    ['a short account', { account: '1' }, '/account pattern'],
    [
      'an unknown field further down',
      { repositories: [{ ...route, tags: {} }] },
      '/repositories/0 additionalProperties',
    ],
    [
      'a source in another account',
      { repositories: [{ ...route, source: { repository: 'S', account: {} } }] },
      '/repositories/0/source/account not',
    ],
    [
      'a wrong repository',
      { repositories: [{ ...route, source: { repository: 'S.git' } }] },
      '/repositories/0/source/repository pattern',
    ],
    ['no destination', { repositories: [{ ...route, destinations: [] }] }, '/repositories/0/destinations minItems'],
    ['a wrong policy', { policy: { deletes: 'all' } }, '/policy/deletes enum'],
    ['a share above 100', { policy: { massChange: { percent: 101 } } }, '/policy/massChange/percent maximum'],
    ['half a minute', { sweep: { everyMinutes: 7.5 } }, '/sweep/everyMinutes multipleOf'],
    ['a minute', { sweep: { everyMinutes: 1 } }, '/sweep/everyMinutes minimum'],
    ['an address twice', { alerts: { emails: ['a@b.example', 'a@b.example'] } }, '/alerts/emails uniqueItems'],
    [
      'six security groups',
      {
        network: {
          vpcId: 'vpc-01234567',
          subnetIds: ['subnet-01234567'],
          securityGroupIds: [0, 1, 2, 3, 4, 5].map((n) => `sg-0123456${n}`),
        },
      },
      '/network/securityGroupIds maxItems',
    ],
    ['CPU units that are none', { task: { cpu: 300 } }, '/task/cpu enum'],
    [
      '51 tags',
      { tags: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`t${n}`, ''])) },
      '/tags maxProperties',
    ],
    ['a wrong value of a tag', { tags: { a: ';' } }, '/tags/a pattern'],
    ['a wrong key', { encryption: 'mine' }, '/encryption pattern'],
  ])('%s', (_what, changes, refusal) => {
    const document = JSON.parse(JSON.stringify({ ...base, ...changes }));

    expect(refusals(document)).toContain(refusal);
    expect(() => parseConfiguration(JSON.stringify(document), 'x')).toThrow('x: ');
  });
});

it('tells the two roles of another account apart', () => {
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'replication.schema.json'), 'utf8');
  const said = (name: string) => text.slice(text.indexOf(`"${name}": {`)).match(/"description": "([^"]*)"/)?.[1];

  expect(said('roleArn')).toContain('it writes the copy');
  expect(said('checkerRoleArn')).toContain('it can push nowhere');
});
