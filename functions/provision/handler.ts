import { withErrorNames } from '../failure.ts';
import { requireEnv } from '../settings.ts';
import { asking, codeCommit } from './ask.ts';
import { type Provisioned, provision } from './provision.ts';
import { randomPause } from './rewrite-triggers.ts';

const region = requireEnv(process.env, 'AWS_REGION');
const home = { region, ask: asking(codeCommit({ region })), pause: randomPause };

/** The `onEvent` handler of CDK's provider framework for `Custom::CcreplTrigger` and `Custom::CcreplRepository`. */
export const handler = (event: unknown): Promise<Provisioned> => withErrorNames(() => provision(event, home));
