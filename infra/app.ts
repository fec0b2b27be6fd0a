import { App } from 'aws-cdk-lib';
import { ReplicationError } from '../replication/errors.ts';
import { loadConfiguration } from './configuration/load.ts';
import { addStacks } from './stacks/stacks.ts';

const app = new App();
try {
  addStacks(app, loadConfiguration(app.node.tryGetContext('config')));
} catch (error) {
  if (!(error instanceof ReplicationError)) throw error;
  // A person reads this: what is wrong is in the message, and the stack would hide it.
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
