import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import type { Json } from './draft.ts'

const word = (text: string): string => text

/** One input of a form. Its path is relative to the body, or to the item of a list. */
export type Field = {
  path: string
  label: string
  /** `media`: a link or an id. `header`: one of the headers that may stand above the body. */
  kind?: 'line' | 'area' | 'media' | 'header' | 'number'
  limit?: number
  help?: string
  /** When the input is empty, this path is removed: the field itself, or its parent. */
  drops?: string
  headers?: readonly string[]
}
export type ListField = {
  path: string
  label: string
  kind: 'list'
  add: string
  fewest: number
  most: number
  make: (i: number) => unknown
  fields: FormPart[]
}
/** Fields that most users do not need, folded by default. */
export type GroupField = { path: string; label: string; kind: 'group'; fields: Field[] }
export type FormPart = Field | ListField | GroupField

export type Kind = {
  id: string
  label: string
  start: () => Json
  fields: FormPart[]
  /** True for types that may be sent when the window is closed. */
  always?: boolean
}

const MEDIA_HEADERS = ['none', 'text', 'image', 'video', 'document'] as const

export const bodyField = (limit: number = LIMITS.body): Field => ({
  path: 'interactive.body.text',
  label: word('Body'),
  kind: 'area',
  limit,
})
export const footerField: Field = {
  path: 'interactive.footer.text',
  label: word('Footer, if any'),
  limit: LIMITS.footer,
  drops: 'interactive.footer',
}
export const headerField = (headers: readonly string[] = MEDIA_HEADERS): Field => ({
  path: 'interactive.header',
  label: word('Header'),
  kind: 'header',
  headers,
})

/** A message of cards side by side. `make` returns an empty card for an index. */
export function cardsKind(id: string, label: string, make: (i: number) => Json, fields: FormPart[]): Kind {
  return {
    id,
    label,
    start: () => ({
      type: 'interactive',
      interactive: { type: 'carousel', body: { text: '' }, action: { cards: [make(0), make(1)] } },
    }),
    fields: [
      bodyField(),
      {
        path: 'interactive.action.cards',
        kind: 'list',
        label: word('Card'),
        add: word('Add a card'),
        fewest: LIMITS.fewestCards,
        most: LIMITS.mostCards,
        make,
        fields,
      },
    ],
  }
}
