import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ReplicaAccess } from './access.ts';
import { acknowledge, wildcard } from './acknowledged.ts';
import type { ReplicationFunction } from './function.ts';
import type { Common } from './logs.ts';
import { NAMES } from './names.ts';
import { Provision } from './provision.ts';

export interface TriggersProps extends Common {
  access: ReplicaAccess;
  onPush: ReplicationFunction;
}

/** A function's policy holds 20 KB: a statement for each repository that may call it, with a name of 100 characters some 600 bytes. */
const PERMISSIONS_MAX = 30;

/** CodeCommit's trigger on every source repository: ours among those of others. */
export class Triggers extends Construct {
  readonly provision: Provision;

  constructor(scope: Construct, id: string, { access, onPush, ...common }: TriggersProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const { region } = stack;
    const repositories = access.sourceRepositories;
    this.provision = new Provision(this, 'Provision', { ...common, name: 'triggers' });
    this.provision.allow(
      'KeepTriggers',
      ['codecommit:GetRepositoryTriggers', 'codecommit:PutRepositoryTriggers'],
      // Not by name: a repository that is taken out leaves the policy before its trigger is taken away.
      [access.arnOf({ region, repository: '*' })],
    );
    acknowledge(this.provision, {
      [wildcard(this, access.arnOf({ region, repository: '*' }))]:
        'A repository that is taken out leaves the policy before its trigger is taken away; triggers alone',
    });
    // Beyond that many, any repository of this account and region may call it; it ignores events of those that are no source.
    const callers = repositories.length <= PERMISSIONS_MAX ? repositories : ['*'];
    const permissions = new Map(
      callers.map((repository) => [
        repository,
        new lambda.CfnPermission(this, `Permission-${repository === '*' ? 'AnyRepository' : repository}`, {
          functionName: onPush.arn,
          principal: 'codecommit.amazonaws.com',
          action: 'lambda:InvokeFunction',
          sourceArn: access.arnOf({ region, repository }),
          sourceAccount: stack.account,
        }),
      ]),
    );
    for (const repository of repositories) {
      const trigger = this.provision.resource(`Trigger-${repository}`, 'Custom::CcreplTrigger', {
        RepositoryName: repository,
        TriggerName: NAMES.trigger,
        DestinationArn: onPush.arn,
      });
      // CodeCommit asks whether it may call the function when the trigger is made.
      trigger.node.addDependency(permissions.get(repository) ?? (permissions.get('*') as lambda.CfnPermission));
    }
  }
}
