import { Checker, isObject, wordOf, type Json } from '../checker.ts'
import { accountOf, sendWebhook, type Cloud } from '../cloud.ts'
import { GraphError, invalid } from '../graph-error.ts'
import { countryOf, digitsFrom, displayNumber } from '../identifiers.ts'
import type { Account, BusinessNumber } from '../world.ts'
import { accountFor, numberFor, type Answer, type Call } from './call.ts'
import { empty, pick, type Node } from './fields.ts'
import { checkProduct } from './messages.ts'
import { automationOf } from './number-records.ts'
import { paged } from './paging.ts'
import { limitOf } from '../standing.ts'
import { saveOverride } from './subscriptions.ts'

const DEFAULTS = [
  'verified_name',
  'code_verification_status',
  'display_phone_number',
  'quality_rating',
  'platform_type',
  'throughput',
  'webhook_configuration',
  'last_onboarded_time',
]

function nodeOf(cloud: Cloud, number: BusinessNumber): Node {
  return { type: 'WhatsAppBusinessPhoneNumber', fields: describe(cloud, number) }
}

function describe(cloud: Cloud, number: BusinessNumber): Json {
  return {
    ...empty(
      'ad_account certificate eligibility_for_api_business_global_search messaging_account new_certificate ' +
        'new_display_name official_business_account owner_business requested_verified_name unified_cert_status',
    ),
    id: number.id,
    verified_name: number.verifiedName,
    code_verification_status: number.verification ?? 'VERIFIED',
    display_phone_number: displayNumber(number.number),
    quality_rating: number.quality,
    platform_type: 'CLOUD_API',
    throughput: { level: number.registered ? number.throughput : 'NOT_APPLICABLE' },
    webhook_configuration: webhookConfiguration(cloud, number),
    last_onboarded_time: '2026-01-15T09:00:00+0000',
    status: number.registered ? (number.status ?? 'CONNECTED') : 'DISCONNECTED',
    name_status: number.nameStatus ?? 'APPROVED',
    account_mode: 'LIVE',
    is_official_business_account: false,
    is_pin_enabled: number.pin !== undefined,
    whatsapp_business_manager_messaging_limit: limitOf(accountOf(cloud, number)),
    messaging_limit_tier: limitOf(accountOf(cloud, number)),
    country_dial_code: displayNumber(number.number).split(' ')[0]!.replace('+', ''),
    country_code: countryOf(number.number),
    health_status: health(number, accountOf(cloud, number)),
    username: (number.settings['business_username'] as { username: string } | undefined)?.username,
    ...(number.settings['new_display_name'] !== undefined && {
      new_display_name: number.settings['new_display_name'],
    }),
    new_name_status: number.settings['new_display_name'] === undefined ? 'NONE' : 'PENDING_REVIEW',
    quality_score: { score: number.quality },
    search_visibility: 'VISIBLE',
    is_preverified_number: false,
    is_on_biz_app: number.onBizApp ?? false,
    host_platform: 'CLOUD_API',
    conversational_automation: { ...automationOf(number), id: number.id },
  }
}

function health(number: BusinessNumber, { blocked }: Account): Json {
  const can = number.registered ? 'AVAILABLE' : 'BLOCKED'
  return {
    can_send_message: blocked ? 'BLOCKED' : can,
    entities: [
      { entity_type: 'PHONE_NUMBER', id: number.id, can_send_message: can },
      blocked
        ? { entity_type: 'WABA', id: number.wabaId, can_send_message: 'BLOCKED', errors: [blocked] }
        : { entity_type: 'WABA', id: number.wabaId, can_send_message: 'AVAILABLE' },
    ],
  }
}

function webhookConfiguration(cloud: Cloud, number: BusinessNumber): Json {
  const account = accountOf(cloud, number)
  return {
    ...(number.overrideUrl !== undefined && { phone_number: number.overrideUrl }),
    ...(account.overrideUrl !== undefined && { whatsapp_business_account: account.overrideUrl }),
    ...(cloud.world.app.callbackUrl !== undefined && { application: cloud.world.app.callbackUrl }),
  }
}

export function listNumbers(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const fields = call.query.get('fields')
  const numbers = [...call.cloud.world.numbers.values()]
    .filter((n) => n.wabaId === account.wabaId)
    .map((n) => pick(nodeOf(call.cloud, n), fields, DEFAULTS))
  return { body: paged(call, numbers) }
}

export function getNumber(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  return { body: pick(nodeOf(call.cloud, number), call.query.get('fields'), DEFAULTS) }
}

/** `POST /{phone number id}`: two-step PIN, a new display name, which then waits for review, or an override of the callback. */
export async function postNumber(call: Call): Promise<Answer> {
  const number = numberFor(call, call.path[0]!)
  const { body } = call
  const configuration = body['webhook_configuration']
  if (isObject(configuration)) {
    await saveOverride(call.cloud, configuration, (url) => {
      if (url === undefined) delete number.overrideUrl
      else number.overrideUrl = url
    })
  }
  if (body['pin'] !== undefined) {
    number.pin = pinOf(body)
    const value = { display_phone_number: number.number, event: 'PIN_CHANGED', requester: call.cloud.world.app.id }
    sendWebhook(call.cloud, accountOf(call.cloud, number), number, 'security', value, `security ${number.id}`, {
      timed: true,
    })
  }
  const name = body['new_display_name']
  if (name !== undefined) {
    // Meta's limits for a display name.
    if (typeof name !== 'string' || name.trim().length < 3 || name.length > 75)
      throw invalid('Param new_display_name must be 3 to 75 characters.')
    number.settings['new_display_name'] = name
  }
  if (configuration === undefined && body['pin'] === undefined && name === undefined)
    throw invalid('The parameter pin is required.')
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}

function pinOf(body: Json): string {
  const pin = wordOf(body['pin'] ?? '')
  if (!/^\d{6}$/.test(pin)) throw invalid('Param pin must be 6 digits.')
  return pin
}

export function register(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  checkProduct(call.body)
  if (number.onBizApp) throw inTheApp()
  const pin = pinOf(call.body)
  if (!isVerified(number)) throw new GraphError(133006)
  if (number.pin !== undefined && number.pin !== pin) throw new GraphError(133005)
  number.pin = pin
  number.registered = true
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}

/** Meta documents the refusal and not its code. */
const inTheApp = (): GraphError =>
  new GraphError(100, { details: 'This phone number is registered in the WhatsApp Business app.' })

export function deregister(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  if (number.onBizApp) throw inTheApp()
  number.registered = false
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}

const isVerified = ({ verification }: BusinessNumber): boolean => (verification ?? 'VERIFIED') === 'VERIFIED'

/** The code reaches the number, and not the app: the sandbox shows it with the number. */
export function requestCode(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const check = new Checker()
  check.word(call.body, 'code_method', '', ['sms', 'voice'])
  check.string(call.body, 'language', '')
  number.sentCode = digitsFrom(call.cloud.source.draw(`code ${number.id}`), 6)
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}

/** Meta documents no code of its own for a wrong code. */
export function verifyCode(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const code = String(call.body['code'] ?? '')
  if (!/^\d{6}$/.test(code)) throw invalid('Param code must be 6 digits.')
  if (!isVerified(number) && code !== number.sentCode) throw invalid('Invalid verification code.')
  number.verification = 'VERIFIED'
  call.cloud.world.saveNumber(number)
  return { body: { success: true } }
}
