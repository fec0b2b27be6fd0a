import { rm } from 'node:fs/promises';
import { type JsonObject, text } from '../aws/json.ts';
import type { ApiRegion } from './record.ts';

/** DeleteRepository: of one that is not there, or not any more, CodeCommit gives no id, and no error either (API reference). */
export async function deleteRepository(region: ApiRegion, input: JsonObject): Promise<{ repositoryId?: string }> {
  const name = text(input, 'repositoryName');
  const record = region.records.get(name);
  if (record === undefined) return {};
  region.records.delete(name);
  await rm(region.store.path(name), { recursive: true, force: true, maxRetries: 3 });
  return { repositoryId: record.id };
}
