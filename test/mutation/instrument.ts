import ts from 'typescript';
import { type Change, changesAt } from './rules.ts';
import { SWITCH } from './sandbox.ts';

/** One mistake in one file; its number is what the instrumented source asks for. */
export interface Mutant extends Change {
  id: number;
  file: string;
  line: number;
  column: number;
  original: string;
}

export interface Instrumented {
  text: string;
  mutants: Mutant[];
}

/**
 * The source with all its mutants in it, of which the switch selects one as it runs: `a < b` becomes
 * `(__mutant(7)?(a <= b):(a < b))`. Numbers go on from `firstId`.
 */
export function instrument(source: ts.SourceFile, file: string, types: ts.TypeChecker, firstId: number): Instrumented {
  const mutants: Mutant[] = [];
  const opens = new Map<number, string[]>();
  const closes = new Map<number, string[]>();
  const put = (into: Map<number, string[]>, at: number, text: string) => into.set(at, [...(into.get(at) ?? []), text]);
  const changes = new Map<ts.Node, Change[]>();

  const collect = (node: ts.Node): void => {
    if (isOnlyTypes(node)) return;
    for (const change of changesAt(node, types)) {
      const host = hostOf(nodeOf(node, change));
      if (host !== undefined) changes.set(host, [...(changes.get(host) ?? []), change]);
    }
    ts.forEachChild(node, collect);
  };
  const place = (node: ts.Node): void => {
    if (isOnlyTypes(node)) return;
    const here = changes.get(node) ?? [];
    const [from, to] = [node.getStart(), node.end];
    const mutant = (change: Change) => {
      const id = firstId + mutants.length;
      const { line, character } = source.getLineAndCharacterOfPosition(change.from);
      const original = source.text.slice(change.from, change.to);
      mutants.push({ ...change, id, file, line: line + 1, column: character + 1, original });
      return { id, text: source.text.slice(from, change.from) + change.text + source.text.slice(change.to, to) };
    };
    const variants = distinct(here).map(mutant);
    if (variants.length > 0) {
      const isBlock = ts.isBlock(node);
      const choice = ({ id, text }: { id: number; text: string }) =>
        isBlock ? `if(${SWITCH}(${id}))${text}else ` : `${SWITCH}(${id})?(${text}):`;
      put(opens, from, `${isBlock ? '{' : '('}${variants.map(choice).join('')}${isBlock ? '' : '('}`);
    }
    ts.forEachChild(node, place);
    if (variants.length > 0) put(closes, to, ts.isBlock(node) ? '}' : '))');
  };
  collect(source);
  place(source);

  const at = [...new Set([...opens.keys(), ...closes.keys()])].sort((a, b) => a - b);
  let text = '';
  let done = 0;
  for (const position of at) {
    text += source.text.slice(done, position);
    text += [...(closes.get(position) ?? []), ...(opens.get(position) ?? [])].join('');
    done = position;
  }
  return { text: text + source.text.slice(done), mutants };
}

const isOnlyTypes = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node);

/** The smallest node at or below `node` that holds the change whole. */
function nodeOf(node: ts.Node, change: Change): ts.Node {
  const holds = (one: ts.Node) => one.getStart() <= change.from && one.end >= change.to;
  const child = ts.forEachChild(node, (one) => (holds(one) ? one : undefined));
  return child === undefined ? node : nodeOf(child, change);
}

/** The expression or block that can be had in two versions, with the change or without; none where the grammar has no place for that. */
function hostOf(changed: ts.Node): ts.Node | undefined {
  let node = changed;
  while (!ts.isBlock(node) && !isWholeExpression(node)) {
    if (ts.isStatement(node) || ts.isSourceFile(node)) return undefined;
    node = node.parent;
  }
  return node;
}

function isWholeExpression(node: ts.Node): boolean {
  if (!ts.isExpression(node)) return false;
  const { parent } = node;
  if (ts.isOmittedExpression(node) || ts.isSpreadElement(node)) return false;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  // A callee's receiver and the short cut of an optional chain belong to all of it.
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression === node) return false;
  if ((parent.flags & ts.NodeFlags.OptionalChain) !== 0 && 'expression' in parent && parent.expression === node)
    return false;
  if (ts.isNonNullExpression(parent) || ts.isDeleteExpression(parent)) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  if (ts.isBinaryExpression(parent) && parent.left === node && isAssignment(parent)) return false;
  if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent))
    return parent.operator !== ts.SyntaxKind.PlusPlusToken && parent.operator !== ts.SyntaxKind.MinusMinusToken;
  return true;
}

const isAssignment = ({ operatorToken: { kind } }: ts.BinaryExpression): boolean =>
  kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;

const distinct = (changes: readonly Change[]): Change[] => {
  const seen = new Map(changes.map((change) => [`${change.from}:${change.to}:${change.text}`, change]));
  return [...seen.values()];
};
