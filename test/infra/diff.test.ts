import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DeployedStack, type Deployment, synthesise } from '../support/infra.ts';
import { aFolderOfOurs, cdkSynth, HOME } from '../support/infra-synth.ts';

interface Entry {
  source: { repository?: string };
  destinations: { region: string }[];
}

const FIFTY: { repositories: Entry[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, 'configurations', 'fifty.json'), 'utf8'),
);
/** One of the middle of the document, with copies in ap-northeast-3 and us-west-2. */
const NAME = 'service-10';
const entryOf = ({ source }: Entry) => source.repository === NAME;
const without = (change: (entry: Entry) => Entry[]) => ({
  ...FIFTY,
  repositories: FIFTY.repositories.flatMap((entry) => (entryOf(entry) ? change(entry) : [entry])),
});
const FORTY_NINE = without((entry) => [{ ...entry, destinations: entry.destinations.slice(0, 1) }]);
const FORTY_EIGHT = without(() => []);

let fifty: Deployment;
let fortyNine: Deployment;
let fortyEight: Deployment;
beforeAll(() => {
  fifty = synthesise(FIFTY);
  fortyNine = synthesise(FORTY_NINE);
  fortyEight = synthesise(FORTY_EIGHT);
});

interface Difference {
  /** Paths of constructs that are in one alone. */
  added: string[];
  removed: string[];
  /** Of each other resource that is not the same, the parts. */
  changed: Record<string, string[]>;
  /** ARNs in policies: those that came and those that went. */
  arns: { added: string[]; removed: string[] };
}

/** How two deployments differ; a policy is the same if but ARNs in its lists came or went. */
function differenceOf(before: Deployment, after: Deployment): Difference {
  const [old, now] = [resourcesOf(before), resourcesOf(after)];
  const keysOf = (one: Map<string, Shown>, other: Map<string, Shown>) =>
    [...one.keys()].filter((key) => !other.has(key));
  const changed: Record<string, string[]> = {};
  const arns = { added: new Set<string>(), removed: new Set<string>() };
  for (const [path, was] of old) {
    const is = now.get(path);
    if (is === undefined || was.text === is.text) continue;
    for (const arn of is.arns) if (!was.arns.has(arn)) arns.added.add(arn);
    for (const arn of was.arns) if (!is.arns.has(arn)) arns.removed.add(arn);
    const what = differentParts(was.json, is.json);
    if (what.length > 0) changed[path] = what;
  }
  return {
    added: keysOf(now, old).sort(),
    removed: keysOf(old, now).sort(),
    changed,
    arns: { added: [...arns.added].sort(), removed: [...arns.removed].sort() },
  };
}

interface Shown {
  text: string;
  /** Without what is in the lists of policies. */
  json: unknown;
  arns: Set<string>;
}

function resourcesOf({ stacks }: Deployment): Map<string, Shown> {
  return new Map(
    stacks.flatMap((stack) =>
      stack.resources.map(({ id, path, type }) => [`${type} ${stack.name}/${path}`, shown(stack, id, type)]),
    ),
  );
}

function shown(stack: DeployedStack, id: string, type: string): Shown {
  const raw = stack.template['Resources'][id];
  const arns = new Set<string>();
  if (!/^AWS::IAM::(Managed)?Policy$/.test(type)) return { text: JSON.stringify(raw), json: raw, arns };
  const json = structuredClone(raw);
  for (const statement of json.Properties.PolicyDocument.Statement) {
    for (const arn of [stack.resolve(statement.Resource)].flat()) arns.add(arn);
    statement.Resource = 'the list';
  }
  return { text: JSON.stringify(raw), json, arns };
}

/** Paths of all values that are not the same. */
function differentParts(one: unknown, other: unknown, at = ''): string[] {
  if (JSON.stringify(one) === JSON.stringify(other)) return [];
  const both = [one, other];
  if (!both.every((value) => typeof value === 'object' && value !== null)) return [at];
  const [a, b] = both as Record<string, unknown>[];
  const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  return [...keys].flatMap((key) => differentParts(a?.[key], b?.[key], `${at}.${key}`));
}

const SETTINGS = 'AWS::Lambda::LayerVersion ccrepl-ap-northeast-1/ccrepl-ap-northeast-1/Replication/Settings/Resource';
/** The content of the settings' layer, and nothing else of it. */
const SETTINGS_ALONE = { [SETTINGS]: ['.Properties.Content.S3Key'] };
const repositoryIn = (region: string) => {
  const stack = `ccrepl-destination-${region}`;
  return `Custom::CcreplRepository ${stack}/${stack}/Repositories/Provision/Repository-${NAME}/Default`;
};
const triggers = 'ccrepl-ap-northeast-1/ccrepl-ap-northeast-1/Replication/Triggers';
const arn = (region: string) => `arn:aws:codecommit:${region}:111122223333:${NAME}`;
const NOTHING = { added: [], removed: [], changed: {}, arns: { added: [], removed: [] } };

it('synthesising once more changes nothing', () => {
  // A document of its own: one that is known is not synthesised again.
  const again = synthesise(structuredClone(FIFTY));

  expect(again).not.toBe(fifty);
  expect(again.stacks.map(({ name, template }) => [name, JSON.stringify(template)])).toEqual(
    fifty.stacks.map(({ name, template }) => [name, JSON.stringify(template)]),
  );
});

it('removing a replica removes its repository’s resource, its settings and its ARN, and touches nothing else', () => {
  expect(differenceOf(fifty, fortyNine)).toEqual({
    ...NOTHING,
    removed: [repositoryIn('us-west-2')],
    changed: SETTINGS_ALONE,
    arns: { added: [], removed: [arn('us-west-2')] },
  });
});

it('removing the last replica of a source removes its trigger and its permission, too', () => {
  expect(differenceOf(fortyNine, fortyEight)).toEqual({
    ...NOTHING,
    removed: [
      `AWS::Lambda::Permission ${triggers}/Permission-${NAME}`,
      repositoryIn('ap-northeast-3'),
      `Custom::CcreplTrigger ${triggers}/Provision/Trigger-${NAME}/Default`,
    ].sort(),
    changed: SETTINGS_ALONE,
    arns: { added: [], removed: [arn('ap-northeast-1'), arn('ap-northeast-3')].sort() },
  });
});

it('adding a replica, or a source, adds just what removing it removes', () => {
  for (const [more, fewer] of [
    [fifty, fortyNine],
    [fortyNine, fortyEight],
  ] as const) {
    const { added, removed, changed, arns } = differenceOf(more, fewer);

    expect(differenceOf(fewer, more)).toEqual({
      added: removed,
      removed: added,
      changed,
      arns: { added: arns.removed, removed: arns.added },
    });
  }
});

it('the last replica in another account takes that account’s stack with it, and the right to take roles there', () => {
  const ours = synthesise({
    ...FIFTY,
    repositories: FIFTY.repositories.map((entry) => ({
      ...entry,
      destinations: entry.destinations.filter((one) => !('account' in one)),
    })),
  });
  const gone = 'ccrepl-destination-222222222222-us-west-2';
  const { added, removed } = differenceOf(fifty, ours);

  expect(fifty.stacks.map(({ name }) => name)).toContain(gone);
  expect(ours.stacks.map(({ name }) => name)).toEqual(
    fifty.stacks.map(({ name }) => name).filter((name) => name !== gone),
  );
  expect(added).toEqual([]);
  expect(removed.filter((path) => !path.includes(gone))).toEqual([]);
  expect(JSON.stringify(ours.stacks.map(({ template }) => template))).not.toContain('222222222222');
});

describe('changing the source of one function', () => {
  /** What the project is made of, so that a file can be changed; packages are those of this one. */
  const aCopy = (): string => {
    const copy = aFolderOfOurs();
    for (const part of ['aws', 'container', 'functions', 'git', 'infra', 'replication', 'state-machines'])
      cpSync(join(HOME, part), join(copy, part), { recursive: true });
    for (const file of ['build.ts', 'cdk.json', 'package.json', 'replication.example.json', 'tsconfig.json'])
      cpSync(join(HOME, file), join(copy, file));
    symlinkSync(join(HOME, 'node_modules'), join(copy, 'node_modules'));
    return copy;
  };
  const partsOf = (templates: Map<string, string>) =>
    new Map([...templates].map(([name, text]) => [name, JSON.parse(text) as unknown]));

  it('changes the code of that function alone, wherever the project lies', async () => {
    const copy = aCopy();
    const file = join(copy, 'functions', 'summarise-sweep', 'handler.ts');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nconsole.log('changed');\n`);
    const args = ['-c', 'config=replication.example.json'];
    const [before, after] = await Promise.all([cdkSynth(args), cdkSynth(args, { home: copy })]);
    const [old, now] = [before, after].map(({ templates }) => partsOf(templates));
    const changed = [...(old ?? [])].flatMap(([name, template]) =>
      differentParts(template, now?.get(name)).map((part) => `${name}${part}`),
    );

    expect([before.code, after.code]).toEqual([0, 0]);
    expect(changed).toEqual([
      expect.stringMatching(
        /^ccrepl-ap-northeast-1\.Resources\.ReplicationFunctionsSummariseSweep\w+\.Properties\.Code\.S3Key$/,
      ),
      expect.stringMatching(
        /^ccrepl-ap-northeast-1\.Resources\.ReplicationFunctionsSummariseSweep\w+\.Metadata\.aws:asset:path$/,
      ),
    ]);
  });
});
