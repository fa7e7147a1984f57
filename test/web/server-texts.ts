import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { ERROR_CODES, TEMPLATE_SUBCODES } from '../../packages/cloud-api/src/error-codes.ts'
import { ERRORS } from '../../packages/gateway/src/platform/errors.ts'

const SRC = fileURLToPath(new URL('../../packages/', import.meta.url))

/** Folders with texts that one of the pages shows. */
const ROOMS = [
  'gateway/src/http/admin',
  'gateway/src/http/console',
  'gateway/src/http/external',
  'gateway/src/http/idempotency.ts',
  'gateway/src/http/server.ts',
  'gateway/src/http/shapes.ts',
  'gateway/src/http/authorize.ts',
  'gateway/src/domain/people',
  'gateway/src/domain/channels',
  'gateway/src/domain/incidents',
  'gateway/src/domain/setup',
  'gateway/src/domain/story.ts',
  'gateway/src/flows/setup',
  'gateway/src/platform/cloud-api/errors.ts',
  'gateway/src/flows/deliver',
  'gateway/src/domain/fields',
  'gateway/src/flows/media',
  'gateway/src/domain/messages',
  'gateway/src/flows/send',
  'sandbox/src/app-history.ts',
  'sandbox/src/arrivals.ts',
  'sandbox/src/calls.ts',
  'sandbox/src/connection.ts',
  'sandbox/src/control',
  'sandbox/src/edits.ts',
  'sandbox/src/faults.ts',
  'sandbox/src/groups.ts',
  'sandbox/src/identity.ts',
  'sandbox/src/inbound.ts',
  'sandbox/src/phone.ts',
  'sandbox/src/setup.ts',
  'sandbox/src/standing.ts',
  'gateway/src/domain/templates',
]

/** Keys and names whose values are texts for people. */
const SAYING = new Set([
  'says',
  'what',
  'message',
  'problem',
  'wants',
  'got',
  'why',
  'wanted',
  'reason',
  'advice',
  'meaning',
])
/** Tables of phrases that occur inside others. */
const TABLES = new Set(['NAMES', 'WORDS', 'ADVICE'])
/** The index of the text argument of these calls. */
const SAYING_CALLS: Record<string, number> = {
  matching: 1,
  oneOfTwo: 2,
  fail: 2,
  problem: 2,
  SetupError: 0,
  NotFound: 0,
  MediaUnreachable: 1,
  Error: 0,
  super: 0,
  refuse: 2,
  none: 0,
  note: 0,
  missing: 1,
  giveUp: 0,
}

/** Parts of sentences that occur elsewhere as a whole, and texts that only a bug could produce. */
const NO_SENTENCES = new Set([
  '7, got 7',
  ', got 7',
  'text with ',
  '7 (7) in the 7',
  'must not hold : WhatsApp allows neither line breaks, tabs nor more than 4 spaces in a row here',
  'an accepted message is no failure',
  'no language was chosen for the template 7',
  'sandbox: there is no business number ',
])

export type ServerText = { file: string; text: string }

/**
 * Every sentence that the server can send to a page, found in its source: a gap of a template is filled with `7`, and a
 * choice between two texts counts as both.
 */
export function serverTexts(): ServerText[] {
  const found = new Map<string, string>()
  const add = (text: string, file: string): void => {
    // A single word is a name or a value, not a sentence.
    if (/[a-z] [a-z0-9]/i.test(text) && !NO_SENTENCES.has(text)) found.set(text, file)
  }
  for (const file of files()) {
    const source = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.Latest, true)
    const look = (node: ts.Node): void => {
      const said = saidBy(node)
      if (said) for (const text of textsOf(said)) add(text, file)
      ts.forEachChild(node, look)
    }
    look(source)
  }
  for (const { says } of Object.values(ERRORS)) add(says.replace(/\{\w+\}/g, '7'), 'errors.ts')
  for (const { meaning, advice } of Object.values(ERROR_CODES)) {
    add(meaning, 'cloud-api/error-codes.ts')
    add(advice, 'cloud-api/error-codes.ts')
  }
  for (const meaning of Object.values(TEMPLATE_SUBCODES)) add(meaning, 'cloud-api/error-codes.ts')
  return [...found].map(([text, file]) => ({ file, text }))
}

function files(): string[] {
  return ROOMS.flatMap((room) =>
    room.endsWith('.ts')
      ? [room]
      : readdirSync(join(SRC, room), { recursive: true, encoding: 'utf8' }).map((name) => `${room}/${name}`),
  ).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/\/test-\w+\.ts$/.test(name))
}

function saidBy(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node) && SAYING.has(node.name.getText())) return node.initializer
  if (ts.isVariableDeclaration(node) && SAYING.has(node.name.getText())) return node.initializer
  if (ts.isPropertyAssignment(node) && isInTable(node)) return node.initializer
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined
  const at = SAYING_CALLS[node.expression.getText()]
  return at === undefined ? undefined : node.arguments?.[at]
}

function isInTable(node: ts.PropertyAssignment): boolean {
  const declaration = node.parent.parent
  return ts.isVariableDeclaration(declaration) && TABLES.has(declaration.name.getText())
}

/** The possible texts of an expression. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return [node.text]
  if (ts.isParenthesizedExpression(node) || ts.isAsExpression(node)) return textsOf(node.expression)
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)]
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken)
    return [...textsOf(node.left), ...textsOf(node.right)]
  if (!ts.isTemplateExpression(node)) return []
  let texts = [node.head.text]
  for (const { expression, literal } of node.templateSpans) {
    const fills = textsOf(ts.isIdentifier(expression) ? (choiceCalled(expression) ?? expression) : expression)
    const choices = fills.length > 0 ? fills : ['7']
    texts = texts.flatMap((text) => choices.map((fill) => text + fill + literal.text))
  }
  return texts
}

/** `const words = most ? 'at most' : 'at least'`, found by its name. */
function choiceCalled(name: ts.Identifier): ts.Expression | undefined {
  let found: ts.Expression | undefined
  const look = (node: ts.Node): void => {
    const fits = ts.isVariableDeclaration(node) && node.name.getText() === name.text
    if (fits && node.initializer && ts.isConditionalExpression(node.initializer)) found ??= node.initializer
    if (!found) ts.forEachChild(node, look)
  }
  look(name.getSourceFile())
  return found
}
