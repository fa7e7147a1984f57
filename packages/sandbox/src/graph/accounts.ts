import { Checker, wordOf, type Json } from '../checker.ts'
import { DAY_MS } from '../cloud.ts'
import { invalid, noSuchObject } from '../graph-error.ts'
import { digitsFrom, objectId } from '../identifiers.ts'
import type { Account, Message } from '../world.ts'
import { accountFor, seesAccount, type Answer, type Call } from './call.ts'
import { empty, parseFields, pick, type Field, type Node } from './fields.ts'
import { listFlows } from './flows.ts'
import { listNumbers } from './numbers.ts'
import { pricingAnalytics, secondsIn } from './pricing-analytics.ts'
import { paged } from './paging.ts'
import { limitOf } from '../standing.ts'
import { getSubscribedApps } from './subscriptions.ts'
import { listTemplates } from './templates.ts'

/* Accounts (WABA), their portfolios, and their counts. */

const DEFAULTS = ['id', 'name', 'timezone_id', 'message_template_namespace']

/** An edge inside `fields=`, for instance `phone_numbers.limit(2){id}`: the same as a request for the edge itself. */
function edge(call: Call, account: Account, name: string, list: (call: Call) => Answer): (field: Field) => unknown {
  return ({ args, inner }) => {
    const query = new URLSearchParams(args)
    if (inner !== null) query.set('fields', inner)
    return list({ ...call, path: [account.wabaId, name], query }).body
  }
}

function nodeOf(call: Call, account: Account): Node {
  const { cloud } = call
  const owner = { id: account.businessId, name: businessName(call, account.businessId) }
  return {
    type: 'WhatsAppBusinessAccount',
    fields: {
      ...empty(
        'audiences auth_international_rate_eligibility call_analytics dcc_config degrees_of_freedom_spec ' +
          'group_analytics linked_commerce_account on_behalf_of_business_info primary_business_location ' +
          'purchase_order_number schedules solutions template_auto_archival_enabled message_template_library',
      ),
      id: account.wabaId,
      name: account.name,
      timezone_id: '1',
      currency: 'USD',
      country: 'US',
      creation_time: 1_768_467_600,
      message_template_namespace: `ns_${account.wabaId}`,
      account_review_status: 'APPROVED',
      business_verification_status: account.verification ?? 'verified',
      ownership_type: 'SELF',
      owner_business: owner,
      owner_business_info: owner,
      primary_funding_id: digitsFrom(cloud.source.fixed(`funding ${account.wabaId}`), 15),
      status: 'ACTIVE',
      health_status: {
        can_send_message: account.blocked ? 'BLOCKED' : 'AVAILABLE',
        entities: [
          account.blocked
            ? { entity_type: 'WABA', id: account.wabaId, can_send_message: 'BLOCKED', errors: [account.blocked] }
            : { entity_type: 'WABA', id: account.wabaId, can_send_message: 'AVAILABLE' },
          { entity_type: 'BUSINESS', id: account.businessId, can_send_message: 'AVAILABLE' },
          { entity_type: 'APP', id: cloud.world.app.id, can_send_message: 'AVAILABLE' },
        ],
      },
      marketing_messages_onboarding_status: 'ONBOARDED',
      marketing_messages_lite_api_status: 'ONBOARDED',
      disable_marketing_messages_on_cloud_api: account.settings?.['disable_marketing_messages_on_cloud_api'] ?? false,
      is_enabled_for_insights: account.settings?.['is_enabled_for_insights'] ?? false,
      whatsapp_business_manager_messaging_limit: limitOf(account),
      analytics: (field: Field) => analytics(call, account, field),
      conversation_analytics: () => ({ data: [{ data_points: [] }] }),
      pricing_analytics: (field: Field) => pricingAnalytics(call, account, field),
      template_analytics: () => ({ data: [{ granularity: 'DAILY', product_type: 'cloud_api', data_points: [] }] }),
      phone_numbers: edge(call, account, 'phone_numbers', listNumbers),
      message_templates: edge(call, account, 'message_templates', listTemplates),
      subscribed_apps: edge(call, account, 'subscribed_apps', getSubscribedApps),
      flows: edge(call, account, 'flows', listFlows),
    },
  }
}

export const getAccount = (call: Call): Answer => ({
  body: pick(nodeOf(call, accountFor(call, call.path[0]!)), call.query.get('fields'), DEFAULTS),
})

/** `POST /{account}`: the switches of marketing messages and insights. */
export function postAccount(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  for (const key of ['disable_marketing_messages_on_cloud_api', 'is_enabled_for_insights']) {
    const value = call.body[key]
    if (value === undefined) continue
    if (!['true', 'false'].includes(String(value))) throw invalid(`Param ${key} must be a boolean.`)
    account.settings = { ...account.settings, [key]: String(value) === 'true' }
  }
  for (const key of ['degrees_of_freedom_spec', 'name']) {
    if (call.body[key] !== undefined) account.settings = { ...account.settings, [key]: call.body[key] }
  }
  call.cloud.world.saveAccount(account)
  return { body: { id: account.wabaId } }
}

// ── Counts ────────────────────────────────────────────────────────────────────────────────────────

function wanted(call: Call, account: Account, from: number, until: number): Message[] {
  const { world } = call.cloud
  return [...world.messages.values()].filter(
    (m) =>
      m.direction === 'out' &&
      world.numbers.get(m.numberId)?.wabaId === account.wabaId &&
      m.at >= from * 1000 &&
      m.at < until * 1000,
  )
}

const SPANS: Record<string, number> = { HALF_HOUR: 1_800, DAY: 86_400, MONTH: 30 * 86_400 }
const MOST_POINTS = 1_000

/** Sent and delivered messages in each span, of the messages that are still kept. */
function analytics(call: Call, account: Account, field: Field): Json {
  const from = secondsIn(field, 'start')
  const until = secondsIn(field, 'end')
  const granularity = field.args['granularity'] ?? ''
  const span = SPANS[granularity]
  if (span === undefined) throw invalid('Param granularity must be one of {HALF_HOUR, DAY, MONTH}.')
  if (until <= from || (until - from) / span > MOST_POINTS)
    throw invalid('Param end must be after start, and not so far.')
  const messages = wanted(call, account, from, until)
  const points: Json[] = []
  for (let start = from; start < until; start += span) {
    const end = Math.min(start + span, until)
    const within = messages.filter((m) => m.at >= start * 1000 && m.at < end * 1000)
    const reached = (status: string): number => within.filter((m) => m.steps?.some((s) => s.status === status)).length
    points.push({ start, end, sent: reached('sent'), delivered: reached('delivered') })
  }
  const numbers = [...call.cloud.world.numbers.values()].filter((n) => n.wabaId === account.wabaId)
  return { phone_numbers: numbers.map((n) => n.number), granularity, data_points: points }
}

// ── Portfolios ────────────────────────────────────────────────────────────────────────────────────

function businessName(call: Call, businessId: string): string {
  const account = [...call.cloud.world.accounts.values()].find((a) => a.businessId === businessId)
  return account?.name ?? businessId
}

const accountsOf = (call: Call, businessId: string): Account[] =>
  [...call.cloud.world.accounts.values()].filter(
    (a) => a.businessId === businessId && seesAccount(call.token, a.wabaId),
  )

export const isBusiness = (call: Call, id: string): boolean => accountsOf(call, id).length > 0

export function getBusiness(call: Call): Answer {
  const id = call.path[0]!
  const node: Node = {
    type: 'Business',
    fields: {
      ...empty('link profile_picture_uri two_factor_type vertical vertical_id primary_page payment_account_id'),
      id,
      name: businessName(call, id),
      timezone_id: 1,
      created_time: '2026-01-15T09:00:00+0000',
      verification_status: 'verified',
      health_status: {
        can_send_message: 'AVAILABLE',
        entities: [{ entity_type: 'BUSINESS', id, can_send_message: 'AVAILABLE' }],
      },
      whatsapp_business_manager_messaging_limit: limitOf(accountsOf(call, id)[0]!),
      owned_whatsapp_business_accounts: () => listAccounts({ ...call, query: new URLSearchParams() }).body,
      client_whatsapp_business_accounts: () => ({ data: [] }),
    },
  }
  return { body: pick(node, call.query.get('fields'), ['id', 'name']) }
}

/** Every account belongs to the portfolio itself; the list of its clients' accounts is empty. */
export function listAccounts(call: Call): Answer {
  const id = call.path[0]!
  if (!isBusiness(call, id)) throw noSuchObject(id, call.method)
  const owned = call.path[1] !== 'client_whatsapp_business_accounts' ? accountsOf(call, id) : []
  const fields = call.query.get('fields')
  return {
    body: paged(
      call,
      owned.map((account) => pick(nodeOf(call, account), fields, [...DEFAULTS, 'currency'])),
    ),
  }
}

/** No credit line: most businesses pay by themselves. */
export function listCredits(call: Call): Answer {
  if (!isBusiness(call, call.path[0]!)) throw noSuchObject(call.path[0]!, call.method)
  const fields = call.query.get('fields')
  if (fields !== null) for (const { name } of parseFields(fields)) pick(CREDIT, name, [])
  return { body: { data: [] } }
}
const CREDIT: Node = { type: 'BusinessExtendedCredit', fields: empty('id legal_entity_name') }

export const getApp = (call: Call): Answer => {
  const { app } = call.cloud.world
  const link = `${call.cloud.origin}/apps/${app.id}`
  const health = {
    can_send_message: 'AVAILABLE',
    entities: [{ entity_type: 'APP', id: app.id, can_send_message: 'AVAILABLE' }],
  }
  const node: Node = {
    type: 'Application',
    fields: { ...empty('category namespace icon_url'), id: app.id, name: app.name, link, health_status: health },
  }
  return { body: pick(node, call.query.get('fields'), ['id', 'name', 'link']) }
}

// ── People and events of an account ───────────────────────────────────────────────────────────────

type Assigned = { id: string; tasks: string[] }
const assignedOf = (account: Account): Assigned[] =>
  (account.settings?.['assigned_users'] as Assigned[] | undefined) ?? []

export function listAssignedUsers(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const users = assignedOf(account).map(({ id, tasks }) => ({ id, name: `User ${id.slice(-4)}`, tasks }))
  return { body: paged(call, users) }
}

export function changeAssignedUsers(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const user = wordOf(call.body['user'] ?? '')
  if (user === '') throw invalid('The parameter user is required.')
  const others = assignedOf(account).filter(({ id }) => id !== user)
  const tasks = call.method === 'POST' ? new Checker().array(call.body, 'tasks', '').map(wordOf) : []
  account.settings = {
    ...account.settings,
    assigned_users: call.method === 'POST' ? [...others, { id: user, tasks }] : others,
  }
  call.cloud.world.saveAccount(account)
  return { body: { success: true } }
}

/** The known activities of an account: its creation, and its numbers. */
export function listActivities(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const at = new Date(Math.floor(call.cloud.clock.now() / DAY_MS) * DAY_MS).toISOString().replace('.000Z', '+0000')
  const id = (what: string): string => digitsFrom(call.cloud.source.fixed(`activity ${what}`), 15)
  const numbers = [...call.cloud.world.numbers.values()].filter((n) => n.wabaId === account.wabaId)
  const activity = (what: string, activity_type: string, description: string): Json => ({
    id: id(what),
    activity_type,
    timestamp: at,
    actor_type: 'SYSTEM',
    description,
  })
  return {
    body: paged(call, [
      activity(account.wabaId, 'ACCOUNT_CREATED', `Account ${account.name} was created.`),
      ...numbers.map((n) => activity(n.id, 'PHONE_NUMBER_ADDED', `Phone number ${n.number} was added.`)),
    ]),
  }
}

/** `POST /{account}/phone_numbers`: adds a number that must still be verified and registered. */
export function addPhoneNumber(call: Call): Answer {
  const account = accountFor(call, call.path[0]!)
  const { cloud, body } = call
  const check = new Checker()
  const digits = `${wordOf(body['cc'] ?? '')}${check.string(body, 'phone_number', '')}`.replace(/\D/g, '')
  if (digits.length < 6 || digits.length > 17) throw invalid('Param phone_number is not a phone number.')
  if ([...cloud.world.numbers.values()].some((n) => n.number === digits))
    throw invalid('Phone number is already registered.', { subcode: 2_388_012 })
  const id = objectId(cloud.source, 'number')
  cloud.world.saveNumber({
    id,
    wabaId: account.wabaId,
    number: digits,
    verifiedName: check.string(body, 'verified_name', ''),
    quality: 'UNKNOWN',
    throughput: 'STANDARD',
    registered: false,
    profile: {},
    blocked: [],
    settings: {},
  })
  return { body: { id } }
}
