import { App } from 'aws-cdk-lib';
import { loadConfiguration } from './configuration/load.ts';
import { addStacks } from './stacks/stacks.ts';

const app = new App();
try {
  addStacks(app, loadConfiguration(app.node.tryGetContext('config')));
} catch (error) {
  // A person reads this: what is wrong is in the message, and the stack would hide it.
  process.stderr.write(`${(error as Error).message}\n`);
  process.exit(1);
}
