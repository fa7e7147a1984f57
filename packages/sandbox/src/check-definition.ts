import type { WireTemplateButton, WireTemplateDefinition } from '@postern/cloud-api'
import { Checker, at, isObject, lengthOf, type Json } from './checker.ts'
import { variablesOf } from './template-parts.ts'
import { GraphError, invalid } from './graph-error.ts'

/** Template language codes of the reference. */
export const LANGUAGES = new Set(
  (
    'af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE en en_GB ' +
    'en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH ' +
    'fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl ' +
    'pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES es_UY sw sv ' +
    'ta te th tr uk ur uz vi zu'
  ).split(' '),
)

/** A refusal of template management: code 100, the number as subcode, and a text for the user. */
export function templateError(subcode: number, title: string, message: string): GraphError {
  return new GraphError(100, { message: 'Invalid parameter', subcode, userTitle: title, userMessage: message })
}

const tooLong = (where: string, most: number): GraphError =>
  templateError(2388040, 'Field exceeds the character limit', `${where} can have at most ${most} characters.`)

const FORMATS = ['text', 'image', 'video', 'gif', 'document', 'location', 'product']
const COMPONENTS = ['header', 'body', 'footer', 'buttons', 'carousel', 'limited_time_offer']
/** Maximum number of buttons of each kind in one template. */
const MOST_BUTTONS: Record<string, number> = {
  QUICK_REPLY: 10,
  URL: 2,
  PHONE_NUMBER: 1,
  COPY_CODE: 1,
  OTP: 1,
  FLOW: 1,
  CATALOG: 1,
  MPM: 1,
  SPM: 1,
  VOICE_CALL: 1,
  REQUEST_CONTACT_INFO: 1,
  ORDER_DETAILS: 1,
}

export type Definition = { category: string; named: boolean }

/**
 * Checks the components of a new or edited template. Returns them as a later GET shows them: type names in capitals, an
 * authentication template with Meta's own texts.
 */
export function checkDefinition(
  definition: Definition,
  components: unknown,
  path = 'components',
): WireTemplateDefinition[] {
  if (!Array.isArray(components)) throw invalid(`Param ${path} must be an array.`)
  const check = new Checker()
  const seen = new Set<string>()
  const checked = components.map((component: unknown, i) => {
    if (!isObject(component)) throw invalid(`Param ${at(path, i)} must be a JSON object.`)
    const type = check.word(component, 'type', at(path, i), COMPONENTS)
    if (seen.has(type)) throw invalid(`Param ${path} has more than one component of type ${type.toUpperCase()}.`)
    seen.add(type)
    return checkComponent(check, definition, type, component, at(path, i))
  })
  if (!seen.has('body') && !path.includes('cards'))
    throw templateError(2388072, 'Body is missing', 'A template needs a BODY component.')
  if (seen.has('limited_time_offer') && seen.has('footer')) {
    throw templateError(2388073, 'Footer format is incorrect', 'A limited-time offer cannot have a footer.')
  }
  return checked
}

function checkComponent(
  check: Checker,
  definition: Definition,
  type: string,
  given: Json,
  path: string,
): WireTemplateDefinition {
  const component = { ...given, type: type.toUpperCase() } as WireTemplateDefinition
  switch (type) {
    case 'header':
      return checkHeader(check, definition, component, path)
    case 'body':
      return checkBody(check, definition, component, path)
    case 'footer':
      return checkFooter(check, definition, component, path)
    case 'buttons':
      return { ...component, buttons: checkButtons(check, definition, given, path) }
    case 'limited_time_offer': {
      const offer = check.object(given, 'limited_time_offer', path)
      check.string(offer, 'text', at(path, 'limited_time_offer'), 16)
      return component
    }
    default: {
      const cards = check.objects(given, 'cards', path)
      if (cards.length < 2 || cards.length > 10) throw invalid(`Param ${at(path, 'cards')} must have 2 to 10 cards.`)
      const inner = cards.map((card, i) => ({
        components: checkDefinition(definition, card['components'], at(at(at(path, 'cards'), i), 'components')),
      }))
      const kinds = new Set(inner.map((c) => c.components.map(kindOf).sort().join('\n')))
      if (kinds.size > 1) throw invalid(`All cards of ${path} must have the same components and buttons.`)
      return { ...component, cards: inner }
    }
  }
}

/**
 * The properties that must be the same on all cards: the component, its format, and the kinds of its buttons in order.
 */
const kindOf = ({ type, format, buttons }: WireTemplateDefinition): string =>
  [type, format ?? '', ...(buttons ?? []).map((button) => button.type)].join(' ')

function checkHeader(
  check: Checker,
  definition: Definition,
  component: WireTemplateDefinition,
  path: string,
): WireTemplateDefinition {
  if (definition.category === 'AUTHENTICATION') throw invalid('An AUTHENTICATION template cannot have a HEADER.')
  const json = component as unknown as Json
  const format = json['format'] === undefined ? 'text' : check.word(json, 'format', path, FORMATS)
  if (format === 'text') {
    const text = check.string(json, 'text', path)
    if (lengthOf(text) > 60) throw tooLong('The header', 60)
    // The names of variables are not text of the header: {{order_id}} has no formatting in it.
    if (/[\n\r*_~`]/.test(text.replace(/\{\{[^{}]*\}\}/g, ''))) {
      throw templateError(
        2388047,
        'Header format is incorrect',
        'The header cannot have line breaks or formatting characters.',
      )
    }
    if (variablesOf(text).length > 1)
      throw templateError(2388047, 'Header format is incorrect', 'The header can have one variable.')
    checkVariables(definition, text, component.example, 'header')
  } else if (format !== 'location' && format !== 'product') {
    const handle = component.example?.['header_handle']
    if (!Array.isArray(handle) || typeof handle[0] !== 'string' || handle[0] === '') {
      throw templateError(
        2388047,
        'Header format is incorrect',
        'A media header needs an example: example.header_handle.',
      )
    }
  }
  return { ...component, format: format.toUpperCase() }
}

function checkBody(
  check: Checker,
  definition: Definition,
  component: WireTemplateDefinition,
  path: string,
): WireTemplateDefinition {
  if (definition.category === 'AUTHENTICATION') {
    const secure = component['add_security_recommendation'] === true
    const preset = `*{{1}}* is your verification code.${secure ? ' For your security, do not share this code.' : ''}`
    // An edit may return the text that a GET showed. Any other text is refused: Meta writes it.
    if (component.text !== undefined && component.text !== preset) {
      throw templateError(
        2388072,
        'Body format is incorrect',
        'The body of an AUTHENTICATION template is written by WhatsApp: leave text out.',
      )
    }
    return {
      ...component,
      text: preset,
      example: { body_text: [['123456']] },
    }
  }
  const text = check.string(component as unknown as Json, 'text', path)
  const most = path.includes('cards') ? 160 : 1024
  if (lengthOf(text) > most) throw tooLong('The body', most)
  if (/\n{3,}/.test(text))
    throw templateError(2388072, 'Body format is incorrect', 'The body cannot have more than two line breaks in a row.')
  checkVariables(definition, text, component.example, 'body')
  return component
}

function checkFooter(
  check: Checker,
  definition: Definition,
  component: WireTemplateDefinition,
  path: string,
): WireTemplateDefinition {
  if (definition.category === 'AUTHENTICATION') {
    const minutes = component['code_expiration_minutes']
    if (minutes === undefined) {
      if (component.text === undefined) return component
      throw templateError(
        2388073,
        'Footer format is incorrect',
        'The footer of an AUTHENTICATION template is written by WhatsApp: give code_expiration_minutes.',
      )
    }
    if (!Number.isInteger(minutes) || Number(minutes) < 1 || Number(minutes) > 90) {
      throw invalid(`Param ${at(path, 'code_expiration_minutes')} must be from 1 to 90.`)
    }
    return { ...component, text: `This code expires in ${String(minutes)} minutes.` }
  }
  const text = check.string(component as unknown as Json, 'text', path)
  if (lengthOf(text) > 60) throw tooLong('The footer', 60)
  if (variablesOf(text).length > 0)
    throw templateError(2388073, 'Footer format is incorrect', 'The footer cannot have variables.')
  return component
}

/** Variables must be numbered without gaps or all named, not first or last, not too many, and each with an example. */
function checkVariables(
  definition: Definition,
  text: string,
  example: Json | undefined,
  where: 'header' | 'body',
): void {
  const names = variablesOf(text)
  if (names.length === 0) return
  const wrong = where === 'header' ? 2388047 : 2388072
  const title = where === 'header' ? 'Header format is incorrect' : 'Body format is incorrect'
  const fits = definition.named
    ? names.every((n) => /^[a-z][a-z0-9_]*$/.test(n))
    : names.every((n, i) => n === String(i + 1)) || names.every((n) => Number(n) >= 1 && Number(n) <= names.length)
  if (!fits)
    throw templateError(
      wrong,
      title,
      'Variables must be {{1}}, {{2}} … without gaps, or lower-case names when the format is NAMED.',
    )
  if (where === 'body') {
    if (/^\s*\{\{/.test(text) || /\}\}\s*$/.test(text)) {
      throw templateError(
        2388299,
        'Variable at the start or end',
        'Variables cannot be at the start or end of the template.',
      )
    }
    const words = text
      .replace(/\{\{[^{}]*\}\}/g, ' ')
      .split(/\s+/)
      .filter((w) => /[\p{L}\p{N}]/u.test(w)).length
    // Meta's ratio is not published. Implementers see a refusal below about two words for each variable plus one.
    if (words < 2 * names.length - 1) {
      throw templateError(2388293, 'Too many variables', 'This template has too many variables for its length.')
    }
  }
  if (countExamples(definition, example, where) < names.length) {
    throw templateError(
      wrong,
      title,
      `Every variable needs an example: example.${where}_text${definition.named ? '_named_params' : ''}.`,
    )
  }
}

function countExamples(definition: Definition, example: Json | undefined, where: 'header' | 'body'): number {
  if (definition.named) {
    const named = example?.[`${where}_text_named_params`]
    return Array.isArray(named)
      ? named.filter((n) => isObject(n) && n['param_name'] !== undefined && n['example'] !== undefined).length
      : 0
  }
  const given = example?.[`${where}_text`]
  // Complete samples nest the body's examples once more. A flat list and a bare text are accepted as well.
  if (typeof given === 'string' || typeof given === 'number') return 1
  if (!Array.isArray(given)) return 0
  const values: unknown[] = Array.isArray(given[0]) ? given[0] : given
  return values.filter((v) => (typeof v === 'string' && v !== '') || typeof v === 'number').length
}

function checkButtons(check: Checker, definition: Definition, given: Json, path: string): WireTemplateButton[] {
  const buttons = check.objects(given, 'buttons', path)
  if (buttons.length < 1 || buttons.length > 10)
    throw invalid(`Param ${at(path, 'buttons')} must have 1 to 10 buttons.`)
  const counts = new Map<string, number>()
  let switches = 0
  const checked = buttons.map((button, i) => {
    const where = at(at(path, 'buttons'), i)
    const type = check
      .word(
        button,
        'type',
        where,
        Object.keys(MOST_BUTTONS).map((k) => k.toLowerCase()),
      )
      .toUpperCase()
    const previous = i > 0 ? String(buttons[i - 1]!['type']).toUpperCase() : type
    if ((previous === 'QUICK_REPLY') !== (type === 'QUICK_REPLY')) switches++
    counts.set(type, (counts.get(type) ?? 0) + 1)
    if (counts.get(type)! > MOST_BUTTONS[type]!) throw invalid(`Param ${path} has too many buttons of type ${type}.`)
    return checkButton(check, definition, type, button, where)
  })
  const labels = checked.map((button) => button.text).filter((text) => text !== undefined)
  if (new Set(labels).size < labels.length) {
    throw templateError(2388060, 'Duplicate button text', 'Two buttons of a template cannot have the same text.')
  }
  if (switches > 1) throw invalid('Quick reply buttons must stand together, before or after all others.')
  return checked
}

function checkButton(
  check: Checker,
  definition: Definition,
  type: string,
  button: Json,
  path: string,
): WireTemplateButton {
  const result = { ...button, type } as WireTemplateButton
  if (['QUICK_REPLY', 'URL', 'PHONE_NUMBER', 'FLOW'].includes(type)) {
    if (lengthOf(check.string(button, 'text', path)) > 25) throw tooLong('A button text', 25)
  }
  if (type === 'URL') {
    const url = check.string(button, 'url', path, 2_000)
    check.uri(url, at(path, 'url'))
    const names = variablesOf(url)
    if (names.length > 1 || (names.length === 1 && !/\}\}$/.test(url))) {
      throw invalid(`Param ${at(path, 'url')} can have one variable, at its end.`)
    }
    if (names.length === 1 && !Array.isArray(button['example']))
      throw invalid(`The parameter ${at(path, 'example')} is required.`)
  }
  if (type === 'PHONE_NUMBER') check.string(button, 'phone_number', path, 20)
  if (type === 'COPY_CODE') {
    if (button['example'] === undefined) throw invalid(`The parameter ${at(path, 'example')} is required.`)
    result.text = 'Copy offer code'
    if (typeof button['example'] === 'string') result['example'] = [button['example']]
  }
  if (type === 'OTP') return otpButton(check, definition, button, path)
  return result
}

/** A GET shows a one-time-password button as the URL button that a send must fill. */
function otpButton(check: Checker, definition: Definition, button: Json, path: string): WireTemplateButton {
  if (definition.category !== 'AUTHENTICATION') throw invalid('OTP buttons are for AUTHENTICATION templates only.')
  const kind = check.word(button, 'otp_type', path, ['copy_code', 'one_tap', 'zero_tap']).toUpperCase()
  check.optionalString(button, 'text', path, 25)
  check.optionalString(button, 'autofill_text', path, 25)
  // The older form names one app on the button itself.
  if (kind !== 'COPY_CODE' && button['supported_apps'] === undefined && button['package_name'] !== undefined) {
    check.string(button, 'package_name', path, 224)
    check.string(button, 'signature_hash', path, 11)
  } else if (kind !== 'COPY_CODE') {
    const apps = check.objects(button, 'supported_apps', path)
    if (apps.length < 1 || apps.length > 5) throw invalid(`Param ${at(path, 'supported_apps')} must have 1 to 5 apps.`)
    apps.forEach((app, i) => {
      check.string(app, 'package_name', at(at(path, 'supported_apps'), i), 224)
      check.string(app, 'signature_hash', at(at(path, 'supported_apps'), i), 11)
    })
  }
  if (kind === 'ZERO_TAP' && button['zero_tap_terms_accepted'] !== true) {
    throw invalid(`Param ${at(path, 'zero_tap_terms_accepted')} must be true.`)
  }
  const url = `https://www.whatsapp.com/otp/code/?otp_type=${kind}&code=otp{{1}}`
  return {
    type: 'URL',
    text: typeof button['text'] === 'string' ? button['text'] : 'Copy code',
    url,
    example: [url.replace('{{1}}', '123456')],
  }
}
