import { log } from '../log.ts';
import { type Request, readEvent } from './event.ts';
import type { Home, Outcome } from './outcome.ts';
import { explained } from './refusal.ts';
import { ensureRepository, keepRepository } from './repository.ts';
import { ensureTrigger, removeTrigger } from './trigger.ts';

/** The answer that the provider framework hands on to CloudFormation. */
export interface Provisioned {
  PhysicalResourceId: string;
  Data: Record<string, string>;
}

type Work = (request: Request, home: Home) => Promise<Outcome>;

const RESOURCES: Record<Request['resourceType'], { ensure: Work; remove: Work }> = {
  'Custom::CcreplTrigger': { ensure: ensureTrigger, remove: removeTrigger },
  'Custom::CcreplRepository': { ensure: ensureRepository, remove: keepRepository },
};

/**
 * Answers one request, and writes one line about it. The same request may come again at any time, also while the first is at work.
 *
 * @throws ReplicationError whose message a deployment shows
 */
export async function provision(event: unknown, home: Home): Promise<Provisioned> {
  let about: Record<string, unknown> = {};
  try {
    const request = readEvent(event);
    const { type, resourceType, logicalResourceId } = request;
    about = { request: type, resourceType, logicalResourceId, region: home.region };
    const { ensure, remove } = RESOURCES[resourceType];
    const outcome = await (type === 'Delete' ? remove : ensure)(request, home);
    const { physicalId, data = {}, done, facts, warnings } = outcome;
    const fields = { ...about, physicalResourceId: physicalId, done, ...facts, ...(warnings && { warnings }) };
    log(warnings === undefined ? 'info' : 'warn', 'provisioned', fields);
    return { PhysicalResourceId: physicalId, Data: data };
  } catch (caught) {
    const error = explained(caught);
    log('error', 'not provisioned', { ...about, code: error.code, retryable: error.retryable, error: error.message });
    throw error;
  }
}
