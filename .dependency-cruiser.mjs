// The walls between the rooms. Each rule is one sentence of the README's map; `npm run walls` checks them.
const outside = (room, allowed, comment) => ({
  name: `${room}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${room}/` },
  to: { pathNot: [`^${room}/`, ...allowed] },
});
const npm = (name) => `node_modules/${name}/`;
const SDK = '^node_modules/@(aws-sdk|smithy)/';
const VOCABULARY = '^git/(ref|oid|errors|url|identity|codecommit/names)\\.ts$';

export default {
  forbidden: [
    outside(
      'replication',
      [VOCABULARY, npm('zod'), '^(node:)?crypto$'],
      'The domain is pure: git’s vocabulary, the shape of JSON and a hash, nothing else.',
    ),
    outside(
      'git',
      ['^node:', '^[a-z_/]+$'],
      'The wire knows Node’s built-ins and nothing of replication or AWS’s SDK.',
    ),
    outside(
      'aws',
      ['^replication/', '^git/', SDK, '^[a-z_/]+$'],
      'AWS’s APIs as the domain asks for them: all that needs the SDK.',
    ),
    outside(
      'container',
      ['^(replication|git|aws)/', '^[a-z_/]+$'],
      'The task: domain, wire, and AWS’s APIs in its entry.',
    ),
    outside(
      'functions',
      ['^(replication|git|aws)/', SDK, npm('(@types/aws-lambda|zod)'), '^[a-z_/]+$'],
      'Lambda handlers: domain, wire, SDK.',
    ),
    outside(
      'local',
      [
        '^(replication|git|aws|container|functions)/',
        '^build\\.ts$',
        SDK,
        npm('(aws-local-stepfunctions|asl-validator|dynalite|esbuild)'),
        '^[a-z_/]+$',
      ],
      'The same system on one machine: everything but infra.',
    ),
    outside(
      'cli',
      ['^(replication|git|aws|container|local/terminal)/', '^[a-z_/]+$'],
      'One file a command, over the relay.',
    ),
    {
      name: 'docs-imports',
      comment:
        'Draws the state machine files and reckons costs; knows nothing of the system. The examples are apps of somebody else.',
      severity: 'error',
      from: { path: '^docs/(?!examples/)' },
      to: { pathNot: ['^docs/', npm('@dagrejs/dagre'), '^[a-z_/]+$'] },
    },
    {
      name: 'examples-imports',
      comment: 'What a user’s own app may take is what infra offers.',
      severity: 'error',
      from: { path: '^docs/examples/' },
      to: { pathNot: ['^infra/index\\.ts$', npm('(aws-cdk-lib|constructs)')] },
    },
    outside(
      'infra',
      [
        '^(replication|git)/',
        '^aws/replicas-table\\.ts$',
        '^build\\.ts$',
        npm('(aws-cdk-lib|constructs|zod)'),
        '^[a-z_/]+$',
      ],
      'What is deployed: functions, container and state machines are files to it; only the domain’s words are imported.',
    ),
    {
      name: 'no-aws-in-the-relay',
      comment:
        'The relay is the same code in the task, the command line and the tests: its ports are types of its own.',
      severity: 'error',
      from: { path: '^container/relay/' },
      to: { path: '^aws/' },
    },
    {
      name: 'nobody-imports-an-entry',
      comment: 'Entry files only wire; what somebody needs from one belongs into a file of its own.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '(^|/)(main|handler|app)\\.ts$' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle has no inside and no outside.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'Code that nobody uses is deleted.',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.test\\.ts$', '\\.cjs$', '\\.d\\.ts$', '^build\\.ts$'] },
      to: {},
    },
    {
      name: 'no-unresolved',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
    },
  },
};
