import type { WireTemplateDefinition } from '@postern/cloud-api'
import { checkLocation, checkMedia, type MediaKnown } from './check-content.ts'
import { Checker, at, isObject, lengthOf, wordOf, type Json } from './checker.ts'
import { GraphError, invalid } from './graph-error.ts'
import type { Face, FaceButton, Template } from './world.ts'

const COMPONENTS = ['header', 'body', 'button', 'carousel', 'limited_time_offer', 'order_status']
const PARAMETERS = [
  'text',
  'currency',
  'date_time',
  'image',
  'video',
  'gif',
  'document',
  'location',
  'product',
  'payload',
  'coupon_code',
  'action',
  'limited_time_offer',
  'order_status',
  'ttl_minutes',
]

/** Shape only: everything that is wrong whatever the template looks like. */
export function checkTemplateShape(check: Checker, body: Json, known: MediaKnown): void {
  const template = check.object(body, 'template', '')
  check.onlyKeys(template, ['name', 'language', 'components', 'namespace'], 'template')
  check.string(template, 'name', 'template', 512)
  const language = check.object(template, 'language', 'template')
  check.onlyKeys(language, ['code', 'policy'], "template['language']")
  check.string(language, 'code', "template['language']")
  if (language['policy'] !== undefined) check.word(language, 'policy', "template['language']", ['deterministic'])
  if (template['components'] === undefined || template['components'] === null) return
  check.objects(template, 'components', 'template').forEach((component, i) => {
    checkComponent(check, component, at("template['components']", i), known)
  })
}

function checkComponent(check: Checker, component: Json, path: string, known: MediaKnown): void {
  const type = check.word(component, 'type', path, COMPONENTS)
  check.onlyKeys(
    component,
    type === 'button' ? ['type', 'sub_type', 'index', 'parameters'] : ['type', 'parameters', 'cards'],
    path,
  )
  if (type === 'button') {
    check.string(component, 'sub_type', path)
    const index = component['index']
    if (index === undefined) throw invalid(`The parameter ${at(path, 'index')} is required.`)
    if (!/^\d$/.test(String(index))) throw invalid(`Param ${at(path, 'index')} must be an integer from 0 to 9.`)
  }
  if (type === 'carousel') {
    check.objects(component, 'cards', path).forEach((card, i) => {
      const where = at(at(path, 'cards'), i)
      check.onlyKeys(card, ['card_index', 'components'], where)
      if (!Number.isInteger(card['card_index'])) throw invalid(`The parameter ${at(where, 'card_index')} is required.`)
      check.objects(card, 'components', where).forEach((inner, j) => {
        checkComponent(check, inner, at(at(where, 'components'), j), known)
      })
    })
    return
  }
  if (component['parameters'] === undefined) return
  check.objects(component, 'parameters', path).forEach((parameter, i) => {
    checkParameter(check, parameter, at(at(path, 'parameters'), i), known)
  })
}

function checkParameter(check: Checker, parameter: Json, path: string, known: MediaKnown): void {
  const type = check.word(parameter, 'type', path, PARAMETERS)
  check.onlyKeys(parameter, ['type', type, 'parameter_name'], path)
  const value = parameter[type]
  switch (type) {
    case 'text':
    case 'payload':
    case 'coupon_code':
      if (value !== undefined && typeof value !== 'string') throw invalid(`Param ${at(path, type)} must be a string.`)
      if (value === undefined || value === '') {
        throw new GraphError(131008, { details: `${path}: Parameter of type ${type} is missing ${type} value` })
      }
      return
    case 'image':
    case 'video':
    case 'gif':
      return checkMedia(check, check.object(parameter, type, path), at(path, type), known)
    case 'document':
      return checkMedia(check, check.object(parameter, type, path), at(path, type), known, ['id', 'link', 'filename'])
    case 'location':
      return checkLocation(check, check.object(parameter, type, path), at(path, type))
    case 'ttl_minutes':
      return
    default:
      check.object(parameter, type, path)
  }
}

const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/** Names of the variables in a text, each once, in order: `['1', '2']` or `['first_name']`. */
export function variablesOf(text: string | undefined): string[] {
  return text === undefined ? [] : [...new Set([...text.matchAll(VARIABLE)].map((m) => m[1]!))]
}

const isWord = (value: unknown): value is string => typeof value === 'string'
const same = (a: unknown, b: string): boolean => isWord(a) && a.toLowerCase() === b

/**
 * Puts the parameters of a send into the template, as strictly as the template demands, and answers
 * what the phone will show.
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
    // Meta does not say what it makes of a second one; with it, there is one thing too many.
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

/** The code stands in the body and in the button, and must be one and the same. */
function checkCodes(sent: readonly Json[]): void {
  const parameters = sent.flatMap((c) => parametersOf(c))
  const other = parameters.find((p) => !same(p['type'], 'text'))
  if (other) mismatch('body', 'TEXT', wordOf(other['type']).toUpperCase())
  const codes = parameters.map((p) => p['text'])
  if (new Set(codes).size > 1) {
    throw new GraphError(132012, { details: 'buttons: the code must be the same as in the body' })
  }
}

const parametersOf = (component: Json | undefined): Json[] => (component?.['parameters'] as Json[] | undefined) ?? []

function wrongCount(where: string, given: number, expected: number): never {
  throw new GraphError(132000, {
    details: `${where}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
  })
}

function mismatch(where: string, expected: string, received: string): never {
  throw new GraphError(132012, { details: `${where}: Format mismatch, expected ${expected}, received ${received}` })
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
    // Currencies and dates have their place in the body alone.
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

/** Fills the variables of a text. The checks are those of every text parameter, wherever it stands. */
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

function textOf(parameter: Json): string {
  const type = wordOf(parameter['type']).toLowerCase()
  const value = parameter[type]
  const text = type === 'text' ? String(value) : isObject(value) ? String(value['fallback_value'] ?? '') : ''
  if (/[\n\r\t]| {5}/.test(text)) {
    throw new GraphError(132018, {
      details: 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
    })
  }
  return text
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
  // A time in seconds, taken as milliseconds, lies in January 1970.
  if (expires < 1e12) throw new GraphError(131009, { details: 'limited_time_offer: expiration_time_ms is in the past' })
}

/** What a send calls the button kinds that can carry a parameter. */
const SUB_TYPES: Record<string, string> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  COPY_CODE: 'copy_code',
  FLOW: 'flow',
  CATALOG: 'catalog',
  MPM: 'mpm',
  SPM: 'spm',
  VOICE_CALL: 'voice_call',
  ORDER_DETAILS: 'order_details',
}
const NAMES: Record<string, string> = {
  URL: 'Url',
  COPY_CODE: 'CopyCode',
  MPM: 'Mpm',
  ORDER_DETAILS: 'OrderDetails',
}

function fillButtons(
  template: Template,
  buttons: NonNullable<WireTemplateDefinition['buttons']>,
  sent: readonly Json[],
): FaceButton[] {
  const byIndex = new Map<number, Json>()
  for (const component of sent) {
    const index = Number(component['index'])
    const button = buttons[index]
    if (!button)
      throw new GraphError(132018, { details: `buttons: Button at index ${index} does not exist in the template` })
    if (byIndex.has(index))
      throw new GraphError(132018, { details: `buttons: Button at index ${index} is given twice` })
    const expected = SUB_TYPES[button.type.toUpperCase()]
    if (!expected || !same(component['sub_type'], expected)) {
      mismatch(
        `buttons: Button at index ${index}`,
        button.type.toUpperCase(),
        String(component['sub_type']).toUpperCase(),
      )
    }
    byIndex.set(index, component)
  }
  return buttons.map((button, index) => {
    const kind = button.type.toUpperCase()
    const parameters = parametersOf(byIndex.get(index))
    const most = kind === 'VOICE_CALL' ? 2 : 1
    if (parameters.length > most) wrongCount(`buttons: Button at index ${index}`, parameters.length, most)
    const parameter = parameters[0]
    const face: FaceButton = { type: kind.toLowerCase(), text: button.text ?? defaultText(kind) }
    const missing = (): never => {
      throw new GraphError(131008, {
        details: `buttons: Button at index ${index} of type ${NAMES[kind] ?? kind} requires a parameter`,
      })
    }
    const expect = (type: string): void => {
      if (parameter && !same(parameter['type'], type)) {
        mismatch(`buttons: Button at index ${index}`, type.toUpperCase(), wordOf(parameter['type']).toUpperCase())
      }
    }
    switch (kind) {
      case 'URL': {
        const variable = variablesOf(button.url).length > 0
        if (variable && !parameter) missing()
        if (!variable && parameter) wrongCount('buttons', 1, 0)
        expect('text')
        face.url = (button.url ?? '').replace(VARIABLE, () => (parameter ? textOf(parameter) : ''))
        if (template.category === 'AUTHENTICATION' && parameter && lengthOf(textOf(parameter)) > 15) {
          throw new GraphError(131009, { details: 'buttons: the code must be at most 15 characters long' })
        }
        break
      }
      case 'QUICK_REPLY':
        expect('payload')
        face.payload = parameter ? String(parameter['payload']) : face.text
        break
      case 'COPY_CODE': {
        if (!parameter) missing()
        expect('coupon_code')
        const code = String(parameter!['coupon_code'])
        // 20 since December 2025; one page of Meta's still says 15.
        if (lengthOf(code) > 20)
          throw new GraphError(131009, { details: 'buttons: coupon_code must be at most 20 characters long' })
        face['coupon_code'] = code
        break
      }
      case 'MPM':
      case 'ORDER_DETAILS': {
        if (!parameter) missing()
        expect('action')
        const needed = kind === 'MPM' ? 'sections' : 'order_details'
        const action = parameter!['action']
        if (!isObject(action) || action[needed] === undefined) {
          throw new GraphError(131008, {
            details: `buttons: Button at index ${index} of type ${NAMES[kind]} requires ${needed}`,
          })
        }
        if (kind === 'MPM') checkProducts(index, action['sections'])
        face['action'] = action
        break
      }
      case 'VOICE_CALL':
        for (const given of parameters) {
          if (!same(given['type'], 'ttl_minutes') && !same(given['type'], 'payload')) {
            mismatch(`buttons: Button at index ${index}`, 'TTL_MINUTES', String(given['type']).toUpperCase())
          }
        }
        break
      case 'FLOW':
      case 'SPM':
      case 'CATALOG': {
        expect('action')
        const action = parameter?.['action']
        if (isObject(action)) face['action'] = action
        if (
          kind === 'FLOW' &&
          isObject(action) &&
          isObject(action['flow_action_data']) &&
          Object.keys(action['flow_action_data']).length === 0
        ) {
          throw new GraphError(131009, { details: 'buttons: flow_action_data must not be empty' })
        }
        break
      }
    }
    return face
  })
}

/** As in an interactive product list: 1 to 10 sections, 30 products together. */
function checkProducts(index: number, given: unknown): void {
  const sections = Array.isArray(given) ? given.filter(isObject) : []
  const items = sections.flatMap((s) => (Array.isArray(s['product_items']) ? (s['product_items'] as unknown[]) : []))
  const problem = (details: string): never => {
    throw new GraphError(131009, { details: `buttons: Button at index ${index}: ${details}` })
  }
  if (sections.length < 1 || sections.length > 10)
    problem('Invalid sections count. Min allowed sections: 1, Max allowed sections: 10')
  if (items.length < 1 || items.length > 30) problem('Invalid products count. Min: 1, Max: 30')
}

function defaultText(kind: string): string {
  const texts: Record<string, string> = {
    COPY_CODE: 'Copy offer code',
    CATALOG: 'View catalog',
    MPM: 'View items',
    SPM: 'View',
    VOICE_CALL: 'Call now',
    ORDER_DETAILS: 'Review and Pay',
    REQUEST_CONTACT_INFO: 'Share contact info',
  }
  return texts[kind] ?? ''
}
