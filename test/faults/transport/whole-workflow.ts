import { relay } from '../../../container/relay/relay.ts';
import { codeCommitRemote } from '../../../git/codecommit/remote.ts';
import { compareRemotes } from '../../../replication/compare.ts';
import { asReplicationError, ERROR_TABLE } from '../../../replication/errors.ts';
import type { Notice } from '../../../replication/notice/message.ts';
import { composeNotice } from '../../../replication/notice.ts';
import { DEFAULT_POLICY } from '../../../replication/policy.ts';
import type { Fault } from '../../support/fault-proxy/fault.ts';
import { FaultProxy } from '../../support/fault-proxy/proxy.ts';
import type { Stage } from '../../support/oracle/observe.ts';
import { exited, stateError, Workflow } from '../../support/workflow.ts';
import type { SideName } from './stage.ts';

const LINKS = {
  stateMachineArn: 'arn:aws:states:eu-west-1:111122223333:stateMachine:r',
  executionUrl: '',
  sourceUrl: '',
  destinationUrl: '',
};
const BEHIND = { 'refs/heads/main': '1' };
const EQUAL = { 'refs/heads/main': '2' };

/** The real state machine, whose comparisons and tasks are the real ones, each through a proxy that disturbs a side. */
export class WholeWorkflow {
  readonly workflow: Workflow;
  readonly proxies: Record<SideName, FaultProxy>;
  readonly #stage: Stage;

  private constructor(workflow: Workflow, proxies: Record<SideName, FaultProxy>, stage: Stage) {
    this.workflow = workflow;
    this.proxies = proxies;
    this.#stage = stage;
    workflow.onCompare = () => this.#compare();
    workflow.onTask = () => this.#replicate();
  }

  static async start(stage: Stage, faults: Partial<Record<SideName, Fault[]>>): Promise<WholeWorkflow> {
    const proxies = {
      source: await FaultProxy.start(stage.source.origin, faults.source),
      destination: await FaultProxy.start(stage.destination.origin, faults.destination),
    };
    return new WholeWorkflow(await Workflow.start(), proxies, stage);
  }

  /** What people were told, as they read it. */
  get told(): Notice[] {
    return this.workflow.told.map((request) => composeNotice(request, undefined, LINKS));
  }

  /** The fault is over. */
  lift(): void {
    for (const { faults } of Object.values(this.proxies)) faults.splice(0);
  }

  async stop(): Promise<unknown[]> {
    await this.workflow.stop();
    const proxies = Object.values(this.proxies);
    for (const proxy of proxies) await proxy.close();
    return proxies.flatMap(({ defects }) => defects);
  }

  /** What it finds is what the state machine is told: equal, or behind. */
  async #compare(): Promise<void> {
    try {
      const plan = await this.#with((source, destination) => compareRemotes(source, destination, DEFAULT_POLICY));
      this.workflow.source.set('R', EQUAL);
      this.workflow.destination.set('R', plan.heads.length === 0 ? EQUAL : BEHIND);
    } catch (caught) {
      const error = asReplicationError(caught);
      throw stateError(ERROR_TABLE[error.code].errorName, error.message);
    }
  }

  async #replicate(): Promise<void> {
    const { error } = await this.#with((source, destination) => relay({ source, destination, policy: DEFAULT_POLICY }));
    if (error !== undefined) throw exited(error.exitCode);
  }

  async #with<T>(work: (...remotes: [GitRemote, GitRemote]) => Promise<T>): Promise<T> {
    const open = (side: SideName) => {
      const { region, repository } = this.#stage[side];
      const options = { side, sleep: async () => {} };
      const endpoints = { [region]: this.proxies[side].origin };
      return codeCommitRemote({ region, repository }, async () => this.#stage.credentials, endpoints, options);
    };
    const [source, destination] = [open('source'), open('destination')];
    try {
      return await work(source, destination);
    } finally {
      source.close();
      destination.close();
    }
  }
}

type GitRemote = ReturnType<typeof codeCommitRemote>;
