import type { Verdict } from '../verdict.ts';
import { labelled } from './message.ts';

/** The headings of `docs/runbook.md`, by what they are about. */
export const RUNBOOK: Record<Verdict | 'many', string> = {
  behind: 'A replica is behind',
  diverged: 'A replica is diverged',
  refused: 'A replica is refused',
  unknown: 'A replica could not be checked',
  'in-sync': 'A replica is in sync again',
  many: 'Many replicas in one sweep',
};

/** No link: a message cannot know where somebody reads the documents. */
export const runbookLine = (about: Verdict | 'many'): string =>
  labelled('Runbook', `docs/runbook.md: "${RUNBOOK[about]}"`);
