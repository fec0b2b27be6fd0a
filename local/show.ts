import { styleText } from 'node:util';
import type { Progress } from '../replication/progress.ts';
import type { SystemEvents } from './system.ts';
import { progressLine } from './terminal/progress-bar.ts';
import type { Screen } from './terminal/screen.ts';

/** Everything that happens in the system, as a person at a terminal follows it. */
export function showEvents(screen: Screen): SystemEvents {
  const shownExecutions = new Set<string>();
  return {
    onTrigger: () => screen.line(styleText('dim', '  trigger → on-push')),
    onState: (execution, state) => {
      if (!shownExecutions.has(execution.arn)) {
        shownExecutions.add(execution.arn);
        screen.line(`  execution ${styleText('bold', execution.name)}`);
      }
      screen.line(`    ${styleText('cyan', '▸')} ${state}`);
    },
    onTaskLog: (record) => {
      if (record['message'] === 'progress') screen.transient(`      ${progressLine(record as unknown as Progress)}`);
      else if (record['level'] === 'error') screen.line(`      ${styleText('red', String(record['message']))}`);
    },
    onTaskResult: (_execution, result) => {
      screen.settle();
      const { packBytes = 0, objects = 0, requests = 0 } = result as Record<string, number>;
      const progress = progressLine({ stage: 'confirming', step: 'Transferred', percent: 100, objects, packBytes });
      if (result['result'] !== 'failed')
        screen.line(`      ${progress}${packBytes === 0 ? '  no objects needed' : ''}, ${requests} requests`);
    },
    onEnd: (execution) => {
      const seconds = ((execution.stopDate?.getTime() ?? 0) - execution.startDate.getTime()) / 1000;
      const well = execution.status === 'SUCCEEDED';
      const mark = well ? styleText('green', '✔ verified') : styleText('red', `✘ ${execution.status.toLowerCase()}`);
      screen.line(`    ${mark} after ${seconds.toFixed(1)} s`);
      if (!well && execution.cause !== undefined)
        screen.line(`      ${execution.error}: ${execution.cause.slice(0, 400)}`);
    },
    onAlert: (alert) => {
      screen.line();
      screen.line(styleText('yellow', `  ✉ SNS alert: ${alert.subject}`));
      for (const line of alert.message.split('\n')) screen.line(`    ${styleText('dim', '│')} ${line}`);
      screen.line();
    },
  };
}
