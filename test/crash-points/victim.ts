/**
 * Loaded into the container's program before it starts (`--import`): counts the boundaries of the run, and kills the process
 * at one of them, with the signal that nobody can catch. The program knows nothing of it.
 */
import { createHook } from 'node:async_hooks';
import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { type Kind, noCounts, parsePoint } from './boundaries.ts';

const { CRASH_AT, CRASH_COUNTS } = process.env;
const at = CRASH_AT === undefined ? undefined : parsePoint(CRASH_AT);
const counts = noCounts();
/** The program's own loading is no part of a run. */
let begun = false;

const die = () => process.kill(process.pid, 'SIGKILL');

/** True if it is the one to die at. */
function isHere(kind: Kind): boolean {
  if (!begun) return false;
  counts[kind] += 1;
  return at?.kind === kind && at.n === counts[kind];
}

function pass(kind: Kind): void {
  if (isHere(kind)) die();
}

/** What Node calls on a socket, documented for streams or not: the last of our process before the kernel, and the first after it. */
interface SocketInside {
  connecting: boolean;
  connect(...args: unknown[]): unknown;
  push(...args: unknown[]): boolean;
  _writeGeneric(many: boolean, data: unknown, encoding: string, done: (error?: Error | null) => void): unknown;
  _final(...args: unknown[]): unknown;
  _destroy(...args: unknown[]): unknown;
  once(event: string, listener: () => void): unknown;
}
const inside = Socket.prototype as unknown as SocketInside;
const { connect, push, _writeGeneric, _final, _destroy } = inside;
/** Those of the network: stdout and stderr are sockets too. */
const ours = new WeakSet<object>();

inside.connect = function (...args) {
  begun = true;
  ours.add(this);
  pass('connect');
  this.once('connect', () => pass('connected'));
  return connect.apply(this, args);
};

inside.push = function (...args) {
  if (ours.has(this)) pass('read');
  return push.apply(this, args);
};

inside._writeGeneric = function (many, data, encoding, done) {
  // Of a socket that is not connected yet Node calls this again when it is.
  if (!ours.has(this) || this.connecting) return _writeGeneric.call(this, many, data, encoding, done);
  pass('write');
  if (isHere('half-write')) {
    const whole = many ? bytesOf(data as Part[]) : bytesOf([{ chunk: data as Part['chunk'], encoding }]);
    _writeGeneric.call(this, false, whole.subarray(0, Math.ceil(whole.length / 2)), 'buffer', () => {});
    die();
  }
  const result = _writeGeneric.call(this, many, data, encoding, done);
  pass('written');
  return result;
};

inside._final = function (...args) {
  if (ours.has(this)) pass('end');
  return _final.apply(this, args);
};

inside._destroy = function (...args) {
  if (ours.has(this)) pass('close');
  return _destroy.apply(this, args);
};

interface Part {
  chunk: string | Buffer;
  encoding: string;
}

const bytesOf = (parts: readonly Part[]): Buffer =>
  Buffer.concat(
    parts.map(({ chunk, encoding }) =>
      typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk,
    ),
  );

const RESOURCES: Record<string, Kind> = { PROMISE: 'await', Timeout: 'timer', Immediate: 'timer' };
const resources = new Map<number, Kind>();
createHook({
  init(id, type) {
    const kind = RESOURCES[type];
    if (kind !== undefined) resources.set(id, kind);
  },
  before(id) {
    const kind = resources.get(id);
    if (kind !== undefined) pass(kind);
  },
}).enable();

process.on('exit', () => {
  if (CRASH_COUNTS !== undefined) writeFileSync(CRASH_COUNTS, JSON.stringify(counts));
});
