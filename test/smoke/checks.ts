import type { Check } from './check.ts';
import { apiDenied, apiNotFound } from './checks/api-refusals.ts';
import { batchGetCommits } from './checks/batch-get-commits.ts';
import { bigPush } from './checks/big-push.ts';
import { branchNames } from './checks/branch-names.ts';
import { absentCapabilities, receivePackCapabilities, uploadPackCapabilities } from './checks/capabilities.ts';
import { chunkedPush } from './checks/chunked-push.ts';
import { compareAndSwap } from './checks/compare-and-swap.ts';
import { concurrentPushes } from './checks/concurrent-pushes.ts';
import { deepenWithoutDone, wantOfNoTip } from './checks/deepen.ts';
import { defaultBranchDeletion } from './checks/default-branch-deletion.ts';
import { defaultBranchTooEarly } from './checks/default-branch-too-early.ts';
import { deletionAlone } from './checks/deletion-alone.ts';
import { emptyPackCreate } from './checks/empty-pack-create.ts';
import { firstBranchDefault } from './checks/first-branch-default.ts';
import { gitLfs } from './checks/git-lfs.ts';
import { gitDenied, gitNotFound, repositoryUrl } from './checks/git-refusals.ts';
import { gzipRequest } from './checks/gzip-request.ts';
import { commonHaves, emptyContained, havesHonoured, knownObjects } from './checks/haves.ts';
import { listBranches } from './checks/list-branches.ts';
import { longRequest } from './checks/long-request.ts';
import { mergeOptions } from './checks/merge-options.ts';
import { missingObjects } from './checks/missing-objects.ts';
import { nameBytes } from './checks/name-bytes.ts';
import { nameConflict } from './checks/name-conflict.ts';
import { newRepository } from './checks/new-repository.ts';
import { notOurRef } from './checks/not-our-ref.ts';
import { objectsStay } from './checks/objects-stay.ts';
import { offsetDelta } from './checks/offset-delta.ts';
import { passwordAge } from './checks/password-age.ts';
import { pathLimits } from './checks/path-limits.ts';
import { peeledLines } from './checks/peeled-lines.ts';
import { protocolV2 } from './checks/protocol-v2.ts';
import { readAfterPush } from './checks/read-after-push.ts';
import { refCommands } from './checks/ref-commands.ts';
import { refsBeyond } from './checks/refs-beyond.ts';
import { replicationOfAll, replicationOfChange, replicationOfMany } from './checks/replication.ts';
import { rewrite } from './checks/rewrite.ts';
import { tagNames } from './checks/tag-names.ts';
import { thinPack } from './checks/thin-pack.ts';
import { triggerLimit, triggersOfOthers, triggerTest } from './checks/triggers.ts';
import { unadvertisedAgent } from './checks/unadvertised-agent.ts';
import { updateDefaultBranch } from './checks/update-default-branch.ts';
import { uploadWithoutLength } from './checks/upload-without-length.ts';

/**
 * All checks, in the order in which they run; the place in it is a check's number. The first ones need empty repositories. What
 * the later ones push to the source is what the replications at the end carry.
 */
export const CHECKS: readonly Check[] = [
  newRepository,
  defaultBranchTooEarly,
  firstBranchDefault,
  chunkedPush,
  uploadPackCapabilities,
  receivePackCapabilities,
  absentCapabilities,
  peeledLines,
  protocolV2,
  gitLfs,
  thinPack,
  emptyPackCreate,
  objectsStay,
  missingObjects,
  compareAndSwap,
  nameConflict,
  defaultBranchDeletion,
  deletionAlone,
  rewrite,
  concurrentPushes,
  readAfterPush,
  offsetDelta,
  refsBeyond,
  branchNames,
  tagNames,
  nameBytes,
  pathLimits,
  havesHonoured,
  commonHaves,
  knownObjects,
  emptyContained,
  deepenWithoutDone,
  wantOfNoTip,
  notOurRef,
  unadvertisedAgent,
  uploadWithoutLength,
  gzipRequest,
  gitNotFound,
  repositoryUrl,
  gitDenied,
  apiNotFound,
  apiDenied,
  passwordAge,
  updateDefaultBranch,
  mergeOptions,
  batchGetCommits,
  triggersOfOthers,
  triggerLimit,
  triggerTest,
  replicationOfAll,
  replicationOfChange,
  refCommands,
  listBranches,
  replicationOfMany,
  bigPush,
  longRequest,
];
