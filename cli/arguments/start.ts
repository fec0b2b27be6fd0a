import { withoutLogin } from '../../git/url.ts';
import type { ExecutionInput, SweepInput } from '../../replication/contract.ts';
import { FINGERPRINT } from '../../replication/mass-change.ts';
import { matching, usage, type Values } from './options.ts';
import { FINGERPRINT_EXPECTED } from './pair.ts';
import { parseRegion, parseReplica } from './replica.ts';

export interface StartArguments {
  /** The name of the state machine. */
  machine: 'ccrepl-replicate' | 'ccrepl-sweep';
  /** Its ARN, where a person gave one. */
  stateMachine: string | undefined;
  input: ExecutionInput | SweepInput;
  wait: boolean;
  region: string | undefined;
}

const MACHINE_ARN = /^arn:aws[a-z-]*:states:[a-z0-9-]+:\d{12}:stateMachine:[\w.-]+(:[\w.-]+)?$/;
const MACHINE_EXPECTED =
  'expected the ARN of a state machine, such as arn:aws:states:ap-northeast-1:111122223333:stateMachine:NAME';

/** @throws ReplicationError `input` */
export function parseStart(words: readonly string[], values: Values): StartArguments {
  const stateMachine = matching('state-machine', values['state-machine'], MACHINE_ARN, MACHINE_EXPECTED);
  const named = stateMachine?.split(':')[3];
  const region = parseRegion(values);
  if (region !== undefined && named !== undefined && region !== named)
    throw usage(`--region is ${region}, and the state machine of --state-machine is in ${named}: expected one region`);
  const target = values.sweep ? sweep(words, values) : replicate(words, values);
  return { ...target, stateMachine, region: region ?? named, wait: values.wait ?? false };
}

function replicate(words: readonly string[], values: Values): Pick<StartArguments, 'machine' | 'input'> {
  const replica = parseReplica('start', words);
  if (replica === undefined) throw usage('start takes a REPLICA, or --sweep for all; none was given');
  if (values.repository !== undefined) throw usage('--repository is for start --sweep alone');
  const confirm = matching('confirm', values.confirm, FINGERPRINT, FINGERPRINT_EXPECTED);
  const input = { replica, ...(confirm !== undefined && { confirm }), ...(values.force && { force: 'task' as const }) };
  return { machine: 'ccrepl-replicate', input };
}

function sweep(words: readonly string[], values: Values): Pick<StartArguments, 'machine' | 'input'> {
  const { repository } = values;
  if (words.length > 0) {
    throw usage(`start --sweep takes no REPLICA, and was given "${withoutLogin(words[0] as string)}"`);
  }
  for (const option of ['confirm', 'force'] as const) {
    if (values[option] !== undefined) throw usage(`start --sweep has no --${option}: it is for one replica`);
  }
  if (repository === '') throw usage('--repository is empty: expected the name of a source repository');
  return { machine: 'ccrepl-sweep', input: repository === undefined ? {} : { repository } };
}
