import type { WireTemplateButton, WireTemplateDefinition, WireTemplateEntry } from '@postern/cloud-api'
import type { ButtonWants, CardWants, CatalogEntry, HeaderKind, HeaderWants, Wants } from './catalog-entry.ts'
import { isNumber, textWants } from './variables.ts'

/** Meta allows far fewer. Parts beyond this limit are ignored. */
const MOST_PARTS = 20
const MOST_TEXT = 40_000

const HEADER_KINDS: ReadonlySet<string> = new Set<HeaderKind>([
  'text',
  'image',
  'video',
  'gif',
  'document',
  'location',
  'product',
])

/** Meta's body of authentication templates, for lists that omit it. */
const AUTHENTICATION_BODY = '*{{1}}* is your verification code.'

/**
 * Reads a template of Meta's list. Keeps unknown components and keys without interpreting them. Undefined when there is
 * no name or no language: such a template cannot be sent.
 */
export function readTemplate(wire: WireTemplateEntry): CatalogEntry | undefined {
  const name = textOf(wire.name, 512)
  // Some of Meta's webhooks have a hyphen where its API has an underscore.
  const language = textOf(wire.language, 16)?.replace('-', '_')
  if (!name || !language) return undefined
  const category = (textOf(wire.category, 64) ?? '').toUpperCase()
  const components = listOf<WireTemplateDefinition>(wire.components)
  const reason = textOf(wire.rejected_reason, 1024)
  const score = textOf(wire.quality_score?.score, 64)
  return {
    id: textOf(wire.id, 64) ?? (typeof wire.id === 'number' ? String(wire.id) : ''),
    name,
    language,
    status: (textOf(wire.status, 64) ?? 'PENDING').toUpperCase(),
    category,
    quality: score === undefined || score === 'UNKNOWN' ? '' : score,
    ...(reason !== undefined && reason !== 'NONE' && { rejectedReason: reason }),
    components,
    wants: wantsOf(components, category === 'AUTHENTICATION', wire.parameter_format),
  }
}

function wantsOf(components: WireTemplateDefinition[], isAuthentication: boolean, format: unknown): Wants {
  const wants: Wants = { isNamed: false, buttons: [] }
  for (const component of components) readComponent(component, wants, isAuthentication)
  if (isAuthentication && !wants.body) wants.body = textWants(AUTHENTICATION_BODY)
  const names = [
    wants.body,
    wants.header?.text,
    ...(wants.cards ?? []).flatMap((card) => [card.body, card.header?.text]),
  ]
  wants.isNamed =
    typeof format === 'string'
      ? format.toUpperCase() === 'NAMED'
      : names.some((text) => text?.variables.some((name) => !isNumber(name)))
  return wants
}

function readComponent(component: WireTemplateDefinition, wants: Wants, isAuthentication: boolean): void {
  const text = textOf(component.text, MOST_TEXT)
  switch (wordOf(component.type)) {
    case 'header':
      wants.header = headerOf(component)
      break
    case 'body':
      if (text !== undefined) wants.body = textWants(text)
      break
    case 'footer':
      if (text !== undefined) wants.footer = text
      break
    case 'buttons':
      wants.buttons = listOf<WireTemplateButton>(component.buttons).map((button) => buttonOf(button, isAuthentication))
      break
    case 'limited_time_offer': {
      const offer = (component.limited_time_offer ?? {}) as Record<string, unknown>
      wants.offer = { text: textOf(offer.text, 64) ?? '', hasExpiration: offer.has_expiration === true }
      break
    }
    case 'carousel':
      wants.cards = listOf<{ components: WireTemplateDefinition[] }>(component.cards).map(cardOf)
  }
}

function headerOf(component: WireTemplateDefinition): HeaderWants {
  const format = wordOf(component.format) || 'text'
  if (!HEADER_KINDS.has(format)) return { kind: 'other' }
  const kind = format as HeaderKind
  return kind === 'text' ? { kind, text: textWants(textOf(component.text, MOST_TEXT) ?? '') } : { kind }
}

function buttonOf(button: WireTemplateButton, isAuthentication: boolean): ButtonWants {
  const kind = wordOf(button.type)
  const text = textOf(button.text, 256) ?? ''
  const url = textOf(button.url, 4096)
  // A send fills every kind of code button (copy, one tap, zero tap) as a URL button.
  const isOtp = kind === 'otp' || (isAuthentication && (kind === 'url' || kind === 'copy_code'))
  if (isOtp) return { kind: 'url', text, ...(url !== undefined && { url }), hasVariable: true, isOtp }
  if (kind === 'url') {
    return { kind, text, ...(url !== undefined && { url }), hasVariable: textWants(url ?? '').variables.length > 0 }
  }
  const phoneNumber = textOf(button.phone_number, 64)
  return { kind, text, ...(phoneNumber !== undefined && { phoneNumber }) }
}

function cardOf(card: { components: WireTemplateDefinition[] }): CardWants {
  const wants: Wants = { isNamed: false, buttons: [] }
  for (const component of listOf<WireTemplateDefinition>(card.components)) readComponent(component, wants, false)
  return {
    ...(wants.header && { header: wants.header }),
    ...(wants.body && { body: wants.body }),
    buttons: wants.buttons,
  }
}

function wordOf(value: unknown): string {
  return textOf(value, 64)?.toLowerCase() ?? ''
}

function textOf(value: unknown, most: number): string | undefined {
  return typeof value === 'string' ? value.slice(0, most) : undefined
}

function listOf<T extends object>(value: unknown): T[] {
  if (!Array.isArray(value)) return []
  return (value as unknown[])
    .slice(0, MOST_PARTS)
    .filter((item): item is T => typeof item === 'object' && item !== null)
}
