import { isRecord } from '../../platform/is-record.ts'
import { onAppChange } from './coexistence.ts'
import { ALERT, BAN, EVENT, RESTRICTION, type StateChange, VIOLATION } from './state.ts'

/*
 * Reads Meta's signals about a number or an account: which part of the channel's state each of them changes. A signal
 * that is not understood changes nothing; it is delivered all the same.
 */

type Loose = Record<string, unknown>
type Change = { part: string; value: unknown; reason?: string | null; until?: number | null; details?: Loose }

/** Characters of Meta's keys that are kept with a part. */
const MOST_DETAILS = 8_000

/** What a signal changes. `at`: Meta's time of it, in epoch milliseconds. */
export function stateChanges(field: string, value: Loose, at: number): StateChange[] {
  return (SIGNALS.get(field)?.(value) ?? []).map(({ part, value: now, reason, until, details = value }) => ({
    part,
    value: now,
    at,
    reason: reason?.slice(0, 500) ?? null,
    until: until ?? null,
    details: JSON.stringify(details).length <= MOST_DETAILS ? details : null,
  }))
}

/** What Meta's answer about a number says of its state. It counts as a signal of the time when it was asked. */
export function numberChanges(number: Loose, at: number): StateChange[] {
  const told = (part: string, given: unknown): StateChange[] => {
    const value = text(given)
    const isKnown = value !== undefined && value !== 'NA' && value !== 'UNKNOWN' && value !== 'NOT_APPLICABLE'
    return isKnown ? [{ part, value, at, reason: ASKED, until: null, details: null }] : []
  }
  return [
    ...told('quality', number.quality_rating),
    ...told('verified_name', number.verified_name),
    ...told('throughput', isRecord(number.throughput) ? number.throughput.level : undefined),
    ...onAppChange(number.is_on_biz_app, at),
  ]
}

/** The reason of a part that no signal told: Postern asked for it. */
const ASKED = 'asked'

const SIGNALS = new Map<string, (value: Loose) => Change[]>(
  Object.entries({
    phone_number_quality_update: qualityUpdate,
    business_capability_update: (value) => limit(value, null),
    account_review_update: ({ decision }) => word('review', decision),
    account_update: accountUpdate,
    account_alerts: alert,
    account_settings_update: ({ phone_number_settings: settings }) =>
      isRecord(settings) ? [{ part: 'settings', value: settings, details: {} }] : [],
    phone_number_name_update: nameUpdate,
    business_username_updates: ({ username, status }) =>
      text(status) === undefined ? [] : [{ part: 'username', value: text(username) ?? null, reason: text(status)! }],
    security: ({ event, requester }) => word('security', event, requester),
    business_status_update: ({ event }) => word(`${EVENT}BUSINESS_STATUS`, event),
    partner_solutions: ({ solution_status: status, event }) => word(`${EVENT}PARTNER_SOLUTION`, status, event),
    payment_configuration_update: ({ status, configuration_name: name }) =>
      word(`${EVENT}PAYMENT_CONFIGURATION`, status, name),
  } satisfies Record<string, (value: Loose) => Change[]>),
)

const word = (part: string, value: unknown, reason?: unknown): Change[] =>
  text(value) === undefined ? [] : [{ part, value: text(value)!, reason: text(reason) ?? null }]

/** Named after the quality, it tells mostly of limits and throughput today. */
function qualityUpdate(value: Loose): Change[] {
  const event = text(value.event)
  const changes = limit(value, event ?? null)
  const rating = text(value.quality_rating) ?? text(value.new_quality_score) ?? text(value.quality_score)
  if (rating !== undefined) changes.push({ part: 'quality', value: rating.toUpperCase(), reason: event ?? null })
  else if (event === 'FLAGGED' || event === 'UNFLAGGED') changes.push({ part: 'quality', value: event, reason: event })
  if (event === 'THROUGHPUT_UPGRADE') changes.push({ part: 'throughput', value: 'HIGH', reason: event })
  if (event === 'THROUGHPUT_DOWNGRADE') changes.push({ part: 'throughput', value: 'STANDARD', reason: event })
  return changes
}

/** Meta writes the limit as a number, as -1 for no limit, or as the name of a tier. */
function limit(value: Loose, reason: string | null): Change[] {
  const given =
    value.max_daily_conversations_per_business ?? value.current_limit ?? value.max_daily_conversation_per_phone
  const now = limitOf(given)
  return now === undefined ? [] : [{ part: 'messaging_limit', value: now, reason }]
}

/** A limit as a number, or `unlimited`; null when none is set yet. Undefined for something else. */
export function limitOf(given: unknown): number | string | null | undefined {
  if (typeof given === 'number') return Number.isSafeInteger(given) ? (given < 0 ? 'unlimited' : given) : undefined
  if (typeof given !== 'string' || given === '') return undefined
  if (/^-?\d{1,15}$/.test(given)) return limitOf(Number(given))
  const tier = given.toUpperCase()
  if (tier === 'TIER_UNLIMITED') return 'unlimited'
  if (tier === 'TIER_NOT_SET') return null
  const number = /^TIER_(\d{1,9})(K?)$/.exec(tier)
  return number ? Number(number[1]) * (number[2] === 'K' ? 1000 : 1) : given.slice(0, 64)
}

function nameUpdate(value: Loose): Change[] {
  const decision = text(value.decision)
  if (decision === undefined) return []
  const reason = text(value.rejection_reason)
  const review: Change = { part: 'name_review', value: decision, reason: reason === 'NONE' ? null : (reason ?? null) }
  const name = text(value.requested_verified_name)
  if (decision !== 'APPROVED' || name === undefined) return [review]
  return [review, { part: 'verified_name', value: name, reason: decision }]
}

/** Events that say whether our app may still act for the number. */
const CONNECTION = new Set([
  'ACCOUNT_DELETED',
  'ACCOUNT_OFFBOARDED',
  'ACCOUNT_RECONNECTED',
  'PARTNER_ADDED',
  'PARTNER_APP_INSTALLED',
  'PARTNER_APP_UNINSTALLED',
  'PARTNER_REMOVED',
])

/** Other events that are known: each is a part of its own. All unknown ones share a part, which bounds the parts. */
const OTHERS = new Set([
  'VERIFIED_ACCOUNT',
  'AD_ACCOUNT_LINKED',
  'MM_LITE_TERMS_SIGNED',
  'PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE',
  'AUTH_INTL_PRICE_ELIGIBILITY_UPDATE',
  'BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE',
  'VOLUME_BASED_PRICING_TIER_UPDATE',
])

function accountUpdate(value: Loose): Change[] {
  const event = text(value.event)
  if (event === undefined) return []
  if (event === 'ACCOUNT_RESTRICTION') return restriction(value)
  if (event === 'ACCOUNT_VIOLATION')
    return [{ part: VIOLATION, value: event, reason: textIn(value.violation_info, 'violation_type') ?? null }]
  if (event === 'DISABLED_UPDATE')
    return [
      {
        part: BAN,
        value: textIn(value.ban_info, 'waba_ban_state') ?? event,
        reason: textIn(value.ban_info, 'waba_ban_date') ?? null,
      },
    ]
  if (CONNECTION.has(event)) {
    const [reason, by] = ['reason', 'initiated_by'].map((key) => textIn(value.disconnection_info, key))
    const why = reason === undefined ? null : by === undefined ? reason : `${reason} (${by})`
    return [{ part: 'account', value: event, reason: why }]
  }
  return [{ part: `${EVENT}${OTHERS.has(event) ? event : 'OTHER'}`, value: event }]
}

/** The list is the present one: an empty list ends the restrictions. */
function restriction(value: Loose): Change[] {
  const list = [value.restriction_info].flat().filter(isRecord)
  const types = list.map((one) => text(one.restriction_type)).filter((one) => one !== undefined)
  const remedies = new Set(list.map((one) => text(one.remediation)).filter((one) => one !== undefined))
  const ends = list.map((one) => Number(one.expiration ?? Number.NaN) * 1000)
  const reason = [types.join(', '), ...remedies].filter((one) => one !== '').join(': ')
  return [
    {
      part: RESTRICTION,
      value: Array.isArray(value.restriction_info) && list.length === 0 ? null : 'ACCOUNT_RESTRICTION',
      reason: reason === '' ? null : reason,
      // One restriction without an end keeps the number restricted.
      until: ends.length > 0 && ends.every((end) => Number.isSafeInteger(end) && end > 0) ? Math.max(...ends) : null,
    },
  ]
}

const ALERTS = new Set([
  'INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED',
  'INCREASED_CAPABILITIES_ELIGIBILITY_FAILED',
  'INCREASED_CAPABILITIES_ELIGIBILITY_NEED_MORE_INFO',
  'OBA_APPROVED',
  'OBA_REJECTED',
  'PROFILE_PICTURE_LOST',
])

/** Some of Meta's samples have the keys of the alert beside the entity. */
function alert(value: Loose): Change[] {
  const info = isRecord(value.alert_info) ? value.alert_info : value
  const type = text(info.alert_type)
  if (type === undefined) return []
  const { alert_severity, alert_status, alert_description } = info
  const details = { alert_type: type, alert_severity, alert_status, alert_description }
  return [
    {
      part: `${ALERT}${ALERTS.has(type) ? type : 'OTHER'}`,
      value: text(alert_status) ?? 'ACTIVE',
      reason: text(alert_description) ?? null,
      details: Object.fromEntries(Object.entries(details).filter(([, one]) => one !== undefined)),
    },
  ]
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined

const textIn = (value: unknown, key: string): string | undefined => (isRecord(value) ? text(value[key]) : undefined)
