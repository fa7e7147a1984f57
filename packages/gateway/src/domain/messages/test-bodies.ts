import type { FieldProblem } from '../fields/problem.ts'
import { parseMessage } from './parse.ts'

/** Valid bodies for tests, so that a test can break one thing at a time. */

export type Json = Record<string, unknown>

const TO = '85268411234'

export function textBody(text: unknown = 'Hello'): Json {
  return { to: TO, type: 'text', text }
}

export function interactiveBody(interactive: Json): Json {
  return { to: TO, type: 'interactive', interactive }
}

export function of(type: string, content: unknown, more: Json = {}): Json {
  return { to: TO, type, [type]: content, ...more }
}

export const cta = (): Json => ({ name: 'cta_url', parameters: { display_text: 'Buy', url: 'https://shop.example/0' } })

export const reply = (id: string, title: string): Json => ({ type: 'reply', reply: { id, title } })

export const quick = (id: string, title: string): Json => ({ type: 'quick_reply', quick_reply: { id, title } })

export const urlCard = (card_index: number): Json => ({
  card_index,
  header: { type: 'image', image: { link: 'https://files.example/0.jpeg' } },
  action: cta(),
})

export const quickCard = (card_index: number, ...buttons: Json[]): Json => ({
  card_index,
  header: { type: 'video', video: { link: 'https://files.example/0.mp4' } },
  action: { buttons: buttons.length > 0 ? buttons : [quick(`q${card_index}`, 'More')] },
})

export const button = (...buttons: Json[]): Json => ({
  type: 'button',
  body: { text: 'Shall we?' },
  action: { buttons: buttons.length > 0 ? buttons : [reply('yes', 'Yes'), reply('no', 'No')] },
})

export const row = (id: string): Json => ({ id, title: `Row ${id}` })

export const section = (title: string, ...rows: Json[]): Json => ({
  title,
  rows: rows.length > 0 ? rows : [row(title)],
})

export const list = (...sections: Json[]): Json => ({
  type: 'list',
  body: { text: 'Which?' },
  action: { button: 'Options', sections: sections.length > 0 ? sections : [section('A')] },
})

export const urlButton = (): Json => ({ type: 'cta_url', body: { text: 'See' }, action: cta() })

export const carousel = (...cards: Json[]): Json => ({
  type: 'carousel',
  body: { text: 'New' },
  action: { cards: cards.length > 0 ? cards : [urlCard(0), urlCard(1)] },
})

/** Returns a copy of `value` with another value at `path`. `undefined` removes the key. */
export function withAt(value: Json, path: string, put: unknown): Json {
  const copy = structuredClone(value)
  const keys = path.split('.')
  const last = keys.pop()!
  let place: Json = copy
  for (const key of keys) place = place[key] as Json
  if (put === undefined) Reflect.deleteProperty(place, last)
  else place[last] = put
  return copy
}

/** The problems of a body. Empty when it is accepted. */
export function problemsWith(body: unknown): FieldProblem[] {
  const parsed = parseMessage(body)
  return parsed.ok ? [] : parsed.problems
}

/** The same in short form: `path rule`. */
export function rulesBroken(body: unknown): string[] {
  return problemsWith(body).map((problem) => `${problem.path} ${problem.rule}`)
}
