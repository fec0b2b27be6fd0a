import type { Packet } from './packets.ts';

/** git's three requests. */
export const SERVICES = ['info/refs', 'git-upload-pack', 'git-receive-pack'] as const;
export type Service = (typeof SERVICES)[number];

/** When in the life of a request, in order; between `request` and `answer` are the bytes of its body, and after `answer` those of the answer's. */
export const PHASES = [
  /** The request's head is here; the server has heard nothing of it. */
  'start',
  /** At a place in the request's body. */
  'request',
  /** The whole request is on its way to the server. */
  'asked',
  /** The head of the answer is here; the client has seen nothing of it. */
  'head',
  /** The whole answer is here; the client has seen nothing of it. */
  'whole',
  /** At a place in the answer's body. */
  'answer',
  /** All bytes of the answer have gone, and its end has not. */
  'end',
] as const;
export type Phase = (typeof PHASES)[number];

/** A place in a body. Packets count from 0; a place that the body never reaches is none, and the fault does not happen. */
export type Place = { byte: number } | { packet: number };

/** What happens there. Text is of bytes (latin1). */
export type Act =
  | { do: 'delay'; ms: number }
  /** Nothing moves any more until the client goes away. */
  | { do: 'stall' }
  /** The client's connection breaks (RST), or is closed (FIN); the server's breaks with it. */
  | { do: 'reset' | 'close' }
  /** The body ends here, well formed for HTTP. */
  | { do: 'cut' }
  /** So many bytes (none, if not given) make way for `text`. */
  | { do: 'replace'; bytes?: number; text?: string }
  /** One byte is another. */
  | { do: 'flip'; mask: number }
  /** From here on so many bytes at a time, with a pause after each. */
  | { do: 'drip'; bytes: number; ms: number }
  /** Something else happens: by its name among the proxy's hooks. */
  | { do: 'hook'; name: string }
  /** At `head`: status, headers and body of the answer change, those that are given. Earlier or later: this is the answer; at `start` the server is not asked. */
  | { do: 'answer'; status?: number; headers?: Record<string, string>; body?: string }
  /** These bytes are the answer, HTTP or not; the connection ends after them. */
  | { do: 'raw'; text: string }
  /** Before the answer: an interim response (100, 103). */
  | { do: 'interim'; status: 100 | 103 }
  /** At `start`: the server is asked only when the whole request is here, as buffering proxies do. */
  | { do: 'buffer' }
  /** A refusal that shows the request's own Authorization header. */
  | { do: 'echo'; status: number }
  /** The packets of the answer are others. Not for scripts that are written down. */
  | { do: 'rewrite'; packets: (packets: Packet[]) => Packet[] };

/** One thing that happens to the requests number `nth` (from 1; by default the first) to `nth + times - 1` (by default all) of one kind. */
export interface Fault {
  /** Without it: requests of every kind, counted together. */
  service?: Service;
  /** For `info/refs`: only those of one service. */
  of?: 'git-upload-pack' | 'git-receive-pack';
  /** Only those whose path ends so: for what is none of git's three. */
  path?: string;
  nth?: number;
  times?: number;
  /** Default: `start`. */
  phase?: Phase;
  at?: Place;
  act: Act;
}
