import { describeSide, type Replica } from '../settings.ts';
import { labelled } from './message.ts';

/** Both sides as they are configured now; nothing of a replica that no longer is. */
export const placeLines = (replica: Replica | undefined): string[] =>
  replica === undefined
    ? []
    : [labelled('Source', describeSide(replica.source)), labelled('Destination', describeSide(replica.destination))];
