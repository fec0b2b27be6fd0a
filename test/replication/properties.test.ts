import fc from 'fast-check';
import { refFromText } from '../../git/ref.ts';
import { parseExecutionInput } from '../../replication/input.ts';
import { parseGitProgress } from '../../replication/progress.ts';
import { parseSettings } from '../../replication/settings.ts';
import { countHeads, isReplicable } from '../../replication/verdict.ts';
import { aPlan } from '../support/plans.ts';

const NAMESPACES = fc.constantFrom('refs/heads/', 'refs/tags/', 'refs/pull/');
const NAMES = fc.constantFrom('a', 'b', 'z', 'a/b', 'b/c', 'a-1', '日本', '$(id)');
const heads = fc.dictionary(
  fc.tuple(NAMESPACES, NAMES).map((parts) => parts.join('')),
  fc.constantFrom('1', '2', '3'),
);
const deletes = fc.constantFrom<'mirror' | 'keep'>('mirror', 'keep');

it('puts every head of both sides into exactly one state', () => {
  fc.assert(
    fc.property(heads, heads, deletes, (source, destination, policy) => {
      const plan = aPlan(source, destination, { deletes: policy });

      const ours = [...new Set([...Object.keys(source), ...Object.keys(destination)])].filter(
        (name) => !name.startsWith('refs/pull/'),
      );
      const equal = ours.filter((name) => source[name] === destination[name]);
      const { create, update, delete: deleted, keep, refuse, inSync } = countHeads(plan);
      expect([...plan.heads.map(({ ref }) => ref), ...equal.map(refFromText)].sort()).toEqual(
        ours.map(refFromText).sort(),
      );
      expect(inSync).toBe(equal.length);
      expect(create + update + deleted + keep + refuse + inSync).toBe(ours.length);
    }),
  );
});

it('never deletes when the source shows nothing of ours, whatever else it shows', () => {
  fc.assert(
    fc.property(heads, fc.boolean(), (destination, others) => {
      const source: Record<string, string> = others ? { 'refs/pull/1/head': '1', 'refs/heads/x.lock': '2' } : {};

      const plan = aPlan(source, destination);

      expect(plan.heads.filter(({ action }) => action === 'delete')).toEqual([]);
      expect(isReplicable(plan)).toBe(false);
    }),
  );
});

it('says in one short, harmless line what is wrong with any input of an execution', () => {
  const side = (region: string) => ({ region, repository: 'R' });
  const settings = parseSettings(
    JSON.stringify({ replicas: [{ id: 'known', source: side('eu-west-1'), destination: side('eu-west-2') }] }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const input of [value, { replica: value }, { replica: 'known', more: value }]) {
        const read = () => parseExecutionInput(input, settings);

        expect(read).toThrow(expect.objectContaining({ name: 'ReplicationError', code: 'input' }));
        expect(read).toThrow(/^[^\u0000-\u001f\u007f-\u009f\p{Bidi_Control}]{1,500}$/u);
      }
    }),
  );
});

it('reads a percentage up to 100 and a step of plain words out of any text of a server', () => {
  const line = fc.tuple(fc.string({ unit: 'binary' }), fc.nat(), fc.constantFrom('\r', '\n', ''));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const read = parseGitProgress(lines.map(([step, percent, end]) => `X${step}:  ${percent}%${end}`).join(''));

      expect(read?.percent ?? 0).toBeLessThanOrEqual(100);
      expect(read?.step ?? 'None').toMatch(/^[A-Za-z ]+$/);
    }),
  );
});
