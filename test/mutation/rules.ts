import ts from 'typescript';
import { regexChanges } from './regex-rules.ts';

/** One small mistake in a source: `from` to `to` reads `text` instead. */
export interface Change {
  rule: string;
  from: number;
  to: number;
  text: string;
}

type Rule = (node: ts.Node, types: ts.TypeChecker) => Change[];
const { SyntaxKind } = ts;

const instead = (rule: string, node: ts.Node, text: string): Change => ({
  rule,
  from: node.getStart(),
  to: node.end,
  text,
});

const OPERATORS: ReadonlyMap<ts.SyntaxKind, readonly string[]> = new Map([
  [SyntaxKind.LessThanToken, ['<=', '>=']],
  [SyntaxKind.LessThanEqualsToken, ['<', '>']],
  [SyntaxKind.GreaterThanToken, ['>=', '<=']],
  [SyntaxKind.GreaterThanEqualsToken, ['>', '<']],
  [SyntaxKind.EqualsEqualsEqualsToken, ['!==']],
  [SyntaxKind.ExclamationEqualsEqualsToken, ['===']],
  [SyntaxKind.AmpersandAmpersandToken, ['||']],
  [SyntaxKind.BarBarToken, ['&&']],
  [SyntaxKind.PlusToken, ['-']],
  [SyntaxKind.MinusToken, ['+']],
  [SyntaxKind.AsteriskToken, ['/']],
  [SyntaxKind.SlashToken, ['*']],
  [SyntaxKind.PercentToken, ['*']],
  [SyntaxKind.AmpersandToken, ['|']],
  [SyntaxKind.BarToken, ['&']],
  [SyntaxKind.LessThanLessThanToken, ['>>']],
  [SyntaxKind.GreaterThanGreaterThanToken, ['<<']],
  [SyntaxKind.GreaterThanGreaterThanGreaterThanToken, ['<<']],
  [SyntaxKind.PlusEqualsToken, ['-=']],
  [SyntaxKind.MinusEqualsToken, ['+=']],
  [SyntaxKind.QuestionQuestionEqualsToken, ['=']],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
  ['some', 'every'],
  ['every', 'some'],
  ['toUpperCase', 'toLowerCase'],
  ['toLowerCase', 'toUpperCase'],
  ['min', 'max'],
  ['max', 'min'],
]);
/** Calls whose result is of the type of what they are called on, so that they can be left out. */
const TRIMMINGS: ReadonlySet<string> = new Set([
  'filter',
  'flat',
  'reverse',
  'slice',
  'sort',
  'subarray',
  'toReversed',
  'toSorted',
  'trim',
  'trimEnd',
  'trimStart',
]);

const operator: Rule = (node, types) => {
  if (!ts.isBinaryExpression(node)) return [];
  const { operatorToken, left, right } = node;
  const kind = operatorToken.kind;
  if (kind === SyntaxKind.QuestionQuestionToken)
    return [instead('fallback', node, left.getText()), instead('fallback', node, right.getText())];
  const isNumber = (side: ts.Expression) => (types.getTypeAtLocation(side).flags & ts.TypeFlags.NumberLike) !== 0;
  const adds = kind === SyntaxKind.PlusToken || kind === SyntaxKind.PlusEqualsToken;
  if (adds && !(isNumber(left) && isNumber(right))) return [];
  const others = OPERATORS.get(kind) ?? [];
  const logical = kind === SyntaxKind.AmpersandAmpersandToken || kind === SyntaxKind.BarBarToken;
  return [
    ...others.map((text) => instead('operator', operatorToken, text)),
    ...(logical ? [left, right].map((side) => instead('operand', node, side.getText())) : []),
  ];
};

const condition: Rule = (node) => {
  if (ts.isIfStatement(node) || ts.isConditionalExpression(node)) {
    const tested = ts.isIfStatement(node) ? node.expression : node.condition;
    return ['true', 'false'].map((text) => instead('condition', tested, text));
  }
  const tested = ts.isWhileStatement(node) ? node.expression : ts.isForStatement(node) ? node.condition : undefined;
  // "true" would only be an endless loop.
  return tested === undefined || tested.kind === SyntaxKind.TrueKeyword ? [] : [instead('condition', tested, 'false')];
};

const constant: Rule = (node) => {
  if (node.kind === SyntaxKind.TrueKeyword) return [instead('boolean', node, 'false')];
  if (node.kind === SyntaxKind.FalseKeyword) return [instead('boolean', node, 'true')];
  if (!ts.isNumericLiteral(node)) return [];
  const value = Number(node.text);
  return (value === 0 ? [1] : [value + 1, value - 1]).map((other) => instead('number', node, String(other)));
};

const unary: Rule = (node) => {
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken)
    return [instead('negation', node, node.operand.getText())];
  if (!ts.isPrefixUnaryExpression(node) && !ts.isPostfixUnaryExpression(node)) return [];
  const operators = [SyntaxKind.PlusPlusToken, SyntaxKind.MinusMinusToken];
  if (!operators.includes(node.operator)) return [];
  const text = node.getText();
  return [instead('operator', node, text.includes('++') ? text.replace('++', '--') : text.replace('--', '++'))];
};

const collection: Rule = (node) => {
  if (ts.isArrayLiteralExpression(node)) return node.elements.length === 0 ? [] : [instead('array', node, '[]')];
  if (ts.isObjectLiteralExpression(node)) return node.properties.length === 0 ? [] : [instead('object', node, '{}')];
  return [];
};

const call: Rule = (node) => {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return [];
  const { name, expression } = node.expression;
  const other = METHODS.get(name.text);
  if (other !== undefined) return [instead('method', name, other)];
  return TRIMMINGS.has(name.text) ? [instead('method', node, expression.getText())] : [];
};

const optionalChain: Rule = (node) => {
  const asked =
    ts.isPropertyAccessExpression(node) || ts.isElementAccessExpression(node) || ts.isCallExpression(node)
      ? node.questionDotToken
      : undefined;
  if (asked === undefined) return [];
  return [instead('optional chain', asked, ts.isPropertyAccessExpression(node) ? '.' : '')];
};

const regex: Rule = (node) =>
  ts.isRegularExpressionLiteral(node) ? regexChanges(node.text).map((text) => instead('regex', node, text)) : [];

/** Three words or more: a sentence for people, whose wording nobody relies on. */
const isProse = (text: string): boolean => (text.trim().match(/\s+/g) ?? []).length >= 2;

const proseAround = (node: ts.Node): boolean => {
  if (ts.isTemplateExpression(node))
    return isProse([node.head, ...node.templateSpans.map((span) => span.literal)].map((part) => part.text).join('#'));
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === SyntaxKind.PlusToken)
    return proseAround(node.left) || proseAround(node.right);
  return ts.isStringLiteralLike(node) && isProse(node.text);
};

/** Part of a sentence, be it the ending of a plural. */
const isWording = (node: ts.Node): boolean => {
  for (let at = node; !ts.isStatement(at) && !ts.isSourceFile(at); at = at.parent) if (proseAround(at)) return true;
  return false;
};

const text: Rule = (node, types) => {
  if (!ts.isStringLiteralLike(node) && !ts.isTemplateExpression(node)) return [];
  if (ts.isTaggedTemplateExpression(node.parent) || isWording(node)) return [];
  if (ts.isTemplateExpression(node)) return [instead('text', node, "''")];
  // Where the types know a list of words, a wrong word of that list is the mistake that they let through.
  const expected = types.getContextualType(node);
  const words = expected?.isUnion() ? expected.types.filter((type) => type.isStringLiteral()) : [];
  // In an order of ours: the compiler's depends on what else it has read.
  const [other] = words
    .map(({ value }) => value)
    .filter((word) => word !== node.text)
    .sort();
  if (other !== undefined) return [instead('word', node, JSON.stringify(other))];
  return [instead('text', node, node.text === '' ? "'mutant'" : "''")];
};

const result: Rule = (node, types) => {
  const given = ts.isReturnStatement(node)
    ? node.expression
    : ts.isArrowFunction(node) && !ts.isBlock(node.body)
      ? node.body
      : undefined;
  if (given === undefined) return [];
  const type = types.getTypeAtLocation(given);
  const plain = ts.isCallExpression(given) || ts.isPropertyAccessExpression(given) || ts.isIdentifier(given);
  if (plain && (type.flags & ts.TypeFlags.BooleanLike) !== 0)
    return [instead('result', given, `!(${given.getText()})`)];
  const expected = types.getContextualType(given);
  const mayBeNothing = expected?.isUnion() && expected.types.some((one) => (one.flags & ts.TypeFlags.Undefined) !== 0);
  return mayBeNothing && given.getText() !== 'undefined' ? [instead('result', given, 'undefined')] : [];
};

const statement: Rule = (node) =>
  ts.isExpressionStatement(node) && !ts.isStringLiteral(node.expression)
    ? [instead('statement', node.expression, 'void 0')]
    : [];

/** The branch of an `if` is not among them: that is what its condition does as `false`. */
const block: Rule = (node) => {
  if (!ts.isBlock(node) || node.statements.length === 0) return [];
  const { parent } = node;
  if (ts.isIfStatement(parent) && parent.thenStatement === node) return [];
  if (ts.isWhileStatement(parent) || ts.isForStatement(parent)) return [];
  return [instead('block', node, '{}')];
};

const RULES: readonly Rule[] = [
  operator,
  condition,
  constant,
  unary,
  collection,
  call,
  optionalChain,
  regex,
  text,
  result,
  statement,
  block,
];

/** All the small mistakes that somebody could have made at this node. */
export const changesAt: Rule = (node, types) => RULES.flatMap((rule) => rule(node, types));
