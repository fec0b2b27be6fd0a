import { styleText } from 'node:util';
import type { Progress } from '../../replication/progress.ts';
import type { Execution } from '../stepfunctions/machine.ts';
import type { SystemEvents } from '../system.ts';
import { progressLine } from '../terminal/progress-bar.ts';
import type { Screen } from '../terminal/screen.ts';
import { endLines } from './lines.ts';

/** Every state of every execution that is `shown`, and how far its task is: for one replica. */
export function statesView(screen: Screen, shown: (execution: Execution) => boolean): SystemEvents {
  const begun = new Set<string>();
  return {
    onState: (execution, state) => {
      if (!shown(execution)) return;
      if (!begun.has(execution.arn)) {
        begun.add(execution.arn);
        screen.line(`  execution ${styleText('bold', execution.name)}`);
      }
      screen.line(`    ${styleText('cyan', '▸')} ${state}`);
    },
    onTaskLog: (record) => {
      // A log line does not say whose it is; with none shown it is of one that is not.
      if (begun.size === 0) return;
      if (record['message'] === 'progress') screen.transient(`      ${progressLine(record as unknown as Progress)}`);
      else if (record['level'] === 'error') screen.line(`      ${styleText('red', String(record['message']))}`);
    },
    onTaskResult: (arn, result) => {
      if (!begun.has(arn)) return;
      screen.settle();
      const { packBytes = 0, objects = 0, requests = 0, steps = 0 } = result as Record<string, number>;
      const inSteps = steps > 0 ? `, in steps: ${steps} pushes, as the whole was too much for one` : '';
      const progress = progressLine({ stage: 'confirming', step: 'Transferred', percent: 100, objects, packBytes });
      if (result['result'] !== 'failed')
        screen.line(`      ${progress}${packBytes === 0 ? '  no objects needed' : ''}, ${requests} requests${inSteps}`);
    },
    onEnd: (execution) => {
      // One that has begun is told to its end, whatever has begun meanwhile.
      if (!begun.delete(execution.arn)) return;
      for (const line of endLines(execution)) screen.line(`    ${line}`);
    },
  };
}
