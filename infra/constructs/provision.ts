import { CustomResource, Duration } from 'aws-cdk-lib';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeInlinePolicies, wildcard } from './acknowledged.ts';
import { ReplicationFunction } from './function.ts';
import { type Common, logGroup } from './logs.ts';
import { statementsOf } from './statements.ts';

/** Our function behind CDK's framework for custom resources, which answers CloudFormation whatever happens to the function. */
export class Provision extends Construct {
  readonly function: ReplicationFunction;
  readonly provider: Provider;

  /** @param name says what it provisions: a region may have one for its sources and one for its destinations. */
  constructor(scope: Construct, id: string, { name, ...props }: Common & { name: 'triggers' | 'repositories' }) {
    super(scope, id);
    this.function = new ReplicationFunction(this, 'Provision', {
      ...props,
      folder: 'provision',
      name: `provision-${name}`,
      description: 'Makes sure that sources have our trigger and that destinations exist',
      // Sixteen questions of twenty seconds at most, and the pauses between.
      timeoutSeconds: 420,
      // CloudFormation asks for many repositories at once, and the framework waits a few seconds for a free one, no more.
      concurrency: undefined,
    });
    this.provider = new Provider(this, 'Framework', {
      onEventHandler: this.function.function,
      logGroup: logGroup(this, 'FrameworkLogs', `/ccrepl/provision-${name}-framework`, props),
    });
    acknowledge(this.function, {
      'NIST.800.53.R5-LambdaConcurrency': 'Runs while a deployment does, for many repositories at once',
    });
    const framework = 'CDK’s framework for custom resources; it runs while a deployment waits for it';
    acknowledge(this.provider, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]':
        framework,
      [wildcard(this, `${this.function.arn}:*`)]: `${framework}: any version of the one function`,
      'Serverless-LambdaDLQ': framework,
      'Serverless-LambdaDefaultMemorySize': framework,
      'Serverless-LambdaTracing': framework,
      'NIST.800.53.R5-LambdaConcurrency': framework,
      'NIST.800.53.R5-LambdaDLQ': framework,
      'NIST.800.53.R5-LambdaInsideVPC': framework,
    });
    acknowledgeInlinePolicies(this);
  }

  allow(sid: string, actions: string[], resources: string[]): void {
    for (const statement of statementsOf({ sid, actions, resources })) this.function.role.addToPolicy(statement);
  }

  /** A resource that may be made once the function's rights are there. */
  resource(id: string, resourceType: string, properties: Record<string, unknown>): CustomResource {
    const resource = new CustomResource(this, id, {
      serviceToken: this.provider.serviceToken,
      resourceType,
      properties,
      serviceTimeout: Duration.minutes(15),
    });
    resource.node.addDependency(this.function.role);
    return resource;
  }
}
