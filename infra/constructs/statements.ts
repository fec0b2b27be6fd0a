import * as iam from 'aws-cdk-lib/aws-iam';
import { inPortions } from '../configuration/portions.ts';

export interface Right {
  sid: string;
  actions: string[];
  resources: readonly string[];
  conditions?: iam.Conditions;
}

/** One right as statements that each fit into a policy; none where there are no resources. */
export const statementsOf = ({ sid, actions, resources, conditions }: Right): iam.PolicyStatement[] =>
  inPortions(resources, conditions === undefined ? 0 : JSON.stringify(conditions).length).map(
    (portion, index) =>
      new iam.PolicyStatement({
        sid: index === 0 ? sid : `${sid}${index + 1}`,
        actions,
        resources: portion,
        ...(conditions && { conditions }),
      }),
  );
