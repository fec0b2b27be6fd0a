import { REPLICAS_TABLE } from '../../aws/replicas-table.ts';

/**
 * What a deployment calls its resources. The names are fixed, so that commands, runbook and command line can say them: there is one
 * deployment in a region of an account.
 */
export const NAMES = {
  replicate: 'ccrepl-replicate',
  sweep: 'ccrepl-sweep',
  table: REPLICAS_TABLE,
  topic: 'ccrepl-alerts',
  alarmTopic: 'ccrepl-alarms',
  cluster: 'ccrepl',
  taskFamily: 'ccrepl-replicate',
  container: 'replicate',
  trigger: 'ccrepl',
  deadLetters: 'ccrepl-dead-letters',
  schedule: 'ccrepl-sweep',
  dashboard: (region: string) => `ccrepl-${region}`,
  function: (folder: string) => `ccrepl-${folder}`,
  /** Roles are global: those that another account trusts have the region in their name. */
  taskRole: (region: string) => `ccrepl-task-${region}`,
  checkerRole: (region: string) => `ccrepl-checker-${region}`,
  operatorRole: (region: string) => `ccrepl-operator-${region}`,
} as const;
