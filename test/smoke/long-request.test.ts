import { removeFolders } from '../support/repository.ts';
import { slowPush } from './checks/long-request.ts';
import { Harmless } from './harmless.ts';
import { Place } from './stage/place.ts';
import { Stage } from './stage/stage.ts';
import { inventPair } from './stage/throw-aways.ts';
import { HERE, THERE, World } from './support/world.ts';

let world: World;
let stage: Stage;
beforeEach(async () => {
  world = await World.start();
  const pair = inventPair(HERE, THERE);
  const [source] = world.regions;
  await source.store.create(pair.source.repository);
  source.record(pair.source.repository);
  const access = {
    load: async () => world.credentials,
    endpoints: Object.fromEntries(world.regions.map(({ name, origin }) => [name, origin])),
    signal: new AbortController().signal,
    harmless: new Harmless(),
  };
  const places = [
    new Place(pair.source, 'source', access),
    new Place(pair.destination, 'destination', access),
  ] as const;
  stage = new Stage(...places, { bigMegabytes: undefined, slow: true, topic: undefined }, pair);
});
afterEach(async () => {
  stage.close();
  await world.stop();
});
afterAll(removeFolders);

it('tells a server that lets a request take its time from one that does not', async () => {
  const patient = await slowPush(stage, 500);
  world.regions[0].pushFault = { kind: 'cut-after-seconds', seconds: 0.2 };
  const second = new Stage(stage.source, stage.destination, stage.asked, inventPair(HERE, THERE));
  const impatient = await slowPush(second, 1000);

  expect([patient.result, impatient.result]).toEqual(['as-expected', 'different']);
  expect(patient.found).toMatch(/^written after \d+\.\d s: "ok"$/);
  expect(impatient.found).toContain('not written');
});
