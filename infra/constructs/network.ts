import { Fn, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledged.ts';
import { type Common, logGroup } from './logs.ts';

/** Where tasks run. */
export interface TaskNetwork {
  subnetIds: readonly string[];
  securityGroupIds: readonly string[];
  assignPublicIp: boolean;
}

/**
 * The network of the configuration; or a VPC of two public subnets without NAT, in which a task has an address of its own, lets nothing in
 * and speaks TCP 443 alone: it costs nothing while no task runs.
 */
export function taskNetwork(scope: Construct, id: string, common: Common): TaskNetwork {
  const { network } = common.options;
  if (network === undefined) return new PublicNetwork(scope, id, common);
  const { vpcId, subnetIds, securityGroupIds, assignPublicIp } = network;
  if (securityGroupIds !== undefined) return { subnetIds, securityGroupIds, assignPublicIp };
  const within = new Construct(scope, id);
  const vpc = ec2.Vpc.fromVpcAttributes(within, 'Vpc', { vpcId, availabilityZones: twoZones() });
  return { subnetIds, securityGroupIds: [outbound443(within, vpc).securityGroupId], assignPublicIp };
}

class PublicNetwork extends Construct implements TaskNetwork {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly assignPublicIp = true;

  constructor(scope: Construct, id: string, common: Common) {
    super(scope, id);
    const vpc = new ec2.Vpc(this, 'Vpc', {
      ipAddresses: ec2.IpAddresses.cidr('10.0.0.0/24'),
      // By name they would have to be looked up, and synthesis would need credentials.
      availabilityZones: twoZones(),
      natGateways: 0,
      subnetConfiguration: [
        { name: 'Tasks', subnetType: ec2.SubnetType.PUBLIC, cidrMask: 26, mapPublicIpOnLaunch: false },
      ],
      restrictDefaultSecurityGroup: false,
    });
    const log = logGroup(this, 'FlowLogs', '/ccrepl/flow-logs', common);
    const role = new iam.Role(this, 'FlowLogsRole', {
      assumedBy: new iam.ServicePrincipal('vpc-flow-logs.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    vpc.addFlowLog('FlowLog', { destination: ec2.FlowLogDestination.toCloudWatchLogs(log, role) });
    const outward =
      'Tasks have public addresses and let nothing in: NAT would cost more than all else, and hide an address';
    acknowledge(this, {
      'NIST.800.53.R5-VPCDefaultSecurityGroupClosed':
        'Nothing is in the default group; to close it CloudFormation would need a function with rights to change any group',
      'NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW': outward,
    });
    this.subnetIds = vpc.publicSubnets.map(({ subnetId }) => subnetId);
    this.securityGroupIds = [outbound443(this, vpc).securityGroupId];
  }
}

function outbound443(scope: Construct, vpc: ec2.IVpc): ec2.SecurityGroup {
  const group = new ec2.SecurityGroup(scope, 'SecurityGroup', {
    vpc,
    description: 'ccrepl tasks: nothing in, TCP 443 out',
    allowAllOutbound: false,
  });
  // CodeCommit of another region has no endpoint here, and no fixed addresses.
  group.addEgressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(443), 'git over HTTPS and the APIs of AWS');
  return group;
}

const twoZones = (): string[] => [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
