import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allStates, type Scope } from '../../docs/drawings/asl.ts';
import { conditionText } from '../../docs/drawings/conditions.ts';
import { DRAWINGS, drawingsOf, MACHINES } from '../../docs/drawings/drawings.ts';
import type { Rectangle } from '../../docs/drawings/picture.ts';
import { pictureOf, svgOf } from '../../docs/drawings/svg.ts';

const OUTDATED = 'The drawing is not what the state machine file says now: run `npm run draw`.';

/** What a machine may have and ours need not: branches in a Map, a wide choice, a loop, states that nothing leads to. */
const SYNTHETIC: Scope = {
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.items',
      ItemProcessor: {
        StartAt: 'Inner',
        States: {
          Inner: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Next: 'Both', Catch: caught() },
          Both: {
            Type: 'Parallel',
            Branches: ['Left', 'Right'].map((name) => ({
              StartAt: name,
              States: { [name]: { Type: 'Pass', End: true } },
            })),
            End: true,
            Catch: caught(),
          },
          Third: { Type: 'Wait', Seconds: 5, End: true },
          Broken: { Type: 'Fail' },
        },
      },
      Next: 'Which',
      Catch: caught(),
    },
    Which: {
      Type: 'Choice',
      Choices: ['a', 'b', 'c', 'd', 'e', 'f'].map((value) => ({
        Variable: '$.result.a.rather.long.name.of.a.value',
        StringEquals: `${value}-which-is-a-long-word`,
        Next: value < 'd' ? 'Again' : 'Done',
      })),
      Default: 'Broken',
    },
    Again: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', Next: 'Each', Catch: caught() },
    More: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:putItem', Next: 'Done', Catch: caught() },
    Broken: { Type: 'Fail', Error: 'Broken <&> "quoted"' },
    Done: { Type: 'Succeed' },
  },
};

/** An end of all errors that stands below everything else. */
const ASIDE: Scope = {
  StartAt: 'One',
  States: {
    One: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Next: 'Two', Catch: caught() },
    Two: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', Next: 'Three', Catch: caught() },
    Three: { Type: 'Task', Resource: 'arn:aws:states:::sns:publish', End: true, Catch: caught() },
    Broken: { Type: 'Fail' },
  },
};

function caught() {
  return [{ ErrorEquals: ['States.ALL'], Next: 'Broken' }];
}

const machines: [string, Scope][] = [
  ...drawingsOf(MACHINES).map(({ name, machine }) => [name, machine] as [string, Scope]),
  ['synthetic', SYNTHETIC],
  ['aside', ASIDE],
];

const apart = (one: Rectangle, other: Rectangle): boolean =>
  one.x + one.width <= other.x ||
  other.x + other.width <= one.x ||
  one.y + one.height <= other.y ||
  other.y + other.height <= one.y;

const inside = (one: Rectangle, frame: Rectangle): boolean =>
  one.x >= frame.x &&
  one.y >= frame.y &&
  one.x + one.width <= frame.x + frame.width &&
  one.y + one.height <= frame.y + frame.height;

describe('the drawings in docs/', () => {
  it.each(drawingsOf(MACHINES))('show $name.asl.json as it is now', ({ name, svg }) => {
    const file = join(DRAWINGS, `${name}.svg`);
    const drawn = existsSync(file) ? readFileSync(file, 'utf8') : '';

    if (drawn !== svg) throw new Error(`docs/${name}.svg: ${OUTDATED}`);
  });

  it('are of state machines that exist', () => {
    const names = drawingsOf(MACHINES).map(({ name }) => `${name}.svg`);

    expect(readdirSync(DRAWINGS).filter((file) => file.endsWith('.svg') && !names.includes(file))).toEqual([]);
  });
});

describe.each(machines)('the drawing of %s', (name, machine) => {
  const picture = pictureOf(machine);
  const { boxes, labels, lines, width, height } = picture;
  const svg = svgOf(name, machine);

  it('has a box and a name for every state, and no other', () => {
    const states = allStates(machine).map(([state]) => state);

    expect(boxes.flatMap((box) => (box.state ? [box.name] : [])).sort()).toEqual(states.sort());
    expect([...svg.matchAll(/<text class="name"[^>]*>([^<]*)</g)].map(([, text]) => text).sort()).toEqual(states);
  });

  it('has no two boxes that overlap, but a frame and what is in it', () => {
    const overlapping = boxes.flatMap((one, index) =>
      boxes
        .slice(index + 1)
        .filter((other) => !apart(one, other) && !(one.face.kind === 'frame' && inside(other, one)))
        .map((other) => `${one.name} ${other.name}`),
    );

    expect(overlapping).toEqual([]);
  });

  it('has no label on a box or on another label', () => {
    const solid = boxes.filter(({ face }) => face.kind !== 'frame');
    const covered = labels.filter(
      (label) =>
        solid.some((box) => !apart(label, box)) || labels.some((other) => other !== label && !apart(label, other)),
    );

    expect(covered).toEqual([]);
  });

  it('leads no line through a box', () => {
    const shrunk = boxes
      .filter(({ face }) => face.kind !== 'frame')
      .map(({ x, y, width: w, height: h, name: box }) => ({ box, x: x + 1, y: y + 1, width: w - 2, height: h - 2 }));
    const crossed = lines.flatMap(({ edge, points }) =>
      points.slice(1).flatMap((to, index) => {
        const from = points[index]!;
        const run = {
          x: Math.min(from.x, to.x),
          y: Math.min(from.y, to.y),
          width: Math.abs(from.x - to.x),
          height: Math.abs(from.y - to.y),
        };
        return shrunk.filter((box) => !apart(run, box)).map(({ box }) => `${edge.from} to ${edge.to} through ${box}`);
      }),
    );

    expect(crossed).toEqual([]);
  });

  it('keeps all that it has inside its bounds', () => {
    const all = { x: 0, y: 0, width, height };
    const points = lines.flatMap((line) => line.points).map((point) => ({ ...point, width: 0, height: 0 }));

    expect([...boxes, ...labels, ...points].filter((each) => !inside(each, all))).toEqual([]);
  });

  it('comes out the same every time', () => {
    expect(svgOf(name, structuredClone(machine))).toBe(svg);
  });

  it('needs nothing from elsewhere and runs nothing', () => {
    expect(svg.match(/<script|<image|<foreignObject|href=|@import|url\((?!#)|\son\w+=/gi)).toBeNull();
    expect(svg).toMatch(/<title id="title">.+<\/title>\n<desc id="desc">/);
  });
});

it('draws whatever state machine is in the folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawings-'));
  try {
    writeFileSync(join(folder, 'one.asl.json'), JSON.stringify(SYNTHETIC));
    writeFileSync(join(folder, 'notes.json'), '{}');

    expect(drawingsOf(folder).map(({ name }) => name)).toEqual(['one']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it.each<[string, Record<string, unknown>]>([
  ['verdict = in-sync', { Variable: '$.compared.result.verdict', StringEquals: 'in-sync' }],
  ['tries.transient.count < 3', { Variable: '$.tries.transient.count', NumericLessThan: 3 }],
  ['told = outcome.verdict', { Variable: '$.recorded.Attributes.told.S', StringEqualsPath: '$.outcome.verdict' }],
  ['run.sweep is set', { Variable: '$.run.sweep', IsPresent: true }],
  [
    'told ≠ in-sync',
    { And: [{ Variable: '$.told', IsPresent: true }, { Not: { Variable: '$.told.S', StringEquals: 'in-sync' } }] },
  ],
  [
    'task.Cause has ExitCode 10|143',
    { Or: ['10,', '10}', '143,'].map((code) => ({ Variable: '$.task.Cause', StringMatches: `*"ExitCode":${code}*` })) },
  ],
  [
    'a = 1 and (b = 2 or c = 3)',
    {
      And: [
        { Variable: '$.a', NumericEquals: 1 },
        {
          Or: [
            { Variable: '$.b', NumericEquals: 2 },
            { Variable: '$.c', NumericEquals: 3 },
          ],
        },
      ],
    },
  ],
  ['count < 3', { Condition: '{% $states.input.count < 3 %}' }],
])('says “%s” on an edge', (text, rule) => {
  expect(conditionText(rule)).toBe(text);
});
