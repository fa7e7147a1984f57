import { createPublicKey } from 'node:crypto'
import { Checker, isObject, wordOf, type Json } from '../checker.ts'
import { accountOf, sendWebhook, type Cloud } from '../cloud.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { digitsFrom } from '../identifiers.ts'
import type { BusinessNumber } from '../world.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { checkProduct } from './messages.ts'

/* Small records of a phone number. Each is written whole and read as a list of one. */

const SUCCESS: Answer = { body: { success: true } }

function save(cloud: Cloud, number: BusinessNumber, key: string, value: unknown): void {
  number.settings[key] = value
  cloud.world.saveNumber(number)
}

// ── Commerce settings ─────────────────────────────────────────────────────────────────────────────

export function getCommerce(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const kept = (number.settings['commerce'] as Json | undefined) ?? {}
  const id = digitsFrom(call.cloud.source.fixed(`commerce ${number.id}`), 15)
  return { body: { data: [{ is_cart_enabled: true, is_catalog_visible: false, ...kept, id }] } }
}

/** The parameters are in the query or in the body, as text or as JSON. */
export function postCommerce(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const changes: Json = {}
  for (const key of ['is_cart_enabled', 'is_catalog_visible']) {
    const value = call.body[key]
    if (value === undefined) continue
    if (!['true', 'false'].includes(String(value))) throw invalid(`Param ${key} must be a boolean.`)
    changes[key] = String(value) === 'true'
  }
  save(call.cloud, number, 'commerce', { ...(number.settings['commerce'] as Json | undefined), ...changes })
  return SUCCESS
}

// ── The public key of flows ───────────────────────────────────────────────────────────────────────

export function getEncryption(call: Call): Answer {
  const key = numberFor(call, call.path[0]!).settings['business_public_key']
  if (key === undefined) return { body: { data: [] } }
  return { body: { data: [{ business_public_key: key, business_public_key_signature_status: 'VALID' }] } }
}

export function postEncryption(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const key = new Checker().string(call.body, 'business_public_key', '', 10_000)
  if (!isRsaKey(key)) throw invalid('Param business_public_key must be a 2048-bit RSA public key in PEM.')
  save(call.cloud, number, 'business_public_key', key)
  return SUCCESS
}

function isRsaKey(pem: string): boolean {
  try {
    const key = createPublicKey(pem.replaceAll('\\n', '\n'))
    return key.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength === 2_048
  } catch {
    return false
  }
}

// ── Who the business is, for India ────────────────────────────────────────────────────────────────

const ENTITIES = [
  'limited_liability_partnership',
  'sole_proprietorship',
  'partnership',
  'public_company',
  'private_company',
  'other',
]

export function getCompliance(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const kept = number.settings['compliance'] as Json | undefined
  return { body: { data: kept ? [{ ...kept, whatsapp_business_account_id: number.wabaId }] : [] } }
}

export function postCompliance(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { body } = call
  checkProduct(body)
  const check = new Checker()
  const kept: Json = {
    messaging_product: 'whatsapp',
    entity_name: check.string(body, 'entity_name', '', 128),
    entity_type: check.word(body, 'entity_type', '', ENTITIES).toUpperCase(),
  }
  if (kept['entity_type'] === 'OTHER') kept['entity_type_custom'] = check.string(body, 'entity_type_custom', '', 128)
  check.optionalBoolean(body, 'is_registered', '')
  if (body['is_registered'] !== undefined) kept['is_registered'] = body['is_registered']
  const officer = check.object(body, 'grievance_officer_details', '')
  check.string(officer, 'name', 'grievance_officer_details')
  for (const [who, details] of [
    ['grievance_officer_details', officer],
    ['customer_care_details', check.object(body, 'customer_care_details', '')],
  ] as const) {
    check.string(details, 'email', who, 128)
    for (const key of ['mobile_number', 'landline_number']) check.optionalString(details, key, who)
    kept[who] = details
  }
  save(call.cloud, number, 'compliance', kept)
  return SUCCESS
}

// ── Prompts and commands ──────────────────────────────────────────────────────────────────────────

export const automationOf = (number: BusinessNumber): Json => ({
  prompts: [],
  commands: [],
  ...(number.settings['conversational_automation'] as Json | undefined),
})

export function getAutomation(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  return { body: { ...automationOf(number), id: number.id } }
}

export function postAutomation(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { body } = call
  const check = new Checker()
  const kept = automationOf(number)
  if (body['prompts'] !== undefined) {
    const prompts = check.array(body, 'prompts', '')
    if (prompts.length > 4) throw invalid('Param prompts must have at most 4 entries.')
    for (const prompt of prompts) {
      if (typeof prompt !== 'string' || prompt === '' || prompt.length > 80)
        throw invalid('Param prompts must have texts of 1 to 80 characters.')
    }
    kept['prompts'] = prompts
  }
  if (body['commands'] !== undefined) {
    const commands = check.objects(body, 'commands', '')
    if (commands.length > 30) throw invalid('Param commands must have at most 30 entries.')
    commands.forEach((command, i) => {
      check.string(command, 'command_name', `commands[${i}]`, 32)
      check.string(command, 'command_description', `commands[${i}]`, 256)
    })
    kept['commands'] = commands
  }
  // The welcome message was removed in March 2026. A request with its key gets no error.
  save(call.cloud, number, 'conversational_automation', kept)
  return SUCCESS
}

// ── Username of the business ──────────────────────────────────────────────────────────────────────

type Username = { username: string; status: 'approved' | 'reserved' }
const usernameOf = (number: BusinessNumber): Username | undefined =>
  number.settings['business_username'] as Username | undefined

export function getUsername(call: Call): Answer {
  return { body: { ...usernameOf(numberFor(call, call.path[0]!)) } }
}

export function postUsername(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  const check = new Checker()
  const username = check.string(body, 'username', '', 35).toLowerCase()
  if (!/^[a-z0-9._]{3,35}$/.test(username) || !/[a-z]/.test(username)) {
    throw invalid('Param username must have 3 to 35 letters, digits, dots and underscores, at least one letter.')
  }
  const transfer =
    body['transfer_action'] !== undefined && check.word(body, 'transfer_action', '', ['none', 'force_transfer'])
  const holder = [...cloud.world.numbers.values()].find((n) => n !== number && usernameOf(n)?.username === username)
  if (holder) {
    if (accountOf(cloud, holder).businessId !== accountOf(cloud, number).businessId) throw new GraphError(147001)
    if (transfer !== 'force_transfer') throw new GraphError(147005)
    tellUsername(cloud, holder, undefined)
  }
  tellUsername(cloud, number, { username, status: 'approved' })
  return { body: { status: 'approved' } }
}

export function deleteUsername(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  if (usernameOf(number)) tellUsername(call.cloud, number, undefined)
  return SUCCESS
}

function tellUsername(cloud: Cloud, number: BusinessNumber, username: Username | undefined): void {
  save(cloud, number, 'business_username', username)
  sendWebhook(
    cloud,
    accountOf(cloud, number),
    number,
    'business_username_updates',
    { display_phone_number: number.number, ...(username ?? { status: 'deleted' }) },
    `username ${number.id}`,
    { timed: true },
  )
}

export function suggestUsernames(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const words = number.verifiedName.toLowerCase().match(/[a-z0-9]+/g) ?? ['shop']
  const suggestions = [...new Set([words.join(''), words.join('.'), `${words.join('')}${number.number.slice(-2)}`])]
  return { body: { data: [{ username_suggestions: suggestions }] } }
}

// ── The rest ──────────────────────────────────────────────────────────────────────────────────────

/** `DELETE /{number}/contact_book?bsuid=`: the portfolio deletes the shared number of a hidden person. */
export function deleteFromContactBook(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const bsuid = new Checker().string(body, 'bsuid', '')
  if (bsuid.includes('.ENT.')) throw invalid('Param bsuid must not be a parent business-scoped user id.')
  const { businessId } = accountOf(cloud, number)
  const phone = cloud.world.byUserId.get(bsuid)
  const contact = phone === undefined ? undefined : cloud.world.contacts.get(phone)
  const deleted = contact?.sharedWith?.includes(businessId) ?? false
  if (contact && deleted) {
    contact.sharedWith = contact.sharedWith!.filter((id) => id !== businessId)
    cloud.world.saveContact(contact)
  }
  return { body: { messaging_product: 'whatsapp', success: true, deleted } }
}

type Oba = { oba_status: string; status_message: string }

export function getOfficial(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const none: Oba = { oba_status: 'NOT_STARTED', status_message: 'No application has been submitted.' }
  return { body: { ...((number.settings['oba'] as Oba | undefined) ?? none), id: number.id } }
}

export function postOfficial(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { body } = call
  const actions = ['submit_application', 'withdraw_application', 'resubmit_application']
  const action = body['action'] === undefined ? actions[0]! : new Checker().word(body, 'action', '', actions)
  const withdrawn = action === 'withdraw_application'
  const oba: Oba = withdrawn
    ? { oba_status: 'CANCELLED', status_message: 'The application was withdrawn.' }
    : { oba_status: 'PENDING', status_message: 'The application is being reviewed.' }
  save(call.cloud, number, 'oba', oba)
  return { body: { success: true, message: oba.status_message, updated_status: { id: number.id, ...oba } } }
}

/**
 * `GET`/`POST /{number}/settings`: each part is replaced as a whole. A webhook reports changes of the calling settings.
 */
export function getSettings(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  return { body: { ...(number.settings['settings'] as Json | undefined), id: number.id } }
}

export function postSettings(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  const { calling } = body
  const kept = { ...(number.settings['settings'] as Json | undefined), ...body }
  if (calling !== undefined) {
    if (!isObject(calling)) throw invalid('Param calling must be a JSON object.')
    kept['calling'] = {
      ...((number.settings['settings'] as Json | undefined)?.['calling'] as Json | undefined),
      ...calling,
    }
  }
  save(cloud, number, 'settings', kept)
  if (calling !== undefined) {
    const set = kept['calling'] as Json
    const statusOf = (part: unknown): Json => ({ status: isObject(part) ? wordOf(part['status']) : 'DISABLED' })
    sendWebhook(
      cloud,
      accountOf(cloud, number),
      number,
      'account_settings_update',
      {
        messaging_product: 'whatsapp',
        timestamp: String(Math.floor(cloud.clock.now() / 1000)),
        type: 'phone_number_settings',
        phone_number_settings: {
          phone_number_id: number.id,
          calling: {
            status: set['status'] ?? 'DISABLED',
            call_icon_visibility: set['call_icon_visibility'] ?? 'DEFAULT',
            callback_permission_status: set['callback_permission_status'] ?? 'DISABLED',
            call_hours: statusOf(set['call_hours']),
            sip: statusOf(set['sip']),
          },
        },
      },
      `settings ${number.id}`,
    )
  }
  return SUCCESS
}
