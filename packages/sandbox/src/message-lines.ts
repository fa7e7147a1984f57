import { isObject, type Json } from './checker.ts'
import { choicesOf, textOf, type Choice } from './message-view.ts'
import type { Face, Message } from './world.ts'

const PLAIN = new Set(['text', 'interactive', 'button', 'template', 'system'])

/**
 * A message as a person sees it, line by line: header, text, footer, and what can be tapped. For tests that compare
 * conversations: it has no ids and no times of its own.
 */
export function linesOf(message: Message): string[] {
  const content = isObject(message.content) ? message.content : {}
  const parts = message.face
    ? [headerOf(message.face.header), message.face.body, message.face.footer, ...cardsOf(message.face)]
    : message.type === 'interactive'
      ? [headerOf(content['header']), textOf(message), textIn(content['footer'])]
      : [PLAIN.has(message.type) ? textOf(message) : `(${message.type}) ${textOf(message)}`.trim()]
  const choices = message.direction === 'out' ? choicesOf(message).filter(({ card }) => card === undefined) : []
  const opener = message.type === 'interactive' && content['type'] === 'list' ? [`[${openerOf(content)}]`] : []
  return [...parts.flatMap((part) => (part ? part.split('\n') : [])), ...opener, ...choices.map(lineOf)]
}

function cardsOf({ cards = [] }: Face): string[] {
  return cards.flatMap(({ header, body, buttons = [] }, i) => [
    `card ${i + 1}: ${[headerOf(header), body].filter(Boolean).join(' ')}`,
    ...buttons.map(({ text }) => `  [${text}]`),
  ])
}

function headerOf(header: unknown): string | undefined {
  if (!isObject(header)) return undefined
  const type = String(header['type'] ?? 'text').toLowerCase()
  if (type === 'text') return typeof header['text'] === 'string' ? header['text'] : undefined
  const content = header[type]
  const name = isObject(content) && typeof content['filename'] === 'string' ? ` ${content['filename']}` : ''
  return `(${type}${name})`
}

const textIn = (part: unknown): string | undefined =>
  isObject(part) && typeof part['text'] === 'string' ? part['text'] : undefined

function openerOf(content: Json): string {
  const action = content['action']
  return isObject(action) ? String(action['button'] ?? '') : ''
}

function lineOf({ kind, title, description, url }: Choice): string {
  if (kind === 'row') return `- ${title}${description === undefined ? '' : `: ${description}`}`
  return kind === 'url' ? `[${title}] ${url ?? ''}`.trim() : `[${title}]`
}
