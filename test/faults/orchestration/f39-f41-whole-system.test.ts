import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { REPLICA } from '../../../local/demonstration.ts';
import { REPLICAS_TABLE } from '../../../local/dynamodb/replicas-table.ts';
import { DEVELOPER_KEYS } from '../../../local/people.ts';
import { LocalSystem } from '../../../local/system.ts';
import type { Fault, Service } from '../../support/fault-proxy/fault.ts';
import { FaultProxy } from '../../support/fault-proxy/proxy.ts';
import { canariesIn, canariesOf } from '../../support/oracle/canaries.ts';
import { leaks } from '../../support/oracle/oracle.ts';
import { descendantsOf, type Process } from '../../support/processes.ts';
import { aFolder, Clone, fsck, refsOf, removeFolders } from '../../support/repository.ts';
import { theBundle } from '../../support/system.ts';

let system: LocalSystem;
let clone: Clone;
/** In front of each region's git server, by its name. */
const proxies = new Map<string, FaultProxy>();
/** All that was said: logs, results, messages, and every state's input and output. */
const said: unknown[] = [];
const history: string[] = [];
const metrics: Record<string, unknown>[] = [];
const children: Process[] = [];

beforeAll(async () => {
  system = await LocalSystem.start({
    replicas: [REPLICA],
    directory: await aFolder(),
    bundle: await theBundle(),
    firstPort: 0,
    pauseMs: 0,
    between: async (region) => {
      const proxy = await FaultProxy.start(region.origin, [], {
        watch: async () => children.push(...(await descendantsOf(process.pid))),
      });
      proxies.set(region.name, proxy);
      return proxy;
    },
    onEvent: (_execution, event) => history.push(JSON.stringify(event)),
    onTaskLog: (record) => said.push(record),
    onTaskResult: (_execution, result) => said.push(result),
    onFunctionLog: (name, line) => {
      said.push(line);
      const record = JSON.parse(line) as Record<string, unknown>;
      if ('_aws' in record) metrics.push({ name, ...record });
    },
    onAlert: (alert) => said.push(alert),
    onDeadLetter: (letter) => said.push(letter),
  });
  clone = await Clone.init();
  await clone.commit('first');
});
afterAll(async () => {
  await system.stop();
  for (const proxy of proxies.values()) await proxy.close();
  await removeFolders();
});

const pathOf = ({ region, repository }: { region: string; repository: string }) =>
  system.region(region).store.path(repository);
const isEqual = async () => {
  expect(await refsOf(pathOf(REPLICA.destination))).toBe(await refsOf(pathOf(REPLICA.source)));
  await fsck(pathOf(REPLICA.destination));
};
const push = async (text: string) => {
  await clone.commit(text);
  const url = system.region(REPLICA.source.region).cloneUrl(REPLICA.source.repository);
  await clone.push(url.replace('://', '://local:local@'), 'main');
};
/** From now on a side's servers do so with every request of a service. */
const disturb = (side: 'source' | 'destination', service: Service, act: Fault['act']) => {
  proxies.get(REPLICA[side].region)?.faults.push({ service, act });
};
const heal = () => {
  for (const { faults } of proxies.values()) faults.length = 0;
};
const sweep = async () => {
  await system.startSweep();
  await system.idle();
  return JSON.parse(system.sweep.executions.at(-1)?.output ?? 'null');
};
const verdicts = () => system.topic.inbox.map(({ attributes }) => attributes['verdict']);
/** What all sweeps so far have counted: lines of a function's log come when they come. */
async function swept(): Promise<Record<string, unknown>[]> {
  for (;;) {
    const counted = metrics.filter(({ Sweeps }) => Sweeps === 1);
    if (counted.length >= system.sweep.executions.length) return counted;
    await new Promise(setImmediate);
  }
}

it('F41: a push whose trigger is dropped is replicated by the next sweep, and counted as repaired by it', async () => {
  await push('told of');
  await system.idle();
  const triggered = system.triggered;
  await clone.commit('not told of');
  // As people push, but past the server that would fire the trigger.
  await clone.push(pathOf(REPLICA.source), 'main');

  const repaired = await sweep();
  const next = await sweep();

  expect(system.triggered).toBe(triggered);
  expect(repaired).toMatchObject({ outcomes: { replicated: 1 }, replicated: [REPLICA.id] });
  expect(next).toMatchObject({ outcomes: { 'in-sync': 1 }, replicated: [] });
  expect(await swept()).toMatchObject([
    { name: 'summarise-sweep', ReplicasRepaired: 1, ReplicasProven: 1, ReplicasFailed: 0 },
    { name: 'summarise-sweep', ReplicasRepaired: 0, ReplicasProven: 1, ReplicasFailed: 0 },
  ]);
  expect(verdicts()).toEqual([]);
  await isEqual();
});

it('F39: through incidents whose servers repeat what they were sent, people are told as is due, and no secret is anywhere', async () => {
  for (const { faults } of proxies.values()) {
    faults.push({ phase: 'start', act: { do: 'hook', name: 'watch' } });
    faults.push({ phase: 'head', act: { do: 'hook', name: 'watch' } });
  }
  await push('seen by somebody who looks at processes');
  await system.idle();
  heal();
  // A source that shows to everybody who asks what it was asked with.
  disturb('source', 'info/refs', { do: 'echo', status: 403 });
  await push('one');
  await sweep();
  heal();
  await sweep();
  // A destination that does so with every push.
  disturb('destination', 'git-receive-pack', { do: 'echo', status: 403 });
  await push('two');
  await sweep();
  heal();
  await sweep();
  await swept();

  expect(verdicts()).toEqual(['unknown', 'in-sync', 'behind', 'in-sync']);
  expect(system.topic.inbox[0]?.message).toContain('denied for Basic [redacted]');
  await isEqual();

  const requests = [...proxies.values()].flatMap(({ seen }) => seen);
  const secrets = [
    ...Object.values(system.people).flatMap(({ credentials }) => canariesOf(credentials)),
    ...requests.flatMap(({ headers }) => canariesIn(headers.authorization)),
    // The developer's are well known, and open nothing.
  ].filter((secret) => !DEVELOPER_KEYS.secretAccessKey.startsWith(secret));
  expect(secrets.length).toBeGreaterThan(40);
  const executions = [system.machine, system.sweep].flatMap(({ executions: all }) => all);
  const shown = {
    'the history of the executions: what each state was given and gave, and errors': history,
    'what the executions came to': executions.map(({ ended: _, ...facts }) => facts),
    'logs, results, messages': said,
    'messages of SNS': system.topic.inbox,
    'the records of the table': await items(),
    'dead letters': system.deadLetters,
    'the arguments of every process': children.map((child) => child.arguments),
    'the environment of every process but the task': children
      .filter((child) => !child.arguments.includes('replicate.mjs'))
      .map(({ environment }) => environment),
    'paths of requests': requests.map(({ path }) => path),
  };
  for (const [where, texts] of Object.entries(shown)) {
    expect([where, texts.length > 0 || where === 'dead letters']).toEqual([where, true]);
    expect([where, ...leaks(texts, new Set(secrets))]).toEqual([where]);
  }
  // The task itself has its keys where ECS has them, and was seen with them: the search would have found the others.
  const tasks = children.filter((child) => child.arguments.includes('replicate.mjs'));
  const own = canariesOf(system.people.task.credentials)[0] as string;
  expect(tasks.length).toBeGreaterThan(0);
  expect(tasks[0]?.environment).toContain(own);
});

async function items(): Promise<string[]> {
  const client = new DynamoDBClient({
    region: REPLICA.source.region,
    endpoint: system.endpoint,
    credentials: DEVELOPER_KEYS,
  });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: REPLICAS_TABLE }));
  client.destroy();
  return Items.map((item) => JSON.stringify(item));
}
