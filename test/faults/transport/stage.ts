import { type Observed, observe, type Script, type Stage } from '../../support/oracle/observe.ts';
import { stageOf } from '../../support/oracle/two-regions-stage.ts';
import { Clone, removeFolders } from '../../support/repository.ts';
import { TwoRegions } from '../../support/two-regions.ts';

export type SideName = 'source' | 'destination';
export const SIDES: readonly SideName[] = ['source', 'destination'];

/** Which list of refs a replication asks each side for. */
export const LIST_OF = { source: 'git-upload-pack', destination: 'git-receive-pack' } as const;

/** Two regions for the tests of a file. Each test begins with a destination that is one commit behind. */
export class TransportStage {
  two!: TwoRegions;
  clone!: Clone;

  static forThisFile(): TransportStage {
    const stage = new TransportStage();
    beforeAll(async () => {
      stage.two = await TwoRegions.start('codecommit');
      stage.clone = await Clone.init();
      await stage.move();
      await stage.observe();
    });
    beforeEach(() => stage.move());
    afterAll(async () => {
      await stage.two.stop();
      await removeFolders();
    });
    return stage;
  }

  /** Somebody pushes to the source. */
  async move(content?: string): Promise<void> {
    await this.clone.commit(content);
    await this.clone.push(this.two.sourceUrl, 'main');
  }

  get sides(): Stage {
    return stageOf(this.two);
  }

  /** One run under faults; it does not really wait before it asks again. */
  observe(script: Script = {}, stage = this.sides): Promise<Observed> {
    return observe(stage, { ...script, remote: { sleep: async () => {}, ...script.remote } });
  }

  /** A run under faults that wrote nothing, and that knows so. */
  async observeFailure(script: Script, stage = this.sides): Promise<Observed> {
    const seen = await this.observe(script, stage);
    expect(seen.violations).toEqual([]);
    expect(seen.result.result).toBe('failed');
    expect(seen.chronicle.after).toEqual(seen.chronicle.before);
    return seen;
  }

  /** Once the fault is over the next run makes all good, from fresh readings of both sides. */
  async heal(): Promise<void> {
    const seen = await observe(this.sides);
    expect(seen.violations).toEqual([]);
    expect(seen.result.result).toBe('replicated');
    expect(SIDES.map((side) => seen.seen[side][0]?.service)).toEqual(['info/refs', 'info/refs']);
    await this.two.expectEqual();
  }

  /** The run has made all good by itself. */
  async expectWhole(seen: Observed): Promise<void> {
    expect(seen.violations).toEqual([]);
    expect(seen.result).toMatchObject({ result: 'replicated', heads: [{ ref: 'refs/heads/main', status: 'done' }] });
    await this.two.expectEqual();
  }
}

/** Pushes that reached the destination. */
export const pushesIn = ({ seen }: Observed) =>
  seen.destination.filter(({ service }) => service === 'git-receive-pack');
