import { App, Stack, type StackProps } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { CodeCommitReplication, DestinationRepositories, type ReplicaProps } from '../../infra/index.ts';

const SOURCES = 'ap-northeast-1';
const COPIES = 'ap-northeast-3';

/** A VPC that is there. Of an `ec2.IVpc` they are `vpcId`, and `subnetId` of each of its `privateSubnets`. */
const NETWORK = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
};

const replicas: ReplicaProps[] = ['website', 'billing'].map((repository) => ({
  id: repository,
  source: { region: SOURCES, repository },
  destination: { region: COPIES, repository },
  policy: { rewrites: 'archive' },
}));

/** Where the copies are kept. */
class CopiesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    new DestinationRepositories(this, 'Copies', {
      repositories: replicas.map(({ id: name }) => ({ name, description: `A copy of ${name} in ${SOURCES}` })),
    });
  }
}

/** Everything that runs, beside resources of yours. */
class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const alerts = new sns.Topic(this, 'Alerts', { enforceSSL: true });
    // For alarms that say that alerts may not arrive.
    const alarms = new sns.Topic(this, 'Alarms', { enforceSSL: true });
    for (const topic of [alerts, alarms]) topic.grantPublish(new iam.ServicePrincipal('cloudwatch.amazonaws.com'));
    const replication = new CodeCommitReplication(this, 'Replication', {
      replicas,
      network: NETWORK,
      topicArn: alerts.topicArn,
      alarmTopicArn: alarms.topicArn,
      sweepMinutes: 30,
    });
    // What the construct has is there for more of yours.
    replication.workflow.replicate.stateMachine.metricFailed().createAlarm(this, 'AnyFailure', {
      threshold: 10,
      evaluationPeriods: 1,
    });
  }
}

const app = new App();
const copies = new CopiesStack(app, 'Copies', { env: { region: COPIES } });
new PlatformStack(app, 'Platform', { env: { region: SOURCES } }).addStackDependency(copies);
