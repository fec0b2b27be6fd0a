import { phasesOf } from '../../bench/phases.ts';
import { sharesOf } from '../../bench/profile.ts';

it('divides a run by what it waited for: a start, two lists, objects that overlap, the proof, an end', () => {
  const list = (from: number, to: number) => ({ isList: true, from, to });
  const objects = (from: number, to: number) => ({ isList: false, from, to });
  const served = [objects(104, 107), list(101, 102), list(101.5, 103), objects(105, 108), list(109, 110)];

  expect(phasesOf(served, 100, 12)).toEqual({ start: 1, lists: 2, objects: 5, proof: 2, end: 2 });
});

it('has neither objects nor proof where there was nothing to do', () => {
  const served = [
    { isList: true, from: 101, to: 103 },
    { isList: true, from: 102, to: 104 },
  ];

  expect(phasesOf(served, 100, 5)).toEqual({ start: 1, lists: 3, objects: 0, proof: 0, end: 1 });
});

it('counts a profile by who had the processor, and not the time in which nobody had it', () => {
  const frames: [functionName: string, url: string][] = [
    ['(program)', ''],
    ['(idle)', ''],
    ['(garbage collector)', ''],
    ['compileSourceTextModule', 'node:internal/modules/esm/utils'],
    ['request', 'node:http'],
    ['plan', 'file:///replicate.mjs'],
  ];
  const nodes = frames.map(([functionName, url], id) => ({ id, callFrame: { functionName, url } }));

  const all = { nodes, samples: [0, 1, 2, 3, 4, 5, 5], timeDeltas: [40, 500, 10, 20, 20, 5, 5] };
  const some = { nodes, samples: [0, 2, 3, 4, 5], timeDeltas: [400, 100, 200, 200, 100] };

  expect(sharesOf([all, some])).toEqual({
    native: 0.4,
    collecting: 0.1,
    compiling: 0.2,
    modules: 0.2,
    own: 0.1,
  });
});
