import type { PushFault } from '../../local/codecommit/push-fault.ts';
import type { Policy } from '../../replication/policy.ts';
import { LONG_TIP, MANY } from './world.ts';

/** Refs, without their `refs/`, at objects of the world. */
export type Heads = Record<string, string>;

/** What a run finds, and so what it has to do. */
export interface CrashPlan {
  name: string;
  destination: Heads;
  source: Heads;
  /** The default branches; main unless told otherwise. None where there is no such branch. */
  defaults?: { source: string; destination: string };
  policy?: Partial<Policy>;
  fault?: PushFault;
  /** Deletions and rewrites are so many that a person has confirmed them. */
  confirmed?: boolean;
}

const main = { 'heads/main': 'm2' };
const numbers = Array.from({ length: MANY }, (_, index) => index + 1);
const many = (name: (n: number) => string, object: (n: number) => string, which = numbers): Heads =>
  Object.fromEntries(which.map((n) => [name(n), object(n)]));
const upTo = (n: number) => numbers.slice(0, n);
const after = (n: number) => numbers.slice(n);

export const PLANS: readonly CrashPlan[] = [
  {
    name: 'first-replication',
    destination: {},
    source: { 'heads/main': 'm4', 'heads/feature': 'f2', 'tags/v1': 't1', 'tags/light': 'm2' },
  },
  { name: 'one-commit', destination: main, source: { 'heads/main': 'm3' } },
  { name: 'nothing-to-do', destination: main, source: main },
  { name: 'branch-without-objects', destination: main, source: { ...main, 'heads/topic': 'm1' } },
  { name: 'big-commit', destination: main, source: { 'heads/main': 'big' } },
  { name: 'delete', destination: { ...main, 'heads/old': 'f1', 'tags/old': 't1' }, source: main },
  {
    name: 'rewrite-mirror',
    destination: { 'heads/main': 'm3', 'heads/other': 'g1' },
    source: { 'heads/main': 'n3', 'heads/other': 'g2' },
  },
  {
    name: 'rewrite-archive',
    policy: { rewrites: 'archive' },
    destination: { 'heads/main': 'm3', 'heads/other': 'g1', 'tags/v1': 't1' },
    source: { 'heads/main': 'n3', 'heads/other': 'g2', 'tags/v1': 't2' },
  },
  {
    name: 'rename',
    destination: { ...main, 'heads/feature': 'f1', 'tags/v1': 't1' },
    source: { 'heads/main': 'm3', 'heads/renamed': 'f1', 'tags/release-1': 't1' },
  },
  {
    name: 'name-conflict',
    destination: { ...main, 'heads/a': 'f1', 'heads/x/y': 'g1', 'heads/moved': 'c1' },
    source: { ...main, 'heads/a/b': 'f2', 'heads/x': 'g1', 'heads/moved/on': 'c1' },
  },
  {
    name: 'moved-tags',
    destination: { ...main, 'tags/v1': 't1', 'tags/v2': 't2', 'tags/light': 'm1' },
    source: { ...main, 'tags/v1': 't3', 'tags/v2': 'm2', 'tags/light': 'tt' },
  },
  {
    name: 'in-steps',
    fault: { kind: 'refuse-over-bytes', bytes: 7_000 },
    destination: main,
    source: { 'heads/main': 'm3', 'heads/long': LONG_TIP, 'tags/all-of-it': LONG_TIP },
  },
  {
    name: 'default-branch',
    defaults: { source: 'trunk', destination: 'main' },
    destination: { ...main, 'heads/topic': 'f1' },
    source: { 'heads/trunk': 'm3', 'heads/topic': 'f2' },
  },
  {
    name: 'default-branch-in-the-way',
    defaults: { source: 'main/next', destination: 'main' },
    destination: main,
    source: { 'heads/main/next': 'm3' },
  },
  {
    name: 'mass-change',
    confirmed: true,
    policy: { massChange: { percent: 20, heads: 4 } },
    destination: {
      ...main,
      ...many(
        (n) => `heads/b${n}`,
        (n) => `c${n}`,
      ),
    },
    source: {
      'heads/main': 'm3',
      ...many(
        (n) => `heads/renamed${n}`,
        (n) => `c${n}`,
        upTo(6),
      ),
      ...many(
        (n) => `heads/b${n}`,
        (n) => `c${n}`,
        after(14),
      ),
    },
  },
  {
    name: 'mass-change-archive',
    confirmed: true,
    policy: { massChange: { percent: 20, heads: 4 }, rewrites: 'archive' },
    destination: {
      ...main,
      ...many(
        (n) => `heads/b${n}`,
        (n) => `c${n}`,
        upTo(12),
      ),
    },
    source: {
      ...main,
      ...many(
        (n) => `heads/b${n}`,
        (n) => `d${n + 1}`,
        upTo(12),
      ),
    },
  },
  {
    name: 'many-at-once',
    policy: { massChange: { percent: 100, heads: 100 }, rewrites: 'archive' },
    defaults: { source: 'next', destination: 'main' },
    destination: {
      ...main,
      'heads/a': 'f1',
      'tags/v1': 't1',
      ...many(
        (n) => `heads/b${n}`,
        (n) => `c${n}`,
      ),
    },
    source: {
      'heads/main': 'n3',
      'heads/next': 'big',
      'heads/a/b': 'f2',
      'tags/v1': 't2',
      'tags/v2': 't3',
      ...many(
        (n) => `heads/b${n}`,
        (n) => `d${n}`,
        upTo(8),
      ),
      ...many(
        (n) => `heads/new/b${n}`,
        (n) => `c${n}`,
        after(20),
      ),
      ...many(
        (n) => `heads/b${n}`,
        (n) => `c${n}`,
        numbers.slice(8, 14),
      ),
    },
  },
];
