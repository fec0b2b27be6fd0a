import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { HOME } from './staged.ts';

/** A state machine's file, without the white space for people: the template that holds it has a limit. */
export const definitionBody = (file: string): sfn.DefinitionBody =>
  sfn.DefinitionBody.fromString(JSON.stringify(JSON.parse(readFileSync(join(HOME, 'state-machines', file), 'utf8'))));
