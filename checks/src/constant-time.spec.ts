import ts from 'typescript';
import { isSpec, packages, read, written } from './tree.js';

// What binds a login, a token or a proof is compared by equalInConstantTime alone: a comparison that ends at the first
// difference tells a patient listener how much was right.
const binding =
  /^(?:state|nonce|ath|jkt|x5t|hash|thumbprint|verifier|secret|.*(?:Hash|Thumbprint|Verifier|Secret|_hash|_verifier|_secret|#S256))$/;
const equality = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);
/** Methods that compare too. */
const comparing = new Set(['includes', 'indexOf', 'startsWith', 'endsWith', 'localeCompare', 'has']);

/** The comparisons in a source text of something that binds with something that came. */
function comparisonsIn(text: string): string[] {
  const file = ts.createSourceFile('x.ts', text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBinaryExpression(node) && equality.has(node.operatorToken.kind)) {
      const { left, right } = node;
      if ((binds(left) && !isFixed(right)) || (binds(right) && !isFixed(left))) found.push(node.getText());
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name } = node.expression;
      if (comparing.has(name.text) && node.arguments.some(binds)) found.push(node.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Whether an expression ends in a name of something that binds: `login.state`, `nonce`, `claims['ath']`. */
function binds(node: ts.Expression): boolean {
  if (ts.isNonNullExpression(node) || ts.isParenthesizedExpression(node) || ts.isAsExpression(node))
    return binds(node.expression);
  if (ts.isIdentifier(node)) return binding.test(node.text);
  if (ts.isPropertyAccessExpression(node)) return binding.test(node.name.text);
  return (
    ts.isElementAccessExpression(node) &&
    ts.isStringLiteral(node.argumentExpression) &&
    binding.test(node.argumentExpression.text)
  );
}

/** What is written in the program tells nobody anything: undefined, null, true, a text. */
function isFixed(node: ts.Expression): boolean {
  return (
    ts.isLiteralExpression(node) ||
    (ts.isIdentifier(node) && node.text === 'undefined') ||
    [ts.SyntaxKind.NullKeyword, ts.SyntaxKind.TrueKeyword, ts.SyntaxKind.FalseKeyword].includes(node.kind)
  );
}

it.each(packages)('[R91] @latchkey/%s compares nothing that binds but in constant time', (name) => {
  const sources = written(`packages/${name}/src`).filter((path) => path.endsWith('.ts') && !isSpec(path));
  const found = sources.flatMap((path) => comparisonsIn(read(path)).map((text) => `${path}: ${text}`));
  expect(found).toEqual([]);
});

describe('the check itself', () => {
  it.each([
    'a = came.state === login.state;',
    'if (nonce != expected) b();',
    "a = claims['ath'] === hash;",
    'a = came !== login.sessionHash!;',
    'a = (given as string) === settings.clientSecret;',
    'a = claims.at_hash === digest;',
    'a = known.includes(token.nonce);',
    "a = cnf['x5t#S256'] === thumbprint;",
  ])('finds %s', (text) => expect(comparisonsIn(text)).toHaveLength(1));

  it.each([
    'a = state === undefined;',
    "a = typeof nonce === 'string';",
    'a = nonce === null || state !== false;',
    "a = clientAuthMethod === 'client_secret_basic';",
    'a = response.state !== undefined && equalInConstantTime(response.state, login.state);',
    "a = names.includes('state');",
    'a = status === expected;',
  ])('leaves %s alone', (text) => expect(comparisonsIn(text)).toEqual([]));
});
