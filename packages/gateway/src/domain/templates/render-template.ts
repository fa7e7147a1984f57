import type { TemplateComponent, TemplateParameter } from '../messages/message.ts'
import type { MediaContent } from '@postern/cloud-api'
import type { ButtonWants, CardWants, CatalogEntry, HeaderKind, HeaderWants, TextWants } from './catalog-entry.ts'
import { nameOf, printed } from './check-text.ts'
import { fill } from './variables.ts'

/** The message that the contact sees. */
export type RenderedTemplate = {
  header?: RenderedHeader
  body: string
  footer?: string
  buttons: RenderedButton[]
  offer?: { text: string; expiresAt?: number }
  cards?: RenderedCard[]
}

export type RenderedHeader = { kind: HeaderKind; text?: string; media?: MediaContent; place?: unknown }
export type RenderedButton = { kind: string; text: string; url?: string; phoneNumber?: string; code?: string }
export type RenderedCard = { header?: RenderedHeader; body?: string; buttons: RenderedButton[] }

/** Fills a template with a send's components. Never refuses: a variable without a value stays as written. */
export function renderTemplate(entry: CatalogEntry, components: readonly TemplateComponent[] = []): RenderedTemplate {
  const { wants } = entry
  const card = renderParts(wants, components)
  const offer = wants.offer && renderOffer(wants.offer.text, components)
  const sent = components.find((component) => 'cards' in component)
  const sentCards = sent && 'cards' in sent ? sent.cards : []
  return {
    ...card,
    body: card.body ?? '',
    ...(wants.footer !== undefined && { footer: wants.footer }),
    ...(offer && { offer }),
    ...(wants.cards && {
      cards: wants.cards.map((want, i) =>
        renderParts(want, sentCards.find((one) => one.card_index === i)?.components ?? []),
      ),
    }),
  }
}

function renderParts(wants: CardWants, components: readonly TemplateComponent[]): RenderedCard {
  const header = wants.header && renderHeader(wants.header, parametersOf(components, 'header'))
  return {
    ...(header && { header }),
    ...(wants.body && { body: filled(wants.body, parametersOf(components, 'body')) }),
    buttons: wants.buttons.map((button, i) => renderButton(button, buttonParameter(components, i))),
  }
}

function renderHeader(wants: HeaderWants, parameters: readonly TemplateParameter[]): RenderedHeader {
  if (wants.text) return { kind: wants.kind, text: filled(wants.text, parameters) }
  const first = parameters[0]
  if (!first) return { kind: wants.kind }
  if ('location' in first) return { kind: wants.kind, place: first.location }
  const media = (first as Record<string, unknown>)[first.type.toLowerCase()]
  return typeof media === 'object' ? { kind: wants.kind, media: media as MediaContent } : { kind: wants.kind }
}

function renderButton(wants: ButtonWants, parameter: TemplateParameter | undefined): RenderedButton {
  const value = parameter && 'text' in parameter && parameter.text !== '' ? parameter.text : undefined
  // A URL has one variable, whatever its name.
  const url = wants.url !== undefined && value !== undefined ? fill(wants.url, () => value) : wants.url
  const code = parameter && 'coupon_code' in parameter ? parameter.coupon_code : wants.isOtp ? value : undefined
  return {
    kind: wants.kind,
    text: wants.text,
    ...(url !== undefined && { url }),
    ...(wants.phoneNumber !== undefined && { phoneNumber: wants.phoneNumber }),
    ...(code !== undefined && { code }),
  }
}

function renderOffer(text: string, components: readonly TemplateComponent[]) {
  const parameter = parametersOf(components, 'limited_time_offer')[0]
  if (!parameter || !('limited_time_offer' in parameter)) return { text }
  return { text, expiresAt: parameter.limited_time_offer.expiration_time_ms }
}

function filled(wants: TextWants, parameters: readonly TemplateParameter[]): string {
  const values = new Map<string, string>()
  parameters.forEach((parameter, i) => {
    const name = nameOf(parameter) ?? wants.variables[i]
    const text = printed(parameter)
    // WhatsApp takes no empty text: this one is not written yet.
    if (name !== undefined && text !== '') values.set(name, text)
  })
  return fill(wants.text, (name) => values.get(name))
}

function parametersOf(components: readonly TemplateComponent[], type: string): readonly TemplateParameter[] {
  const component = components.find((one) => one.type.toLowerCase() === type)
  return component && 'parameters' in component ? (component.parameters ?? []) : []
}

function buttonParameter(components: readonly TemplateComponent[], index: number): TemplateParameter | undefined {
  for (const component of components) {
    if ('sub_type' in component && Number(component.index) === index) return component.parameters?.[0]
  }
  return undefined
}
