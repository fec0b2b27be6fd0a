import { Capabilities } from '../../git/protocol/capabilities.ts';

/** What a server advertises and takes: CodeCommit's exact sets and limits, or whatever git itself offers. */
export type Profile = 'codecommit' | 'git';

/** As captured from CodeCommit in 2018 and unchanged in 2025 (isomorphic-git#199, osv-scalibr, dulwich#671). */
export const CODECOMMIT_CAPABILITIES = {
  'git-upload-pack': [
    'multi_ack_detailed',
    'shallow',
    'side-band-64k',
    'thin-pack',
    'allow-tip-sha1-in-want',
    'allow-reachable-sha1-in-want',
  ],
  'git-receive-pack': ['report-status', 'delete-refs', 'side-band-64k', 'thin-pack'],
} as const;

/** Commands of one push: creations, updates and deletions together (user guide, "Quotas"). */
export const REF_COMMANDS_MAX = 4000;

/**
 * Where the profile codecommit is stricter than git's own server; git alone would take all of these but the last. Each has a
 * row in docs/local-mode.md.
 */
export const STRICTNESS = [
  'capability',
  'fetch-length',
  'repository-url',
  'offset-delta',
  'ref-commands',
  'default-branch',
] as const;

/** True if a request names a capability that was not offered. */
export const unadvertised = (words: string, service: keyof typeof CODECOMMIT_CAPABILITIES): boolean =>
  new Capabilities(words.trim()).names.some(
    (name) => !(CODECOMMIT_CAPABILITIES[service] as readonly string[]).includes(name),
  );
