import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, type NagPack, NIST80053R5Checks, ServerlessChecks } from 'cdk-nag';
import { anApp } from '../support/infra.ts';
import { BOTH } from './fixtures.ts';

/** A rule that a resource does not keep: `AwsSolutions::AwsSolutions-L1`, and the path of the resource. */
interface Finding {
  id: string;
  at: string;
}

/** A finding that is as it should be, there and below, and why. */
interface Acknowledged extends Finding {
  reason: string;
}

interface Checked {
  /** What the CDK reports after all that is acknowledged. */
  reported: { plugin: string; violations: unknown[] }[];
  /** All that the packs find, whatever is acknowledged. */
  findings: Finding[];
  acknowledged: Acknowledged[];
}

const PACKS = ['AwsSolutions', 'Serverless', 'NIST.800.53.R5'];

const packs = (app: App): NagPack[] => [
  new AwsSolutionsChecks(app),
  new ServerlessChecks(app),
  new NIST80053R5Checks(app),
];

/** Synthesises as `cdk` does, with the rule packs as plugins. */
function check(document: object): Checked {
  const outdir = mkdtempSync(join(tmpdir(), 'ccrepl-nag-'));
  // The CDK prints what it finds; the report has it too.
  const quiet = jest.spyOn(console, 'error').mockImplementation(() => {});
  try {
    const app = anApp(document, outdir);
    const checks = packs(app);
    Validations.of(app).addPlugins(...checks);
    try {
      app.synth();
    } catch {
      // There are findings: the report says which.
    }
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
    return {
      reported: report.pluginReports.map((one: { pluginName?: string; violations?: unknown[] }) => ({
        plugin: one.pluginName ?? '',
        violations: one.violations ?? [],
      })),
      findings: checks.flatMap((pack) => allOf(pack, app)),
      acknowledged: acknowledgedIn(app),
    };
  } finally {
    quiet.mockRestore();
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A pack by itself knows nothing of what the CDK has acknowledged under the pack's name. */
const allOf = (pack: NagPack, app: App): Finding[] =>
  pack.validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath = '' }) => ({
      id: `${pack.readPackName}::${ruleName}`,
      at: constructPath,
    })),
  );

const acknowledgedIn = (app: App): Acknowledged[] =>
  app.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
      .flatMap(({ data }) =>
        Object.entries(data as Record<string, string>)
          // The CDK acknowledges some findings of its own.
          .filter(([id]) => PACKS.some((pack) => id.startsWith(`${pack}::`)))
          .map(([id, reason]) => ({ id, at: node.path, reason })),
      ),
  );

const isWithin = (path: string, scope: string): boolean => path === scope || path.startsWith(`${scope}/`);

const checked = BOTH.map(([name, document]) => [name, check(document)] as const);

describe.each(checked)('cdk-nag over %s', (_name, { reported, findings, acknowledged }) => {
  it.each(PACKS)('of the pack %s finds nothing that is not acknowledged', (pack) => {
    const open = findings.filter(
      ({ id, at }) => id.startsWith(`${pack}::`) && !acknowledged.some((one) => one.id === id && isWithin(at, one.at)),
    );

    expect(findings.some(({ id }) => id.startsWith(`${pack}::`))).toBe(true);
    expect(open).toEqual([]);
  });

  it('is content by its own report', () => {
    expect(reported.length).toBeGreaterThanOrEqual(3);
    expect(reported.filter(({ violations }) => violations.length > 0)).toEqual([]);
  });

  it('is told a reason for everything that is acknowledged', () => {
    expect(acknowledged.length).toBeGreaterThan(20);
    for (const { id, reason } of acknowledged) expect([id, reason.split(/\s+/).length > 5]).toEqual([id, true]);
  });
});

it('is told nothing that it does not find: each acknowledgement is needed in one configuration at least', () => {
  // The same line of code acknowledges at many places: one of them must have the finding.
  const general = (path: string) =>
    path.replace(/^[^/]+/, 'STACK').replace(/^STACK\/Replication\/Triggers|^STACK\/Repositories/, 'PROVISION');
  const all = checked.flatMap(([, { acknowledged, findings }]) =>
    acknowledged.map(({ id, at }) => ({
      line: `${id} at ${general(at)}`,
      isNeeded: findings.some((finding) => finding.id === id && isWithin(finding.at, at)),
    })),
  );
  const needed = new Set(all.filter(({ isNeeded }) => isNeeded).map(({ line }) => line));
  const needless = new Set(all.map(({ line }) => line).filter((line) => !needed.has(line)));

  expect([...needless].sort()).toEqual([]);
});
