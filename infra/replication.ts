import { Annotations, CfnOutput, Stack, Token } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ReplicationError } from '../replication/errors.ts';
import { isCodeCommit, parseSettings, type Replica } from '../replication/settings.ts';
import type { Options } from './configuration/configuration.ts';
import { type OptionsProps, readOptions } from './configuration/options.ts';
import { policySizeProblems } from './configuration/policy-size.ts';
import type { PolicyDocument } from './configuration/schema.ts';
import { ReplicaAccess } from './constructs/access.ts';
import { acknowledgeInlinePolicies } from './constructs/acknowledged.ts';
import { Alarms } from './constructs/alarms.ts';
import { Dashboard } from './constructs/dashboard.ts';
import { deadLetterQueue } from './constructs/dead-letters.ts';
import { encryptionKey } from './constructs/encryption.ts';
import { Functions } from './constructs/functions.ts';
import type { Common } from './constructs/logs.ts';
import { NAMES } from './constructs/names.ts';
import { taskNetwork } from './constructs/network.ts';
import { Operators } from './constructs/operators.ts';
import { replicasTable } from './constructs/replicas-table.ts';
import { SweepSchedule } from './constructs/schedule.ts';
import { settingsLayer } from './constructs/settings-layer.ts';
import { ReplicationTask } from './constructs/task.ts';
import { alarmTopic, alertTopic } from './constructs/topic.ts';
import { Triggers } from './constructs/triggers.ts';
import { Workflow } from './constructs/workflow.ts';

/** A replica as somebody writes it in an app of theirs: what its policy leaves out has its default. */
export type ReplicaProps = Omit<Replica, 'policy'> & { policy?: PolicyDocument | undefined };

export interface CodeCommitReplicationProps extends OptionsProps {
  /** Sources of CodeCommit are in the region of the stack. Names and ARNs are texts: they go into a file. */
  replicas: readonly ReplicaProps[];
  /** Replicas of other stacks: no role here may write to their sources. */
  others?: readonly Replica[];
  /** ARNs of the KMS keys of destinations in this account, if they are not AWS's. */
  keys?: readonly string[];
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

  constructor(scope: Construct, id: string, { replicas, others, keys, ...given }: CodeCommitReplicationProps) {
    super(scope, id);
    refuseSecond(this);
    const options = readOptions(given);
    this.replicas = checked(replicas, Stack.of(this).region);
    const common: Common = { options, key: encryptionKey(this, options.encryption) };
    const access = new ReplicaAccess(this, 'Access', { replicas: this.replicas, others, keys });
    const topic = alertTopic(this, 'Topic', common);
    const secondTopic = alarmTopic(this, 'AlarmTopic', common);
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
    const triggers = new Triggers(this, 'Triggers', { ...common, access, onPush: functions.onPush });
    // A push calls at once.
    triggers.node.addDependency(workflow);
    const { sweep } = workflow;
    new SweepSchedule(this, 'Schedule', { ...common, sweep, deadLetters });
    this.alarms = new Alarms(this, 'Alarms', {
      ...common,
      topic,
      alarmTopic: secondTopic,
      functions,
      workflow,
      deadLetters,
    });
    new Dashboard(this, 'Dashboard', { ...common, alarms: this.alarms, functions, task, workflow });
    if (options.operators.length > 0) {
      const logGroups = [...functions.all, task, workflow.replicate, workflow.sweep].map(({ logGroup }) => logGroup);
      new Operators(this, 'Operators', { principals: options.operators, workflow, table, logGroups });
    }
    warnOfSilence(this, options);
    acknowledgeInlinePolicies(this);
    new CfnOutput(this, 'ReplicateStateMachineArn', { value: workflow.replicate.arns.stateMachine });
    new CfnOutput(this, 'SweepStateMachineArn', { value: sweep.arns.stateMachine });
    new CfnOutput(this, 'TopicArn', { value: topic.topicArn });
    new CfnOutput(this, 'AlarmTopicArn', { value: secondTopic.topicArn });
  }
}

/** Topics that are made, and that nobody is subscribed to. */
function warnOfSilence(scope: Construct, { emails, topicArn, alarmTopicArn }: Options): void {
  if (emails.length > 0) return;
  if (topicArn === undefined)
    Annotations.of(scope).addWarningV2(
      'ccrepl:nobody-is-told',
      'Nobody is told of trouble: give "alerts" e-mail addresses or a topic, or subscribe somebody to the topic yourself',
    );
  if (alarmTopicArn === undefined)
    Annotations.of(scope).addWarningV2(
      'ccrepl:nobody-is-told-otherwise',
      `If the topic of the alerts is gone or its key disabled, nobody hears of it: give "alerts" e-mail addresses or an "alarmTopicArn", or subscribe somebody to the topic ${NAMES.alarmTopic} yourself`,
    );
}

function checked(given: readonly ReplicaProps[], region: string): Replica[] {
  const { replicas } = parseSettings(settingsOf(given));
  const elsewhere = replicas.flatMap(({ id, source }) =>
    isCodeCommit(source) && !Token.isUnresolved(region) && source.region !== region
      ? [`"${id}" (${source.region})`]
      : [],
  );
  if (elsewhere.length > 0)
    refuse(
      `the sources of ${elsewhere.join(', ')} are not in ${region}: expected a stack in the region of each source, where its trigger can call`,
    );
  if (replicas.length === 0) refuse('replicas is []: expected at least one');
  const tooMuch = policySizeProblems(replicas, region);
  if (tooMuch.length > 0) refuse(tooMuch.join('; '));
  return replicas;
}

/** The replicas as they go into the functions' file: nothing in it may be known only when it is deployed. */
function settingsOf(replicas: readonly ReplicaProps[]): string {
  const later = replicas.filter((one) => Token.isUnresolved(one) || JSON.stringify(one).includes('${Token['));
  if (later.length > 0)
    refuse(
      `${later.length} of the replicas have a value that is known only when the stack is deployed: expected names and ARNs as texts, because a file has them`,
    );
  return JSON.stringify({ replicas });
}

/** Its resources have fixed names: a second one in the same place would fail when it is deployed. */
function refuseSecond(one: CodeCommitReplication): void {
  const { account, region } = Stack.of(one);
  const other = one.node.root.node
    .findAll()
    .find(
      (found) =>
        found !== one &&
        found instanceof CodeCommitReplication &&
        Stack.of(found).account === account &&
        Stack.of(found).region === region,
    );
  if (other !== undefined)
    refuse(
      `"${one.node.path}" and "${other.node.path}" are in one account and region: expected one CodeCommitReplication there, with the replicas of both`,
    );
}

function refuse(problem: string): never {
  throw new ReplicationError('input', `CodeCommitReplication: ${problem}`);
}
