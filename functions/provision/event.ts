import * as z from 'zod/mini';
import { parseDocument } from '../../replication/document.ts';

/** A request of CloudFormation. */
export interface Request {
  type: 'Create' | 'Update' | 'Delete';
  resourceType: 'Custom::CcreplTrigger' | 'Custom::CcreplRepository';
  logicalResourceId: string;
  /** Empty in a Create. */
  physicalResourceId: string;
  /** Not checked yet, without those of CloudFormation itself. */
  properties: Properties;
  /** Those before an Update; while one is rolled back, those that failed, which may be anything. */
  oldProperties: Properties;
}

export type Properties = Readonly<Record<string, unknown>>;

const text = z.catch(z.string(), '');
const properties = z.catch(z.record(z.string(), z.unknown()), {});

// All else is left aside, above all ResponseURL: whoever has it can answer for this resource.
const event = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResourceType: z.enum(['Custom::CcreplTrigger', 'Custom::CcreplRepository']),
  LogicalResourceId: text,
  PhysicalResourceId: text,
  ResourceProperties: properties,
  OldResourceProperties: properties,
});

/** @throws ReplicationError `input` */
export function readEvent(input: unknown): Request {
  const read = parseDocument(JSON.stringify(input ?? null), event, 'the event');
  return {
    type: read.RequestType,
    resourceType: read.ResourceType,
    logicalResourceId: read.LogicalResourceId,
    physicalResourceId: read.PhysicalResourceId,
    properties: ofTheResource(read.ResourceProperties),
    oldProperties: ofTheResource(read.OldResourceProperties),
  };
}

/** `ServiceToken` is whom CloudFormation asks, and `ServiceTimeout` for how long: they are no concern of the resource. */
function ofTheResource({ ServiceToken, ServiceTimeout, ...rest }: Properties): Properties {
  return rest;
}
