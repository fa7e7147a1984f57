import { Checker, lengthOf, type Json } from '../checker.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { empty, pick, type Node } from './fields.ts'
import { checkProduct } from './messages.ts'

const TEXTS: Record<string, number> = { about: 139, address: 256, description: 512, email: 128 }
const VERTICALS =
  'OTHER AUTO BEAUTY APPAREL EDU ENTERTAIN EVENT_PLAN FINANCE GROCERY GOVT HOTEL HEALTH NONPROFIT PROF_SERVICES RETAIL TRAVEL RESTAURANT ALCOHOL ONLINE_GAMBLING PHYSICAL_GAMBLING OTC_DRUGS'
    .toLowerCase()
    .split(' ')
const FIELDS = ['about', 'address', 'description', 'email', 'profile_picture_url', 'websites', 'vertical']

export function getProfile(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const node: Node = {
    type: 'WhatsAppBusinessProfile',
    fields: { ...empty(`id ${FIELDS.join(' ')}`), ...number.profile, messaging_product: 'whatsapp' },
  }
  const profile = pick(node, call.query.get('fields'), FIELDS)
  return { body: { data: [{ ...profile, messaging_product: 'whatsapp' }] } }
}

export function postProfile(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { body } = call
  checkProduct(body)
  const check = new Checker()
  const changes: Json = {}
  for (const [field, most] of Object.entries(TEXTS)) {
    const value = body[field]
    if (value === undefined) continue
    if (typeof value !== 'string') throw invalid(`Param ${field} must be a string.`)
    if (lengthOf(value) > most) throw invalid(`Param ${field} must be at most ${most} characters long.`)
    changes[field] = value
  }
  if (body['vertical'] !== undefined) changes['vertical'] = check.word(body, 'vertical', '', VERTICALS).toUpperCase()
  if (body['websites'] !== undefined) {
    const sites = check.array(body, 'websites', '')
    if (sites.length > 2) throw invalid('Param websites must have at most 2 entries.')
    for (const site of sites) {
      if (typeof site !== 'string' || site.length > 256 || !/^https?:\/\//.test(site))
        throw invalid('Param websites is not a valid URI.')
    }
    changes['websites'] = sites
  }
  const handle = check.optionalString(body, 'profile_picture_handle', '')
  if (handle !== undefined) {
    if (!handle.startsWith('4:')) throw new GraphError(131009, { details: 'profile_picture_handle is not a handle' })
    changes['profile_picture_url'] = `${call.cloud.origin}/pictures/${number.id}`
  }
  Object.assign(number.profile, changes)
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}
