import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Replica } from '../../replication/settings.ts';
import type { Options, SourceRegion } from '../configuration/configuration.ts';
import { CodeCommitReplication } from '../replication.ts';

export interface SourceStackProps extends StackProps {
  source: SourceRegion;
  /** Of the other regions. */
  others: readonly Replica[];
  options: Options;
}

/** Everything that runs, in the region of the sources. */
export class SourceStack extends Stack {
  constructor(scope: Construct, id: string, { source, others, options, ...props }: SourceStackProps) {
    super(scope, id, props);
    new CodeCommitReplication(this, 'Replication', {
      replicas: source.replicas,
      keys: source.keys,
      others,
      ...options,
    });
  }

  /** The CDK's construct for a VPC asks for them, also where it is given zones: by name they would be looked up, with credentials. */
  override get availabilityZones(): string[] {
    return [0, 1].map((index) => Fn.select(index, Fn.getAzs()));
  }
}
