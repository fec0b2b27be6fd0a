import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { parseConfiguration } from '../../infra/configuration/read.ts';
import { addStacks } from '../../infra/stacks/stacks.ts';
import { attributeOf, isPseudo, type Properties, pseudoOf, referenceTo } from './cloudformation.ts';

const HOME = join(import.meta.dirname, '..', '..');

/** What a stack without an account is resolved for. */
export const ACCOUNT = '111122223333';

/** A resource of a template, with everything in it that CloudFormation would fill in filled in. */
export interface Resource {
  /** Its logical id. */
  id: string;
  /** Its construct's path: `ccrepl-REGION/Replication/Task/Role/Resource`. */
  path: string;
  type: string;
  properties: Properties;
  deletion: string | undefined;
  /** What `Ref` gives. */
  ref: string;
}

export type { Properties };

/** The context of cdk.json, with which `cdk` synthesises. */
export const cdkContext = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(HOME, 'cdk.json'), 'utf8')).context;

/** An app with the stacks of a configuration, not yet synthesised. */
export function anApp(document: object, outdir: string): App {
  const app = new App({ builtinCloudFormationValidation: false, context: cdkContext(), outdir });
  addStacks(app, parseConfiguration(JSON.stringify(document), 'replication.json'));
  return app;
}

const synthesised = new Map<object, Deployment>();

/** Synthesises the stacks of a configuration for real, functions bundled; a document once per test file. Leaves no file behind. */
export function synthesise(document: object): Deployment {
  const known = synthesised.get(document);
  if (known !== undefined) return known;
  const outdir = mkdtempSync(join(tmpdir(), 'ccrepl-synthesised-'));
  try {
    const app = anApp(document, outdir);
    const { stacks } = app.synth();
    const made = new Deployment(
      app,
      stacks.map(({ stackName, template }) => new DeployedStack(stackOf(app, stackName), template)),
    );
    synthesised.set(document, made);
    return made;
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const stackOf = (app: App, name: string): Stack =>
  app.node.findAll().find((one): one is Stack => Stack.isStack(one) && one.stackName === name) as Stack;

/** What a configuration deploys. */
export class Deployment {
  readonly app: App;
  readonly stacks: readonly DeployedStack[];

  constructor(app: App, stacks: readonly DeployedStack[]) {
    this.app = app;
    this.stacks = stacks;
  }

  /** The stacks with what runs: one per region with sources. */
  get sources(): DeployedStack[] {
    return this.stacks.filter((stack) => stack.of('AWS::StepFunctions::StateMachine').length > 0);
  }

  of(type: string): Resource[] {
    return this.stacks.flatMap((stack) => stack.of(type));
  }
}

/** A stack as CloudFormation would make it. */
export class DeployedStack {
  readonly name: string;
  readonly region: string;
  readonly account: string;
  /** The template as it was synthesised. */
  readonly template: Properties;
  readonly #paths: Map<string, string>;
  #resources: readonly Resource[] | undefined;

  constructor(stack: Stack, template: Properties) {
    this.name = stack.stackName;
    this.region = stack.region;
    this.account = /^\d{12}$/.test(stack.account) ? stack.account : ACCOUNT;
    this.template = template;
    const made = stack.node.findAll().filter((one): one is CfnResource => CfnResource.isCfnResource(one));
    this.#paths = new Map(made.map((one) => [stack.resolve(one.logicalId), one.node.path]));
  }

  get resources(): readonly Resource[] {
    this.#resources ??= Object.keys(this.template['Resources']).map((id) => this.#resource(id));
    return this.#resources;
  }

  of(type: string): Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type whose path has `part` in it. */
  one(type: string, part = ''): Resource {
    const found = this.of(type).filter(({ path }) => path.includes(part));
    const [first] = found;
    if (first === undefined || found.length > 1)
      throw new Error(
        `${this.name} has ${found.length} resources ${type} with "${part}" in their path: expected one of ${this.of(type).map(({ path }) => path)}`,
      );
    return first;
  }

  arn(service: string, resource: string): string {
    return `arn:aws:${service}:${this.region}:${this.account}:${resource}`;
  }

  /**
   * A value of the template with its intrinsic functions done.
   *
   * @throws Error for one that this does not know
   */
  // biome-ignore lint/suspicious/noExplicitAny: as Properties.
  resolve(value: unknown): any {
    if (Array.isArray(value)) return value.map((one) => this.resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = ['', undefined], ...more] = Object.entries(value);
    if (more.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return this.#intrinsic(name, argument);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, this.resolve(one)]));
  }

  #intrinsic(name: string, argument: unknown): unknown {
    if (name === 'Ref') return this.#ref(argument as string);
    if (name === 'Fn::Sub' && typeof argument === 'string')
      return argument.replace(/\$\{([^}]+)\}/g, (_, of: string) => this.#ref(of));
    if (name === 'Fn::GetAZs') return ['a', 'b', 'c'].map((zone) => `${this.region}${zone}`);
    const of = this.resolve(argument) as unknown[];
    if (name === 'Fn::Join') return (of[1] as string[]).join(of[0] as string);
    if (name === 'Fn::Select') return (of[1] as string[])[Number(of[0])];
    if (name === 'Fn::GetAtt') {
      const [id, attribute] = of as [string, string];
      return attributeOf(this, this.#raw(id), id, attribute);
    }
    throw new Error(`${name} of ${JSON.stringify(argument)} in ${this.name}: expected a function that the tests know`);
  }

  #ref(id: string): string {
    return isPseudo(id) ? pseudoOf(this, id) : referenceTo(this, this.#raw(id), id);
  }

  #raw(id: string): { Type: string; Properties: Properties } {
    const resource = this.template['Resources'][id];
    if (resource === undefined) throw new Error(`${this.name} refers to ${id}, which it has not`);
    return resource;
  }

  #resource(id: string): Resource {
    const raw = this.#raw(id);
    const { Properties: properties = {}, DeletionPolicy } = raw as Properties;
    return {
      id,
      path: this.#paths.get(id) ?? id,
      type: raw.Type,
      properties: this.resolve(properties),
      deletion: DeletionPolicy,
      ref: this.#ref(id),
    };
  }
}
