import {
  type CodeCommitSide,
  isCodeCommit,
  type OtherAccount,
  otherAccountOf,
  type Side,
} from '../../replication/settings.ts';
import type { Principal } from '../identity.ts';
import type { LocalRole } from './roles.ts';
import { sessionKeys } from './session-keys.ts';

/** An account beside ccrepl's own, in which there are only destinations. */
export interface ForeignAccount {
  id: string;
  /** Makes its repositories. */
  owner: Principal;
  /** All that it knows: its owner, and the sessions of its roles. */
  principals: Principal[];
  roles: LocalRole[];
}

type ForeignSide = CodeCommitSide & { account: OtherAccount };

/** Operations of the API that no role for ccrepl is given. */
const OWNERS_ALONE = ['CreateRepository', 'PutRepositoryTriggers'];

/**
 * The accounts that destinations name, each with the roles that docs/hosts.md asks for. A role wants the external id of the first
 * destination that names it.
 *
 * @param trusted ARNs of the roles that these roles trust
 */
export function foreignAccounts(
  destinations: readonly Side[],
  trusted: Record<'task' | 'checker', string>,
): ForeignAccount[] {
  const foreign = destinations.filter(isForeign);
  const ids = [...new Set(foreign.map(otherAccountOf))] as string[];
  return ids.map((id) => {
    const owner = { arn: `arn:aws:iam::${id}:role/owner`, credentials: sessionKeys(), may: () => true };
    const principals: Principal[] = [owner];
    const roles = foreign
      .filter((side) => otherAccountOf(side) === id)
      .flatMap(({ account: { roleArn, checkerRoleArn, externalId } }): LocalRole[] => {
        const common = { externalId, principals };
        const mine = foreign.filter(({ account }) => account.roleArn === roleArn);
        const written = mine.map(({ region, repository }) => `arn:aws:codecommit:${region}:${id}:${repository}`);
        return [
          {
            ...common,
            arn: roleArn,
            trusts: trusted.task,
            may: (_action, arn) => written.includes(arn),
            denies: OWNERS_ALONE,
          },
          {
            ...common,
            arn: checkerRoleArn,
            trusts: trusted.checker,
            may: (action) => action === 'GitPull',
            denies: [...OWNERS_ALONE, 'UpdateDefaultBranch'],
          },
        ];
      });
    return { id, owner, principals, roles };
  });
}

const isForeign = (side: Side): side is ForeignSide => isCodeCommit(side) && side.account !== undefined;
