import { REPLICAS_TABLE } from '../../aws/replicas-table.ts';
import { matching, type Values } from './options.ts';
import { parseRegion, parseReplica } from './replica.ts';

/** As a person wrote it, and what it is. */
export interface Duration {
  text: string;
  seconds: number;
}

export interface StatusArguments {
  /** Undefined: all. */
  replica: string | undefined;
  /** How long ago a replica may have been verified. */
  maxAge: Duration | undefined;
  table: string;
  region: string | undefined;
}

/** @throws ReplicationError `input` */
export function parseStatus(words: readonly string[], values: Values): StatusArguments {
  const expected = 'expected the name of a DynamoDB table: 3 to 255 letters, digits, ".", "_" or "-"';
  return {
    replica: parseReplica('status', words),
    maxAge: parseDuration(values['max-age']),
    table: matching('table', values.table, /^[\w.-]{3,255}$/, expected) ?? REPLICAS_TABLE,
    region: parseRegion(values),
  };
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

function parseDuration(given: string | undefined): Duration | undefined {
  const expected = 'expected a number from 1 with its unit, s, m, h or d, such as 15m';
  const text = matching('max-age', given, /^0*[1-9]\d{0,8}[smhd]$/, expected);
  if (text === undefined) return undefined;
  return { text, seconds: Number(text.slice(0, -1)) * (UNITS[text.slice(-1)] as number) };
}
