import ts from 'typescript'

/** One small change of a file: the text from `start` to `end` becomes `text`. */
export type Mutation = { file: string; line: number; start: number; end: number; was: string; text: string }

const OPERATORS: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
  [ts.SyntaxKind.AmpersandAmpersandToken]: '||',
  [ts.SyntaxKind.BarBarToken]: '&&',
  [ts.SyntaxKind.PlusToken]: '-',
  [ts.SyntaxKind.MinusToken]: '+',
  [ts.SyntaxKind.AsteriskToken]: '/',
}

/** Every mutation of one file, except in types and in sentences for people. */
export function mutationsOf(file: string, source: string): Mutation[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found: Mutation[] = []
  const replace = (node: ts.Node, text: string): void => {
    const start = node.getStart(tree)
    const { line } = tree.getLineAndCharacterOfPosition(start)
    found.push({ file, line: line + 1, start, end: node.end, was: node.getText(tree), text })
  }
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isTypeAliasDeclaration(node)) return
    if (ts.isInterfaceDeclaration(node) || ts.isExportDeclaration(node)) return
    if (ts.isBinaryExpression(node)) {
      const other = OPERATORS[node.operatorToken.kind]
      const joinsTexts = node.operatorToken.kind === ts.SyntaxKind.PlusToken && holdsText(node)
      if (other !== undefined && !joinsTexts) replace(node.operatorToken, other)
    }
    if (ts.isIfStatement(node)) for (const value of ['true', 'false']) replace(node.expression, value)
    if (ts.isConditionalExpression(node)) for (const value of ['true', 'false']) replace(node.condition, value)
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
      replace(node, node.operand.getText(tree))
    if (ts.isNumericLiteral(node)) replace(node, `(${node.text} + 1)`)
    if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, 'false')
    if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, 'true')
    if (ts.isStringLiteral(node) && isWord(node)) replace(node, `${JSON.stringify(`${node.text}~`)}`)
    if (ts.isExpressionStatement(node)) {
      if (ts.isCallExpression(node.expression)) replace(node, ';')
      // The work is done without being awaited.
      if (ts.isAwaitExpression(node.expression)) {
        replace(node, ';')
        replace(node, `void ${node.expression.expression.getText(tree)}`)
      }
    }
    if (node.kind === ts.SyntaxKind.RegularExpressionLiteral) {
      const text = node.getText(tree)
      if (text.startsWith('/^')) replace(node, `/${text.slice(2)}`)
      const end = text.lastIndexOf('/')
      if (text[end - 1] === '$' && text[end - 2] !== '\\') replace(node, text.slice(0, end - 1) + text.slice(end))
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

const holdsText = (node: ts.BinaryExpression): boolean =>
  [node.left, node.right].some(
    (side) =>
      ts.isStringLiteralLike(side) || ts.isTemplateExpression(side) || (ts.isBinaryExpression(side) && holdsText(side)),
  )

/** A value and not a sentence: a kind, a state, a key. Comparisons are mutated by their operators already. */
function isWord(node: ts.StringLiteral): boolean {
  const { parent } = node
  if (!/^[\w./:-]+$/.test(node.text)) return false
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node
  return ts.isArrayLiteralExpression(parent) || ts.isReturnStatement(parent) || ts.isCallExpression(parent)
}
