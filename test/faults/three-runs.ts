import type { Workflow } from '../support/workflow.ts';

/** Three runs in a row in trouble, a quarter of an hour apart; then what caused it is lifted, and two are well. */
export async function threeRunsThenWell(flow: Workflow, replica: string, lift: () => void): Promise<void> {
  for (let n = 0; n < 3; n++) {
    expect((await flow.run({ replica })).error).toBe('Ccrepl.Drift');
    flow.advance(900);
  }
  lift();
  for (let n = 0; n < 2; n++) expect((await flow.run({ replica })).status).toBe('SUCCEEDED');
  expect(flow.isInSync(replica)).toBe(true);
}
