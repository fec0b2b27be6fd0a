import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleForNode24 } from '../../build.ts';
import { acknowledge } from './acknowledged.ts';
import { type Common, logGroup } from './logs.ts';
import { NAMES } from './names.ts';
import { fromStaged, HOME } from './staged.ts';

/** The user of the image: no name is needed, and nothing belongs to it. */
const USER = '10001:10001';

/** The Fargate task: its image, its definition, its two roles and the cluster that it runs in. */
export class ReplicationTask extends Construct {
  readonly cluster: ecs.CfnCluster;
  readonly role: iam.Role;
  readonly executionRole: iam.Role;
  readonly logGroup: logs.LogGroup;
  /**
   * The definition without its revision: the newest. A revision is gone when the next is deployed, and executions that are under way would
   * then find none.
   */
  readonly definitionArn: string;

  constructor(scope: Construct, id: string, props: Common) {
    super(scope, id);
    const stack = Stack.of(this);
    const { cpu, memoryMiB, architecture } = props.options.task;
    const arm = architecture === 'ARM64';
    // Not the construct of that name: it wants a VPC, and tasks are given theirs when they start.
    this.cluster = new ecs.CfnCluster(this, 'Cluster', { clusterName: NAMES.cluster });
    const trust = new iam.ServicePrincipal('ecs-tasks.amazonaws.com', {
      conditions: {
        StringEquals: { 'aws:SourceAccount': stack.account },
        ArnLike: {
          'aws:SourceArn': stack.formatArn({ service: 'ecs', resource: '*', arnFormat: ArnFormat.NO_RESOURCE_NAME }),
        },
      },
    });
    this.role = new iam.Role(this, 'Role', { roleName: NAMES.taskRole(stack.region), assumedBy: trust });
    this.executionRole = new iam.Role(this, 'ExecutionRole', { assumedBy: trust });
    const definition = new ecs.FargateTaskDefinition(this, 'Definition', {
      family: NAMES.taskFamily,
      cpu,
      memoryLimitMiB: memoryMiB,
      taskRole: this.role,
      executionRole: this.executionRole,
      runtimePlatform: {
        cpuArchitecture: arm ? ecs.CpuArchitecture.ARM64 : ecs.CpuArchitecture.X86_64,
        operatingSystemFamily: ecs.OperatingSystemFamily.LINUX,
      },
    });
    this.logGroup = logGroup(this, 'Logs', '/ccrepl/replicate', props);
    const linuxParameters = new ecs.LinuxParameters(this, 'LinuxParameters', { initProcessEnabled: true });
    linuxParameters.dropCapabilities(ecs.Capability.ALL);
    fromStaged(fillImage, (folder) =>
      definition.addContainer('Container', {
        containerName: NAMES.container,
        image: ecs.ContainerImage.fromAsset(folder, { platform: arm ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64 }),
        user: USER,
        readonlyRootFilesystem: true,
        privileged: false,
        linuxParameters,
        // The task itself stops within ten seconds.
        stopTimeout: Duration.seconds(30),
        logging: ecs.LogDrivers.awsLogs({
          logGroup: this.logGroup,
          streamPrefix: 'task',
          // A log that takes nothing must not hold up a replication.
          mode: ecs.AwsLogDriverMode.NON_BLOCKING,
        }),
      }),
    );
    acknowledge(this, {
      'AwsSolutions-ECS4':
        'Each task writes what it did as metrics of its own; Container Insights would be paid for by the task',
      'AwsSolutions-IAM5[Resource::*]': 'ecr:GetAuthorizationToken has no resources: AWS asks for "*"',
    });
    this.definitionArn = stack.formatArn({
      service: 'ecs',
      resource: 'task-definition',
      resourceName: NAMES.taskFamily,
    });
  }
}

function fillImage(folder: string): void {
  copyFileSync(join(HOME, 'container', 'Dockerfile'), join(folder, 'Dockerfile'));
  bundleForNode24('container/main.ts', join(folder, 'replicate.mjs'));
}
