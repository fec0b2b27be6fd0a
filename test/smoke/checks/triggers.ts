import { type RepositoryTrigger, TestRepositoryTriggersCommand } from '@aws-sdk/client-codecommit';
import { rewriteTriggers } from '../../../functions/provision/rewrite-triggers.ts';
import { sameTriggers, withoutTrigger, withTrigger } from '../../../functions/provision/trigger-list.ts';
import type { Check } from '../check.ts';
import { asExpected, couldNotTell, different, notAsked, tell } from '../check.ts';
import { refusalOf } from '../wire/refusal.ts';
import { put, targetOf } from '../wire/triggers.ts';

export const triggersOfOthers: Check = {
  name: 'triggers-of-others',
  area: 'triggers',
  question:
    'Does a trigger come back with all its fields, so that ours can be added and taken away without a change to those of others?',
  expects:
    'the triggers of others are the same afterwards: name, target, custom data, branches, events; an empty list removes all',
  means: {
    asExpected: 'a deployment does not touch the triggers that others have on a source',
    different: 'note the triggers of your sources before you deploy, and compare afterwards',
  },
  run: async (stage) => {
    const { source } = stage;
    const target = await targetOf(stage);
    const others: RepositoryTrigger[] = [
      {
        name: 'of-others-1',
        destinationArn: target,
        customData: 'kept: "ü" {}',
        branches: ['main', 'alpha'],
        events: ['updateReference', 'createReference'],
      },
      { name: 'of-others-2', destinationArn: target, branches: [], events: ['all'] },
    ];
    await stage.history();
    const refused = await refusalOf(put(source, others));
    if (refused !== undefined && stage.asked.topic === undefined) {
      return couldNotTell(`triggers for a topic that nobody has are refused; give one with --topic: ${refused.said}`);
    }
    if (refused !== undefined) return different(refused.said);
    const id = { region: source.side.region, repository: source.repositoryName, trigger: 'ccrepl' };
    const by = { ask: source.api.ask, pause: async () => {} };
    const added = await rewriteTriggers(id.repository, (found) => withTrigger(found, id, [target]), by);
    const removed = await rewriteTriggers(id.repository, (found) => withoutTrigger(found, id.trigger, target), by);
    const emptied = await rewriteTriggers(id.repository, (found) => (found.length > 0 ? [] : undefined), by);
    const kept = sameTriggers(removed.triggers, others);
    const found = `${added.triggers.length} with ours, after ${added.puts} writes; ${removed.triggers.length} without, ${kept ? 'as they were' : `NOT as they were: ${JSON.stringify(removed.triggers)}`}; then ${emptied.triggers.length}`;
    return tell(kept && added.triggers.length === 3 && emptied.triggers.length === 0, found);
  },
};

export const triggerLimit: Check = {
  name: 'trigger-limit',
  area: 'triggers',
  question: 'Are ten triggers taken, and what is said of an eleventh?',
  expects: 'ten are taken; MaximumRepositoryTriggersExceededException for eleven',
  means: {
    asExpected: 'a deployment that finds ten triggers says so, and changes nothing',
    different: 'the number has changed: a deployment may refuse where there is room, or the other way round',
  },
  run: async (stage) => {
    const target = await targetOf(stage);
    const so = (count: number): RepositoryTrigger[] =>
      Array.from({ length: count }, (_, n) => ({
        name: `n${n + 1}`,
        destinationArn: target,
        branches: [],
        events: ['all'],
      }));
    const ten = await refusalOf(put(stage.source, so(10)));
    if (ten !== undefined && stage.asked.topic === undefined) {
      return couldNotTell(`triggers for a topic that nobody has are refused; give one with --topic: ${ten.said}`);
    }
    if (ten !== undefined) return different(`ten: ${ten.said}`);
    const eleven = await refusalOf(put(stage.source, so(11)));
    await put(stage.source, []);
    const right = eleven?.name === 'MaximumRepositoryTriggersExceededException';
    return tell(right, `ten: taken; eleven: ${eleven === undefined ? 'taken' : eleven.said}`);
  },
};

export const triggerTest: Check = {
  name: 'trigger-test',
  area: 'triggers',
  question: 'Does TestRepositoryTriggers reach the target that was given?',
  expects: 'the trigger is among the successful executions',
  means: {
    asExpected: 'CodeCommit may call the target; what the event looks like shows there',
    different:
      'CodeCommit may not call the target: see its policy (SourceArn, SourceAccount), and that it is in the region of the source',
  },
  run: async (stage) => {
    const { topic } = stage.asked;
    if (topic === undefined) return notAsked('--topic ARN');
    await stage.history();
    const { api, repositoryName } = stage.source;
    const triggers: RepositoryTrigger[] = [
      { name: 'ccrepl-smoke', destinationArn: topic, branches: [], events: ['all'] },
    ];
    const command = new TestRepositoryTriggersCommand({ repositoryName, triggers });
    const answer = await api.ask('TestRepositoryTriggers', (client, abort) => client.send(command, abort));
    const { successfulExecutions = [], failedExecutions = [] } = answer;
    const failed = failedExecutions.map(({ failureMessage }) => failureMessage ?? 'no reason').join('; ');
    return successfulExecutions.includes('ccrepl-smoke') ? asExpected('successful') : different(`failed: ${failed}`);
  },
};
