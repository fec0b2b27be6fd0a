import { CfnOutput, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ReplicationError } from '../replication/errors.ts';
import { DEFAULT_POLICY } from '../replication/policy.ts';
import { isCodeCommit, parseSettings, type Replica } from '../replication/settings.ts';
import { DEFAULT_OPTIONS, type Options } from './configuration/configuration.ts';
import { ReplicaAccess } from './constructs/access.ts';
import { acknowledgeInlinePolicies } from './constructs/acknowledged.ts';
import { Alarms } from './constructs/alarms.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { deadLetterQueue } from './constructs/dead-letters.ts';
import { encryptionKey } from './constructs/encryption.ts';
import { Functions } from './constructs/functions.ts';
import type { Common } from './constructs/logs.ts';
import { taskNetwork } from './constructs/network.ts';
import { Operators } from './constructs/operators.ts';
import { replicasTable } from './constructs/replicas-table.ts';
import { SweepSchedule } from './constructs/schedule.ts';
import { settingsLayer } from './constructs/settings-layer.ts';
import { ReplicationTask } from './constructs/task.ts';
import { alertTopic } from './constructs/topic.ts';
import { Triggers } from './constructs/triggers.ts';
import { Workflow } from './constructs/workflow.ts';

/** A replica as somebody writes it in an app of theirs: the policy has defaults. */
export type ReplicaProps = Omit<Replica, 'policy'> & { policy?: Partial<Replica['policy']> };

export interface CodeCommitReplicationProps extends Partial<Options> {
  /** Sources of CodeCommit are in the region of the stack. */
  replicas: readonly ReplicaProps[];
}

/**
 * All that replicates: trigger, functions, state machines, task, schedule, alarms and dashboard, for the sources of one region. One per
 * account and region: its resources have fixed names. Destinations must be there; `DestinationRepositories` makes them.
 *
 * @throws ReplicationError `input`: a replica that is wrong, with its path, the value and what is allowed
 */
export class CodeCommitReplication extends Construct {
  readonly replicas: readonly Replica[];
  readonly workflow: Workflow;
  readonly task: ReplicationTask;
  readonly functions: Functions;
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, { replicas, ...given }: CodeCommitReplicationProps) {
    super(scope, id);
    const options: Options = { ...DEFAULT_OPTIONS, ...defined(given) };
    this.replicas = checked(replicas, Stack.of(this).region);
    const common: Common = { options, key: encryptionKey(this, options.encryption) };
    const access = new ReplicaAccess(this, 'Access', { replicas: this.replicas });
    const topic = alertTopic(this, 'Topic', common);
    const table = replicasTable(this, 'Replicas', common);
    const deadLetters = deadLetterQueue(this, 'DeadLetters', common);
    const settings = settingsLayer(this, 'Settings', this.replicas);
    this.functions = new Functions(this, 'Functions', { ...common, settings, topic, deadLetters });
    this.task = new ReplicationTask(this, 'Task', common);
    access.grantTask(this.task.role);
    access.grantChecker(this.functions.compareHeads.role);
    const { functions, task } = this;
    const network = taskNetwork(this, 'Network', common);
    this.workflow = new Workflow(this, 'Workflow', { ...common, functions, task, network, table, topic });
    const { workflow } = this;
    new Triggers(this, 'Triggers', { ...common, access, onPush: functions.onPush });
    const { sweep } = workflow;
    new SweepSchedule(this, 'Schedule', { ...common, sweep, deadLetters });
    this.alarms = new Alarms(this, 'Alarms', { ...common, topic, functions, workflow, deadLetters });
    new Dashboard(this, 'Dashboard', { ...common, alarms: this.alarms, functions, task, workflow });
    if (options.operators.length > 0) {
      const logGroups = [...functions.all, task, workflow.replicate, workflow.sweep].map(({ logGroup }) => logGroup);
      new Operators(this, 'Operators', { principals: options.operators, workflow, table, logGroups });
    }
    acknowledgeInlinePolicies(this);
    new CfnOutput(this, 'ReplicateStateMachineArn', { value: workflow.replicate.arns.stateMachine });
    new CfnOutput(this, 'SweepStateMachineArn', { value: sweep.arns.stateMachine });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
  }
}

function checked(given: readonly ReplicaProps[], region: string): Replica[] {
  const whole = given.map(({ policy, ...replica }) => ({ ...replica, policy: { ...DEFAULT_POLICY, ...policy } }));
  const { replicas } = parseSettings(JSON.stringify({ replicas: whole }));
  const elsewhere = replicas.flatMap(({ id, source }) =>
    isCodeCommit(source) && !Token.isUnresolved(region) && source.region !== region
      ? [`"${id}" (${source.region})`]
      : [],
  );
  if (elsewhere.length === 0) return replicas;
  throw new ReplicationError(
    'input',
    `the sources of ${elsewhere.join(', ')} are not in ${region}: expected a stack in the region of each source, where its trigger can call`,
  );
}

const defined = (given: Partial<Options>): Partial<Options> =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
