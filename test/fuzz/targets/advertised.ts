import type { Advertisement } from '../../../git/protocol/advertisement.ts';
import { Capabilities } from '../../../git/protocol/capabilities.ts';

/** What a server with these capabilities advertised, of a repository that has nothing. */
export const advertised = (capabilities: string): Advertisement => ({
  refs: new Map(),
  head: undefined,
  headTarget: undefined,
  capabilities: new Capabilities(capabilities),
  objectFormat: 'sha1',
  shallow: false,
});
