import { type Act, type Fault, PHASES, type Phase, SERVICES } from './fault.ts';

const BODIES: readonly Phase[] = ['request', 'answer'];
const BEFORE_THE_HEAD: readonly Phase[] = ['start', 'asked', 'head', 'whole'];

/** When each act can happen. */
const PHASES_OF: Record<Act['do'], readonly Phase[]> = {
  delay: PHASES,
  stall: PHASES,
  reset: PHASES,
  close: PHASES,
  hook: PHASES,
  cut: BODIES,
  replace: BODIES,
  flip: BODIES,
  drip: BODIES,
  answer: BEFORE_THE_HEAD,
  raw: BEFORE_THE_HEAD,
  interim: BEFORE_THE_HEAD,
  echo: BEFORE_THE_HEAD,
  buffer: ['start'],
  rewrite: ['answer'],
};

/** Refuses a script that cannot be carried out as it is written: a fault that never happens would look like one that did no harm. */
export function refuseScript(faults: readonly Fault[], hooks: ReadonlySet<string>): void {
  for (const [index, fault] of faults.entries())
    for (const wrong of mistakesIn(fault, hooks))
      throw new TypeError(`fault ${index} cannot be carried out: ${wrong} (${JSON.stringify(fault)})`);
}

function* mistakesIn(fault: Fault, hooks: ReadonlySet<string>): Generator<string> {
  const { service, of, nth = 1, times = 1, phase = 'start', at, act } = fault;
  if (service !== undefined && !SERVICES.includes(service)) yield `there is no service "${service}"`;
  if (of !== undefined && service !== 'info/refs') yield '"of" is for "info/refs" alone';
  if (!isCount(nth, 1) || !isCount(times, 1)) yield '"nth" and "times" count from 1';
  if (!PHASES.includes(phase)) yield `there is no phase "${phase}"`;
  const phases = PHASES_OF[act.do];
  if (phases === undefined) yield `there is no act "${act.do}"`;
  else if (!phases.includes(phase)) yield `"${act.do}" happens at ${phases.join(', ')}, not at "${phase}"`;
  if (at !== undefined && (!BODIES.includes(phase) || act.do === 'rewrite')) yield 'it has a place, but not in a body';
  if (at !== undefined && !isCount('byte' in at ? at.byte : at.packet, 0)) yield 'its place counts from 0';
  yield* mistakesOf(act, hooks);
}

function* mistakesOf(act: Act, hooks: ReadonlySet<string>): Generator<string> {
  if (act.do === 'hook' && !hooks.has(act.name)) yield `there is no hook "${act.name}"`;
  if (act.do === 'flip' && !(isCount(act.mask, 1) && act.mask < 256)) yield 'this mask changes no byte';
  if (act.do === 'drip' && !isCount(act.bytes, 1)) yield 'no bytes at a time come to no end';
  if (act.do === 'replace' && !isCount(act.bytes ?? 0, 0)) yield 'its bytes count from 0';
  if (act.do === 'replace' && !act.bytes && !act.text) yield 'it replaces nothing by nothing';
  if (act.do === 'answer' && Object.keys(act).length === 1) yield 'this answer changes nothing';
  if (act.do === 'answer' && act.status !== undefined && !(isCount(act.status, 200) && act.status < 1000))
    yield `${act.status} is no status of an answer`;
  if (act.do === 'interim' && ![100, 103].includes(act.status)) yield `${act.status} is no interim status`;
}

const isCount = (value: number, least: number): boolean => Number.isInteger(value) && value >= least;
