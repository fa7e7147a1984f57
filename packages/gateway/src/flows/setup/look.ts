import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { limitOf } from '../../domain/channels/signals.ts'
import type {
  AccountFact,
  AppFact,
  AppName,
  MessageFact,
  NumberFact,
  SetupFacts,
  Told,
  TokenFact,
} from '../../domain/setup/facts.ts'
import type { MessageFacts } from '../../domain/setup/steps.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { isRecord } from '../../platform/is-record.ts'
import { listMessages, type MessageRow } from '../../store/messages.ts'
import type { Store } from '../../store/store.ts'
import { travel } from './trip.ts'

export type SetupDeps = {
  cloudApi: CloudApi
  store: Store
  clock: Clock
  /** The templates of an account, as far as they are known. */
  templates: (channel: Channel) => Promise<readonly CatalogEntry[]>
  isSandbox: boolean
  /** The address of WhatsApp's webhooks at PUBLIC_URL. */
  ourAddress: string | undefined
  secrets: () => { verifyToken: string; appSecret: string }
}

const TIMEOUT_MS = 8_000
/** One that arrived is looked for among these. */
const NEWEST = 20

const NUMBER_FIELDS = [
  ...['id', 'display_phone_number', 'verified_name', 'quality_rating', 'status', 'code_verification_status'],
  ...['name_status', 'new_name_status', 'whatsapp_business_manager_messaging_limit', 'health_status'],
  ...['webhook_configuration', 'is_on_biz_app'],
]

/** Asks WhatsApp, our public address and the store for everything that the steps follow from. Changes nothing. */
export async function look(deps: SetupDeps, channel: Channel): Promise<SetupFacts> {
  const { cloudApi, isSandbox, ourAddress } = deps
  const { accessToken: token, phoneNumberId, wabaId, businessPhone } = channel
  const call = { timeoutMs: TIMEOUT_MS }
  const about = told(async () => tokenFact(await cloudApi.debugToken(token, token, call)))
  const [aboutToken, number, account, apps, app, address, messages] = await Promise.all([
    about,
    told(async () =>
      numberFact(await cloudApi.getPhoneNumber(phoneNumberId, token, { ...call, fields: NUMBER_FIELDS })),
    ),
    told(() => accountFact(cloudApi, wabaId, token)),
    told(async () => (await cloudApi.subscribedApps(wabaId, token, call)).map(appName)),
    about.then((known) => lookAtApp(deps, known.value?.app)),
    ourAddress === undefined ? undefined : travel(ourAddress, deps.secrets()),
    lookAtMessages(deps, channel),
  ])
  return {
    channel: { businessPhone, phoneNumberId, wabaId },
    isSandbox,
    ...{ token: aboutToken, number, account, apps, app, address },
    ...messages,
  }
}

/** What the store knows of the first message and the first answer. */
export async function lookAtMessages(deps: SetupDeps, channel: Channel): Promise<MessageFacts> {
  const of = { channelId: channel.id }
  const [sent, received, template] = await Promise.all([
    listMessages(deps.store.sql, { ...of, direction: 'out', count: NEWEST }),
    listMessages(deps.store.sql, { ...of, direction: 'in', count: 1 }),
    told(async () => (await firstTemplate(deps, channel))?.name),
  ])
  const [answer] = received.map(messageFact)
  return { now: deps.clock.now(), template, sent: sent.map(messageFact), received: answer }
}

/** A template that is approved and needs no values: Meta's `hello_world`, or the first one. */
export async function firstTemplate(deps: SetupDeps, channel: Channel): Promise<CatalogEntry | undefined> {
  const all = await deps.templates(channel)
  const ready = all.filter(({ status, wants, category }) => {
    const variables = [wants.header?.text, wants.body].flatMap((one) => one?.variables ?? [])
    const isPlain = variables.length === 0 && (!wants.header || wants.header.kind === 'text')
    return status === 'APPROVED' && category !== 'AUTHENTICATION' && isPlain && isWithoutParts(wants)
  })
  return ready.find(({ name }) => name === 'hello_world') ?? ready[0]
}

const isWithoutParts = ({ buttons, cards, offer }: CatalogEntry['wants']): boolean =>
  buttons.length === 0 && !cards && !offer

async function told<T>(ask: () => Promise<T>): Promise<Told<T>> {
  try {
    return { value: await ask() }
  } catch (error) {
    if (error instanceof CloudApiError) return { error: { code: error.code, says: error.message.slice(0, 500) } }
    return { error: { code: null, says: (error as Error).message.slice(0, 500) } }
  }
}

/** The token of an app is its id and its secret. */
export const appToken = (appId: string, secret: string): string => `${appId}|${secret}`

async function lookAtApp(deps: SetupDeps, app: AppName | undefined): Promise<Told<AppFact> | undefined> {
  if (!app) return undefined
  const token = appToken(app.id, deps.secrets().appSecret)
  return told(async () => {
    const answer = await deps.cloudApi.resource({ method: 'GET', path: [app.id, 'subscriptions'], query: {} }, token)
    const list = isRecord(answer) && Array.isArray(answer.data) ? (answer.data as unknown[]).filter(isRecord) : []
    const ours = list.find(({ object }) => object === 'whatsapp_business_account')
    if (!ours) return null
    const fields = Array.isArray(ours.fields) ? (ours.fields as unknown[]) : []
    const names = fields.map((one) => text(isRecord(one) ? one.name : one)).filter((one) => one !== undefined)
    return { callbackUrl: text(ours.callback_url) ?? '', fields: names }
  })
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value.slice(0, 500) : undefined

function appName(entry: Record<string, unknown>): AppName {
  const data = isRecord(entry.whatsapp_business_api_data) ? entry.whatsapp_business_api_data : entry
  return { id: String(data.id as string), name: text(data.name)?.slice(0, 100) ?? 'an app' }
}

export function tokenFact(about: Record<string, unknown>): TokenFact {
  const { is_valid: isValid, scopes, app_id: appId, application, granular_scopes: granular } = about
  // Two times of Meta's, in seconds; 0 is never.
  const ends = [about.expires_at, about.data_access_expires_at].filter(
    (one): one is number => typeof one === 'number' && one > 0,
  )
  const targets = (Array.isArray(granular) ? (granular as unknown[]) : [])
    .filter(isRecord)
    .flatMap(({ target_ids: ids }) => (Array.isArray(ids) ? (ids as unknown[]) : []))
  const id = typeof appId === 'number' ? String(appId) : text(appId)
  return {
    isValid: isValid !== false,
    scopes: (Array.isArray(scopes) ? (scopes as unknown[]) : []).filter((one) => typeof one === 'string'),
    expiresAt: ends.length === 0 ? null : Math.min(...ends) * 1000,
    app: id === undefined ? undefined : { id, name: text(application)?.slice(0, 100) ?? 'the app' },
    wabaIds: [...new Set(targets.map(String).filter((one) => /^\d{1,32}$/.test(one)))],
  }
}

function numberFact(number: Record<string, unknown>): NumberFact {
  const limit = limitOf(number.whatsapp_business_manager_messaging_limit)
  const health = isRecord(number.health_status) ? number.health_status : {}
  const entities = (Array.isArray(health.entities) ? (health.entities as unknown[]) : []).filter(isRecord)
  const errors = entities
    .flatMap(({ errors: some }) => (Array.isArray(some) ? (some as unknown[]) : []))
    .filter(isRecord)
  const { webhook_configuration: given } = number
  const configuration = isRecord(given) ? given : {}
  return {
    shown: text(number.display_phone_number) ?? '',
    name: text(number.verified_name) ?? null,
    status: text(number.status),
    verification: text(number.code_verification_status),
    nameStatus: text(number.name_status),
    newNameStatus: text(number.new_name_status),
    quality: text(number.quality_rating),
    limit: limit ?? undefined,
    isOnBizApp: number.is_on_biz_app === true,
    canSend: text(health.can_send_message),
    problems: errors.map((one) => ({
      says: text(one.error_description) ?? `error ${String(one.error_code as number)}`,
      advice: text(one.possible_solution) ?? null,
    })),
    overrides: [configuration.phone_number, configuration.whatsapp_business_account]
      .map(text)
      .filter((one) => one !== undefined),
  }
}

async function accountFact(cloudApi: CloudApi, wabaId: string, token: string): Promise<AccountFact> {
  const fields = { fields: 'business_verification_status' }
  const [numbers, account] = await Promise.all([
    cloudApi.listPhoneNumbers(wabaId, token, { timeoutMs: TIMEOUT_MS, limit: 100 }),
    // The numbers matter, and this is a note.
    cloudApi.resource({ method: 'GET', path: [wabaId], query: fields }, token).catch(() => undefined),
  ])
  return {
    numbers: numbers.data.map(({ id, display_phone_number: shown }) => ({ id, shown })),
    verification: isRecord(account) ? text(account.business_verification_status) : undefined,
  }
}

function messageFact(row: MessageRow): MessageFact {
  const error: unknown = row.error === null ? null : JSON.parse(row.error)
  return {
    status: row.status,
    at: row.created_at,
    error: isRecord(error)
      ? { code: typeof error.code === 'number' ? error.code : null, title: text(error.title) ?? '' }
      : null,
  }
}
