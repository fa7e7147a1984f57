import type { WireTemplateDefinition, WireTemplateEntry } from '@postern/cloud-api'
import type { TemplateComponent } from '../messages/message.ts'
import type { CatalogEntry } from './catalog-entry.ts'
import { checkTemplate } from './check-template.ts'
import { readTemplate } from './read-template.ts'

/** Templates for tests, in the form of Meta's list. */

export type Json = Record<string, unknown>

export function wire(components: WireTemplateDefinition[], more: Partial<WireTemplateEntry> = {}): WireTemplateEntry {
  return {
    id: '1478820956612233',
    name: 'order_ready',
    language: 'en_US',
    status: 'APPROVED',
    category: 'MARKETING',
    components,
    ...more,
  }
}

export function entryOf(components: WireTemplateDefinition[], more: Partial<WireTemplateEntry> = {}): CatalogEntry {
  const entry = readTemplate(wire(components, more))
  if (!entry) throw new Error('the template of this test cannot be read')
  return entry
}

export const body = (text: string): WireTemplateDefinition => ({ type: 'BODY', text })
export const header = (format: string, text?: string): WireTemplateDefinition => ({
  type: 'HEADER',
  format,
  ...(text !== undefined && { text }),
})
export const buttons = (...list: Json[]): WireTemplateDefinition => ({
  type: 'BUTTONS',
  buttons: list as { type: string }[],
})

export const text = (words: string): Json => ({ type: 'text', text: words })
export const sentBody = (...parameters: Json[]): Json => ({ type: 'body', parameters })
export const sentHeader = (...parameters: Json[]): Json => ({ type: 'header', parameters })
export const sentButton = (sub_type: string, index: string | number, ...parameters: Json[]): Json => ({
  type: 'button',
  sub_type,
  index,
  parameters,
})
export const image: Json = { type: 'image', image: { link: 'https://files.example/a.png' } }

/** The code, and `path rule` for each field; or `ok`. */
export function verdict(entry: CatalogEntry, components?: Json[]): string[] {
  const checked = checkTemplate(entry, components ? { components: components as TemplateComponent[] } : {})
  if (checked.ok) return ['ok']
  return [String(checked.code), ...checked.fields.map((field) => `${field.path} ${field.rule}`)]
}
