import type { WireTemplateDefinition } from '@postern/cloud-api'
import { isObject, lengthOf, wordOf, type Json } from './checker.ts'
import { fillButtons } from './fill-buttons.ts'
import { GraphError } from './graph-error.ts'
import { isWord, VARIABLE, mismatch, parametersOf, same, textOf, variablesOf, wrongCount } from './template-parts.ts'
import type { Face, Template } from './world.ts'

/**
 * Fills a template with the parameters of a send, with all checks of the template. Returns the message that the phone
 * shows.
 * @throws GraphError 132000, 132005, 132012, 132018, 131008 or 131009
 */
export function fillTemplate(template: Template, components: readonly Json[]): Face {
  return fillComponents(template, template.components, components)
}

function fillComponents(template: Template, parts: readonly WireTemplateDefinition[], sent: readonly Json[]): Face {
  const part = (type: string) => parts.find((p) => same(p.type, type))
  const component = (type: string) => sent.find((c) => same(c['type'], type))
  const face: Face = {}
  for (const type of ['header', 'body', 'limited_time_offer', 'carousel']) {
    // Meta does not document a second component of the same type. The sandbox counts it as too many.
    const given = sent.filter((c) => same(c['type'], type)).length
    if (given > 1) wrongCount(type, given, 1)
  }

  const header = part('header')
  const filledHeader = fillHeader(template, header, component('header'))
  if (filledHeader) face.header = filledHeader

  const body = part('body')
  const text = fillText(template, 'body', body?.text, parametersOf(component('body')), 1024)
  if (text !== undefined) face.body = text
  const footer = part('footer')
  if (footer?.text !== undefined) face.footer = footer.text

  if (part('limited_time_offer')) fillOffer(part('limited_time_offer')!, component('limited_time_offer'))
  else if (component('limited_time_offer')) mismatch('limited_time_offer', 'UNKNOWN', 'LIMITED_TIME_OFFER')

  const buttons = fillButtons(
    template,
    part('buttons')?.buttons ?? [],
    sent.filter((c) => same(c['type'], 'button')),
  )
  if (buttons.length > 0) face.buttons = buttons

  if (template.category === 'AUTHENTICATION') checkCodes(sent)
  const carousel = part('carousel')
  const cards = component('carousel')?.['cards']
  if (carousel) {
    const expected = carousel.cards ?? []
    const given = Array.isArray(cards) ? (cards as Json[]) : []
    if (given.length !== expected.length) wrongCount('carousel', given.length, expected.length)
    face.cards = expected.map((card, i) => {
      const match = given.find((c) => c['card_index'] === i)
      if (!match) throw new GraphError(132012, { details: `carousel: card ${i} is missing` })
      return fillComponents(template, card.components, (match['components'] as Json[] | undefined) ?? [])
    })
  } else if (cards !== undefined) mismatch('carousel', 'UNKNOWN', 'CAROUSEL')
  return face
}

/** The code is in the body and in the button, and both must be equal. */
function checkCodes(sent: readonly Json[]): void {
  const parameters = sent.flatMap((c) => parametersOf(c))
  const other = parameters.find((p) => !same(p['type'], 'text'))
  if (other) mismatch('body', 'TEXT', wordOf(other['type']).toUpperCase())
  const codes = parameters.map((p) => p['text'])
  if (new Set(codes).size > 1) {
    throw new GraphError(132012, { details: 'buttons: the code must be the same as in the body' })
  }
}

function fillHeader(
  template: Template,
  header: WireTemplateDefinition | undefined,
  sent: Json | undefined,
): Json | undefined {
  const parameters = parametersOf(sent)
  const format = header ? (header.format ?? 'TEXT').toUpperCase() : undefined
  if (format === undefined && parameters.length > 0) wrongCount('header', parameters.length, 0)
  if (format === undefined || format === 'TEXT') {
    // Currencies and dates are allowed in the body only.
    const other = parameters.find((p) => !same(p['type'], 'text'))
    if (other) mismatch('header', 'TEXT', wordOf(other['type']).toUpperCase())
    const text = fillText(template, 'header', header?.text, parameters, 60)
    return text === undefined ? undefined : { type: 'text', text }
  }
  const wanted = format.toLowerCase()
  const [parameter, ...more] = parameters
  if (!parameter) mismatch('header', format, 'UNKNOWN')
  if (!same(parameter['type'], wanted)) mismatch('header', format, wordOf(parameter['type']).toUpperCase())
  if (more.length > 0) wrongCount('header', parameters.length, 1)
  return { type: wanted, [wanted]: parameter[wanted] }
}

/** Fills the variables of a text. The checks are the same for every text parameter. */
function fillText(
  template: Template,
  where: 'header' | 'body',
  text: string | undefined,
  parameters: readonly Json[],
  most: number,
): string | undefined {
  const names = variablesOf(text)
  for (const parameter of parameters) {
    const type = wordOf(parameter['type']).toLowerCase()
    if (!['text', 'currency', 'date_time'].includes(type)) mismatch(where, 'TEXT', type.toUpperCase())
  }
  if (parameters.length !== names.length) wrongCount(where, parameters.length, names.length)
  const named = template.parameter_format === 'NAMED'
  const values = new Map<string, string>()
  parameters.forEach((parameter, i) => {
    const name = parameter['parameter_name']
    if (named !== isWord(name) || (named && !names.includes(name as string))) {
      throw new GraphError(132012, {
        details: `${where}: Parameter name is missing or does not match the created template`,
      })
    }
    if (named && values.has(name as string)) {
      throw new GraphError(132012, { details: `${where}: Parameter name is given twice` })
    }
    values.set(named ? (name as string) : names[i]!, textOf(parameter))
  })
  const filled = text?.replace(VARIABLE, (_, name: string) => values.get(name) ?? '')
  if (filled !== undefined && lengthOf(filled) > most) {
    throw new GraphError(132005, {
      details: `${where}: text is longer than ${most} characters after its parameters are filled in`,
    })
  }
  return filled
}

function fillOffer(offer: WireTemplateDefinition, sent: Json | undefined): void {
  const declared = offer['limited_time_offer']
  const needed = isObject(declared) && declared['has_expiration'] === true
  const [parameter, ...more] = parametersOf(sent)
  if (!parameter) {
    if (needed || sent) throw new GraphError(131008, { details: 'limited_time_offer: expiration_time_ms is required' })
    return
  }
  if (more.length > 0) wrongCount('limited_time_offer', more.length + 1, 1)
  if (!same(parameter['type'], 'limited_time_offer')) {
    mismatch('limited_time_offer', 'LIMITED_TIME_OFFER', wordOf(parameter['type']).toUpperCase())
  }
  const value = parameter['limited_time_offer']
  const expires = isObject(value) ? Number(value['expiration_time_ms']) : Number.NaN
  if (!Number.isFinite(expires)) {
    throw new GraphError(131008, { details: 'limited_time_offer: expiration_time_ms is required' })
  }
  // A value in seconds, read as milliseconds, is in January 1970.
  if (expires < 1e12) throw new GraphError(131009, { details: 'limited_time_offer: expiration_time_ms is in the past' })
}
