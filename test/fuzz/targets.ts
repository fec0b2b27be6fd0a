import type { Target } from './target.ts';
import { address } from './targets/address.ts';
import { destinationAdvertisement, sourceAdvertisement } from './targets/advertisement.ts';
import { configuration } from './targets/configuration.ts';
import { executionInput } from './targets/execution-input.ts';
import { httpStatus } from './targets/http-status.ts';
import { packCheck } from './targets/pack.ts';
import { pktLine } from './targets/pkt-line.ts';
import { pushEvent } from './targets/push-event.ts';
import { pushReport } from './targets/push-report.ts';
import { settings, task } from './targets/settings.ts';
import { sideBand } from './targets/side-band.ts';
import { uploadAnswer } from './targets/upload-answer.ts';

/** Every parser of what comes from outside. */
export const TARGETS: readonly Target[] = [
  pktLine,
  sideBand,
  sourceAdvertisement,
  destinationAdvertisement,
  uploadAnswer,
  pushReport,
  packCheck,
  httpStatus,
  address,
  pushEvent,
  executionInput,
  task,
  settings,
  configuration,
];
