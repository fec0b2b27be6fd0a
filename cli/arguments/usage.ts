export const USAGE = `Usage: ccrepl COMMAND [options]

  ccrepl replicate SOURCE DESTINATION [--dry-run] [--confirm FINGERPRINT] [policy] [--json]
      Make the branches and tags of DESTINATION those of SOURCE. Streams exactly the missing
      objects, then reads DESTINATION again. --dry-run prints the plan and writes nothing.
      Exit code: 0 all is as at the source; others as in docs/errors.md.

  ccrepl check SOURCE DESTINATION [policy] [--json]
      Compare, and write nothing. Exit code: 0 in sync, 1 drift, 2 error.

  ccrepl status [REPLICA] [--max-age DURATION] [--table NAME] [--region REGION] [--json]
      How all replicas of a deployment stand, or one: from their records, without a comparison.
      A replica that has never run has no record and is not seen; the record of one that was
      removed stays until it is deleted.
      Exit code: 0 all are in sync and once verified, and with --max-age 15m no longer ago than
      that: good enough; 1 at least one is not; 2 error.

  ccrepl start REPLICA [--confirm FINGERPRINT] [--force] [--wait] [--json]
  ccrepl start --sweep [--repository NAME] [--wait] [--json]
      Start an execution for a replica, or for all, or those of one source repository.
      Also --region REGION, and --state-machine ARN if it is not called ccrepl-replicate, or
      ccrepl-sweep. --force runs the task although the replica is in sync.
      --wait: if the execution leaves its work to one that is at work, waits for that one and
      starts another, until one has done it itself (up to 20, and for a day).
      Exit code: 0 started, or with --wait proven in sync; 1 it found drift, or proved nothing
      (a source that moved in every reading; of a sweep also work that was left to another);
      2 error, it failed, or what it came to is not known.

SOURCE and DESTINATION are
  https://[USER:PASSWORD@]HOST/PATH    any git repository over smart HTTP
  codecommit::REGION://NAME            AWS CodeCommit, with the default AWS credentials

Policy (docs/guards.md)
  --refs PATTERN            refs to replicate: a name, or a prefix that ends in "*"; may be
                            given more than once (default refs/heads/* and refs/tags/*)
  --deletes mirror|keep     a head that is gone at the source: delete it (default), or keep it
  --rewrites mirror|archive|refuse
                            a head that does not descend from what the destination has: follow
                            it (default), follow it and keep the old tip as a tag, or leave it
  --mass-change PERCENT:HEADS
                            deletions and rewrites that need --confirm: above this share of the
                            destination's heads, and at least so many (default 20:10)

REPLICA is an id of replication.json. status and start use the default AWS credentials, and
AWS_ENDPOINT_URL where it is set, as for the local mode (docs/local-mode.md).

  --confirm FINGERPRINT     carry out exactly the mass change that a refused run named
  --json                    one JSON document on stdout, also when the run fails, but not with --help
  --help                    this text`;
