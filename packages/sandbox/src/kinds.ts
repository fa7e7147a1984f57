import { isObject, type Json } from './checker.ts'
import { accountOf, seconds, sendWebhook, valueOf, type Cloud } from './cloud.ts'
import { SetupError } from './setup.ts'
import type { Account, BusinessNumber, Contact } from './world.ts'

/*
 * Webhooks that no action of a phone causes, by name: Meta's decisions about an account, its counts, its warnings. Each
 * has a complete sample. Given values replace its leaves; null removes a key.
 */

type About = { cloud: Cloud; account: Account; number: BusinessNumber; contact: Contact; now: number }
type Kind = { field: string; timed: boolean; sample: (about: About) => Json }

const ofAccount = (field: string, sample: (about: About) => Json): Kind => ({ field, timed: true, sample })
/** With `metadata` of the number. A list of one, whose element the given values change. */
const ofNumber = (field: string, sample: (about: About) => Json): Kind => ({
  field,
  timed: false,
  sample: (about) => ({ ...valueOf(about.number), ...sample(about) }),
})
const update = (event: string, sample: (about: About) => Json = () => ({})): Kind =>
  ofAccount('account_update', (about) => ({ event, ...sample(about) }))
const flowAlert = (event: string, sample: Json): Kind =>
  ofAccount('flows', ({ account }) => ({
    event,
    message: `The flow reported ${event}.`,
    flow_id: account.flows?.[0]?.id ?? '665544332211009',
    ...sample,
    alert_state: 'ACTIVATED',
  }))

const wabaInfo = ({ account, cloud }: About, app = false): Json => ({
  waba_info: {
    waba_id: account.wabaId,
    owner_business_id: account.businessId,
    ...(app && { partner_app_id: cloud.world.app.id }),
  },
})
const day = (now: number): string =>
  new Date(now).toLocaleDateString('en-US', { month: 'long', day: 'numeric', year: 'numeric', timeZone: 'UTC' })
const unix = (now: number): number => Math.floor(now / 1000)
const click = { click_id: 'ARBx1e8Zk2', tracking_token: 'tt_77f1c2' }
const userAction = (action_type: string, more: Json): Kind =>
  ofNumber('messages', ({ now }) => ({
    user_actions: [{ action_type, timestamp: seconds(now), marketing_messages_link_click_data: { ...more, ...click } }],
  }))

export const KINDS: Record<string, Kind> = {
  account_alert: ofAccount('account_alerts', ({ account }) => ({
    entity_type: 'BUSINESS',
    entity_id: account.businessId,
    alert_info: {
      alert_severity: 'WARNING',
      alert_status: 'ACTIVE',
      alert_type: 'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED',
      alert_description: 'Limits cannot be increased for your business.',
    },
  })),
  account_review: ofAccount('account_review_update', () => ({ decision: 'APPROVED' })),
  account_deleted: update('ACCOUNT_DELETED'),
  account_offboarded: update('ACCOUNT_OFFBOARDED'),
  account_reconnected: update('ACCOUNT_RECONNECTED'),
  account_verified: update('VERIFIED_ACCOUNT'),
  account_disabled: update('DISABLED_UPDATE', ({ now }) => ({
    ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: day(now) },
  })),
  account_restricted: update('ACCOUNT_RESTRICTION', ({ number, now }) => ({
    phone_number: number.number,
    restriction_info: [
      {
        restriction_type: 'RESTRICTED_BUSINESS_INITIATED_CALLING',
        expiration: unix(now) + 7 * 86_400,
        remediation: 'Review your calling practices and ensure compliance with WhatsApp policies.',
      },
    ],
  })),
  account_violation: update('ACCOUNT_VIOLATION', ({ number }) => ({
    phone_number: number.number,
    violation_info: { violation_type: 'SPAM' },
  })),
  partner_added: update('PARTNER_ADDED', (about) => wabaInfo(about)),
  partner_removed: update('PARTNER_REMOVED', (about) => wabaInfo(about)),
  partner_app_installed: update('PARTNER_APP_INSTALLED', (about) => wabaInfo(about, true)),
  partner_app_uninstalled: update('PARTNER_APP_UNINSTALLED', (about) => wabaInfo(about, true)),
  marketing_terms_signed: update('MM_LITE_TERMS_SIGNED', (about) => wabaInfo(about)),
  app_disconnected: update('PARTNER_REMOVED', ({ number }) => ({
    phone_number: number.number,
    disconnection_info: { reason: 'PRIMARY_INACTIVITY', initiated_by: 'SYSTEM' },
  })),
  volume_tier: update('VOLUME_BASED_PRICING_TIER_UPDATE', ({ now }) => ({
    volume_tier_info: {
      tier_update_time: unix(now),
      pricing_category: 'UTILITY',
      tier: '25000001:50000000',
      effective_month: new Date(now).toISOString().slice(0, 7),
      region: 'India',
    },
  })),
  authentication_international: update('AUTH_INTL_PRICE_ELIGIBILITY_UPDATE', ({ now }) => ({
    auth_international_rate_eligibility: { start_time: unix(now) },
  })),
  primary_location: update('BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE', () => ({ country: 'US' })),
  business_capability: ofAccount('business_capability_update', () => ({
    max_daily_conversations_per_business: 2_000,
    max_phone_numbers_per_waba: 25,
  })),
  flow_client_errors: flowAlert('CLIENT_ERROR_RATE', {
    error_rate: 14.28,
    threshold: 10,
    errors: [{ error_type: 'INVALID_SCREEN_TRANSITION', error_rate: 66.66, error_count: 2 }],
  }),
  flow_endpoint_errors: flowAlert('ENDPOINT_ERROR_RATE', {
    error_rate: 14.28,
    threshold: 10,
    errors: [{ error_type: 'TIMEOUT', error_rate: 66.66, error_count: 2 }],
  }),
  flow_endpoint_latency: flowAlert('ENDPOINT_LATENCY', {
    p90_latency: 8_000,
    p50_latency: 500,
    requests_count: 34,
    threshold: 7_000,
  }),
  flow_endpoint_availability: flowAlert('ENDPOINT_AVAILABILITY', { availability: 75, threshold: 90 }),
  phone_number_quality: ofAccount('phone_number_quality_update', ({ number }) => ({
    display_phone_number: number.number,
    event: 'THROUGHPUT_UPGRADE',
    max_daily_conversations_per_business: 'TIER_UNLIMITED',
  })),
  phone_number_name: ofAccount('phone_number_name_update', ({ number }) => ({
    display_phone_number: number.number,
    decision: 'APPROVED',
    requested_verified_name: number.verifiedName,
    rejection_reason: 'NONE',
  })),
  security: ofAccount('security', ({ number, cloud }) => ({
    display_phone_number: number.number,
    event: 'PIN_RESET_REQUEST',
    requester: cloud.world.app.id,
  })),
  partner_solution: ofAccount('partner_solutions', () => ({
    event: 'SOLUTION_CREATED',
    solution_id: '774485461512159',
    solution_status: 'INITIATED',
  })),
  payment_configuration: ofAccount('payment_configuration_update', ({ now }) => ({
    configuration_name: 'default',
    provider_name: 'razorpay',
    provider_mid: 'acc_GP4lfNA0iIMn5B',
    status: 'ACTIVE',
    created_timestamp: unix(now),
    updated_timestamp: unix(now),
  })),
  automatic_event: ofNumber('automatic_events', ({ cloud, contact, now }) => ({
    automatic_events: [
      {
        id: cloud.world.thread(contact.number).findLast((m) => m.direction === 'in')?.id ?? 'wamid.unknown',
        event_name: 'Purchase',
        timestamp: unix(now),
        ctwa_clid: 'ARAkLkA8rm',
        custom_data: { currency: 'USD', value: 48.5 },
      },
    ],
  })),
  tracking_event: ofNumber('tracking_events', ({ now }) => ({
    events: [{ event_name: 'landing_page_view', timestamp: unix(now), tracking_data: click }],
  })),
  link_click: userAction('marketing_messages_link_click', { click_component: 'cta' }),
  landing_page_view: userAction('landing_page_view', {}),
  value_error: ofNumber('messages', () => ({
    errors: [
      {
        code: 130429,
        title: 'Rate limit hit',
        message: 'Rate limit hit',
        error_data: { details: 'Message failed to send because there were too many messages sent.' },
      },
    ],
  })),
  group_create_failed: ofNumber('group_lifecycle_update', ({ now }) => ({
    groups: [
      {
        timestamp: seconds(now),
        group_id: 'Y2FwaV9ncm91cDo',
        type: 'group_create',
        request_id: 'req_failed',
        subject: 'Group',
        description: 'A group',
        errors: [
          {
            code: '131211',
            message: 'Group creation limit reached',
            title: 'Group creation limit reached',
            error_data: {
              details: 'Reached the limit for the maximum number of groups that can be created for this number.',
            },
          },
        ],
      },
    ],
  })),
}

export type WebhookOfKind = {
  kind: string
  values?: Json
  wabaId?: string
  numberId?: string
  /** The person of the webhook, if it is about one. */
  phone?: string
}

/** Resolves when the webhook was answered. */
export function sendWebhookOfKind(
  cloud: Cloud,
  told: WebhookOfKind,
  contactFor: (phone: string) => Contact,
): Promise<void> {
  const kind = Object.hasOwn(KINDS, told.kind) ? KINDS[told.kind] : undefined
  if (!kind)
    throw new SetupError(`There is no webhook called "${told.kind}". There are: ${Object.keys(KINDS).join(', ')}.`)
  const { numbers, contacts, accounts } = cloud.world
  const ofAsked = (n: BusinessNumber): boolean => told.wabaId === undefined || n.wabaId === told.wabaId
  const number = told.numberId === undefined ? [...numbers.values()].find(ofAsked) : numbers.get(told.numberId)
  if (!number) throw new SetupError('There is no such business number.')
  const account = told.wabaId === undefined ? accountOf(cloud, number) : accounts.get(told.wabaId)
  if (!account) throw new SetupError('There is no such account.')
  const contact = contactFor(told.phone ?? contacts.keys().next().value ?? '16505551234')
  const sample = kind.sample({ cloud, account, number, contact, now: cloud.clock.now() })
  const value = merged(sample, told.values ?? {})
  return new Promise((resolve) => {
    sendWebhook(
      cloud,
      account,
      kind.timed ? undefined : number,
      kind.field,
      value as never,
      `${kind.field} ${account.wabaId}`,
      {
        timed: kind.timed,
        onAnswered: resolve,
      },
    )
  })
}

/** Merges objects by their keys, and a list of one with an object as its element. Any other value is replaced. */
function merged(sample: unknown, given: unknown): unknown {
  if (!isObject(given)) return given
  if (Array.isArray(sample) && sample.length === 1) return [merged(sample[0], given)]
  if (!isObject(sample)) return given
  const result: Json = { ...sample }
  for (const [key, value] of Object.entries(given)) {
    if (value === null) delete result[key]
    else result[key] = merged(result[key], value)
  }
  return result
}
