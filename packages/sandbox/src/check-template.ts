import { checkLocation, checkMedia, type MediaKnown } from './check-content.ts'
import { at, type Checker, type Json } from './checker.ts'
import { GraphError, invalid } from './graph-error.ts'

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

/** Checks the shape only: errors that do not depend on the template's definition. */
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
