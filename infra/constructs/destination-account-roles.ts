import { ArnFormat, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { DestinationRoles } from '../configuration/configuration.ts';
import { DESTINATION_READING_ACTIONS, WRITING_ACTIONS } from './access.ts';
import { acknowledgeInlinePolicies } from './acknowledged.ts';
import { READ_WITH_KEY, WRITE_WITH_KEY } from './repository-keys.ts';
import { statementsOf } from './statements.ts';

export interface DestinationAccountRolesProps extends Omit<DestinationRoles, 'homes' | 'keys'> {
  /** ARNs of the keys of the repositories. */
  keys?: readonly string[];
  /** The account of the sources, and ARNs of the roles there that may take these. */
  account: string;
  writers: readonly string[];
  checkers: readonly string[];
}

/** In the account of a destination: a role that writes its replicas, and one that only reads them, for ccrepl in another account. */
export class DestinationAccountRoles extends Construct {
  constructor(scope: Construct, id: string, props: DestinationAccountRolesProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const repositories = props.repositories.map((resource) =>
      stack.formatArn({ service: 'codecommit', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }),
    );
    const role = (name: string, roleName: string, trusted: readonly string[], description: string) =>
      new iam.Role(this, name, { roleName, description, assumedBy: trust(props.account, trusted, props.externalId) });
    const writer = role('Writer', props.writerRoleName, props.writers, 'ccrepl: writes the replicas of this account');
    const checker = role(
      'Checker',
      props.checkerRoleName,
      props.checkers,
      'ccrepl: reads the replicas of this account',
    );
    const allow = (
      to: iam.Role,
      sid: string,
      actions: string[],
      { resources = repositories, conditions }: { resources?: readonly string[]; conditions?: iam.Conditions } = {},
    ) => {
      const statements = statementsOf({ sid, actions, resources, ...(conditions && { conditions }) });
      for (const statement of statements) to.addToPolicy(statement);
    };
    allow(writer, 'Read', [...DESTINATION_READING_ACTIONS, 'codecommit:UpdateDefaultBranch']);
    allow(writer, 'Write', ['codecommit:GitPush'], {
      conditions: { StringLikeIfExists: { 'codecommit:References': [...props.refs] } },
    });
    allow(writer, 'UseKeys', WRITE_WITH_KEY, { resources: props.keys ?? [] });
    allow(checker, 'UseKeys', READ_WITH_KEY, { resources: props.keys ?? [] });
    allow(checker, 'Read', DESTINATION_READING_ACTIONS);
    checker.addToPolicy(
      new iam.PolicyStatement({
        sid: 'NeverPush',
        effect: iam.Effect.DENY,
        actions: WRITING_ACTIONS,
        resources: ['*'],
      }),
    );
    acknowledgeInlinePolicies(this);
  }
}

/**
 * Trusts single roles of another account by a condition: a role that is named as a principal must be there when the policy is made, and is
 * forgotten when it is made anew.
 */
const trust = (account: string, arns: readonly string[], externalId: string): iam.PrincipalBase =>
  new iam.AccountPrincipal(account).withConditions({
    StringEquals: { 'sts:ExternalId': externalId },
    ArnEquals: { 'aws:PrincipalArn': [...arns] },
  }) as iam.PrincipalBase;
