import { randomBytes } from 'node:crypto'
import { systemClock } from '@postern/runtime/clock'
import { openProvider } from '../app/connections.ts'
import type { ShownIncident } from '../domain/incidents/incident.ts'
import { dateOf, oldRates } from '../platform/rates/rate-card.ts'
import { createOutbound } from '../platform/outbound/guard.ts'
import { samePlace } from '../platform/url-path.ts'
import { ConfigError, readConfig, type Config } from '../platform/config.ts'
import { misspelledIn, misspelledText } from '../platform/environment.ts'
import { type Call, type Command } from './command.ts'
import { answers, connect, CONNECTION, type Connection } from './connect.ts'
import { table } from './table.ts'

/** Result of one check. `says` names the problem and the next step. */
type Finding = { check: string; state: 'ok' | 'warning' | 'failed' | 'unknown'; says: string }

const ASK_WITHIN_MS = 8_000
/**
 * Above this, windows are judged wrongly near their ends. Above five minutes, receivers refuse signatures as too old.
 */
const SKEW_SECONDS = 5
const WEBHOOK_PATH = '/webhooks/meta'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check the installation, and say how to fix each problem.',
  details: [
    'Checks every channel at WhatsApp, sends Meta’s challenge to the public address (PUBLIC_URL), and sends a test event to',
    'every endpoint. An acknowledged test event ends the rest of its endpoint; nothing else changes. Exit code 1: a check failed.',
  ].join(' '),
  options: CONNECTION,
  async run(call) {
    const findings: Finding[] = []
    const config = settings(call, findings)
    // Invalid settings do not matter for a gateway whose address was given.
    if (config || typeof call.values.url === 'string') await examine(call, config, findings)
    const failed = findings.filter((one) => one.state === 'failed').length
    const rows = findings.map((one) => [one.state, one.check, one.says])
    const end = failed === 0 ? 'No check failed.' : `${failed} ${failed === 1 ? 'check' : 'checks'} failed.`
    return {
      data: { ok: failed === 0, checks: findings },
      text: `${table(['STATE', 'CHECK', 'FOUND'], rows)}\n\n${end}`,
      failed: failed > 0,
    }
  },
}

function settings(call: Call, findings: Finding[]): Config | undefined {
  for (const one of misspelledIn(call.env))
    findings.push({ check: 'settings', state: 'warning', says: misspelledText(one) })
  try {
    const config = readConfig(call.env)
    const mode = config.sandbox
      ? 'The sandbox is used in place of WhatsApp.'
      : `WhatsApp is called at ${config.cloudApiUrl}.`
    findings.push({ check: 'settings', state: 'ok', says: mode }, ...rates(config))
    return config
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    for (const says of error.problems) findings.push({ check: 'settings', state: 'failed', says })
    return undefined
  }
}

/** The age of the prices. Mistakes in the file are wrong settings. */
function rates({ rateCard }: Config): Finding[] {
  if (!rateCard) return []
  const warning = oldRates(rateCard, Math.floor(Date.now() / 86_400_000))
  const says = `The newest prices (${rateCard.currency}) are valid from ${dateOf(rateCard.newestFrom)}.`
  return [
    warning === undefined ? { check: 'rates', state: 'ok', says } : { check: 'rates', state: 'warning', says: warning },
  ]
}

async function examine(call: Call, config: Config | undefined, findings: Finding[]): Promise<void> {
  let gateway: Connection
  try {
    gateway = await connect({ ...call, note: () => {} })
  } catch (error) {
    findings.push({ check: 'gateway', state: 'failed', says: (error as Error).message })
    return
  }
  try {
    findings.push(
      gateway.running
        ? { check: 'gateway', state: 'ok', says: `It answers at ${gateway.url}.` }
        : {
            check: 'gateway',
            state: 'warning',
            says: 'None is running, so one was started for this check. Start one with: postern serve',
          },
    )
    findings.push(await store(gateway))
    await incidents(gateway, findings)
    findings.push(...alarmFindings((await gateway.ask('GET', '/admin/alarms')) as ShownAlarm[]))
    await traffic(gateway, findings)
    await channels(gateway, config, findings)
    if (config) findings.push(...(await signInProvider(config)))
    if (config && !config.sandbox) findings.push(await skew(config.cloudApiUrl!))
    if (config?.metaVerifyToken !== undefined)
      findings.push(await handshake('handshake', `${gateway.url}${WEBHOOK_PATH}`, config.metaVerifyToken))
    if (config && (config.publicUrl !== undefined || !config.sandbox)) findings.push(await publicAddress(config))
  } catch (error) {
    findings.push({ check: 'gateway', state: 'failed', says: (error as Error).message })
  } finally {
    await gateway.close()
  }
}

async function store(gateway: Connection): Promise<Finding> {
  const response = await fetch(`${gateway.url}/readyz`, { signal: AbortSignal.timeout(ASK_WITHIN_MS) })
  const body = (await response.json()) as { store?: string; reason?: string }
  return response.ok
    ? { check: 'store', state: 'ok', says: `${body.store} accepts writes, and its migrations are done.` }
    : { check: 'store', state: 'failed', says: `It is not ready: ${body.reason ?? 'the gateway is stopping'}.` }
}

/** What the gateway itself knows to be wrong, also of the time before this check. */
async function incidents(gateway: Connection, findings: Finding[]): Promise<void> {
  const open = (await gateway.ask('GET', '/admin/incidents?count=100')) as ShownIncident[]
  if (open.length === 0) findings.push({ check: 'incidents', state: 'ok', says: 'None is open.' })
  for (const { kind, severity, channel_id: channel, what, advice } of open) {
    const check = channel === undefined ? `incident ${kind}` : `channel ${channel} incident ${kind}`
    findings.push({ check, state: severity === 'critical' ? 'failed' : 'warning', says: `${what} ${advice}` })
  }
}

type ShownAlarm = { alarm_id: string; name: string; last_problem: string | null }

/** An alarm that reaches nobody is found before the night in which it is needed. */
export const alarmFindings = (alarms: readonly ShownAlarm[]): Finding[] =>
  alarms.map(({ alarm_id: id, name, last_problem: problem }) =>
    problem === null
      ? { check: `alarm ${name}`, state: 'ok', says: 'Its target took the newest notification, or there was none yet.' }
      : {
          check: `alarm ${name}`,
          state: 'failed',
          says: `Its target did not take the newest notification (${problem.slice(0, 100)}). Repair it, then: postern alarm test ${id}`,
        },
  )

/** Reads the provider's discovery document as a sign-in does. A client secret is only judged when somebody signs in. */
async function signInProvider(config: Config): Promise<Finding[]> {
  const check = 'sign-in provider'
  const outbound = createOutbound({ allow: config.outboundAllow })
  const provider = openProvider(config, systemClock, outbound)
  try {
    if (!provider) return []
    await provider.begin(config.publicUrl ?? 'http://localhost/')
    return [{ check, state: 'ok', says: `${provider.host} answers, and a sign-in can begin.` }]
  } catch (error) {
    const says = `Nobody can sign in with ${config.oidcIssuer}: ${(error as Error).message}. Check OIDC_ISSUER, and that this machine reaches it.`
    return [{ check, state: 'failed', says }]
  } finally {
    await provider?.close()
    await outbound.close()
  }
}

type Stats = {
  deliveries: { pending: number; dead: number; oldest_pending_seconds: number | null }
  quarantined: Record<string, number>
}

async function traffic(gateway: Connection, findings: Finding[]): Promise<void> {
  const { deliveries, quarantined } = (await gateway.ask('GET', '/admin/stats')) as Stats
  const { pending, dead, oldest_pending_seconds: oldest } = deliveries
  findings.push(
    dead > 0
      ? {
          check: 'deliveries',
          state: 'warning',
          says: `${dead} events are dead: their retries ended. When the endpoint works again: postern deliveries replay --channel <id>`,
        }
      : (oldest ?? 0) > 600
        ? { check: 'deliveries', state: 'warning', says: `${pending} events wait, the oldest for ${oldest} s.` }
        : { check: 'deliveries', state: 'ok', says: `${pending} events wait, none is dead.` },
  )
  const kept = Object.entries(quarantined).filter(([, count]) => count > 0)
  if (kept.length > 0) {
    findings.push({
      check: 'webhooks',
      state: 'warning',
      says: `Webhooks in quarantine: ${kept.map(([why, count]) => `${count} ${why}`).join(', ')}.`,
    })
  }
}

type Channel = { channel_id: number }
type Endpoint = { endpoint_id: string; name: string; url: string; state: string; state_reason: string | null }
type Look = { steps: { step: string; state: Finding['state']; says: string }[]; callback_url: string | null }

async function channels(gateway: Connection, config: Config | undefined, findings: Finding[]): Promise<void> {
  const all = (await gateway.ask('GET', '/admin/channels')) as Channel[]
  if (all.length === 0)
    findings.push({
      check: 'channels',
      state: 'warning',
      says: 'There are no channels. Add one with: postern channel add',
    })
  const shaken = new Set<string>()
  for (const channel of all) {
    const name = `channel ${channel.channel_id}`
    const { steps, callback_url: url } = (await gateway.ask(
      'POST',
      `/admin/channels/${channel.channel_id}/check`,
    )) as Look
    for (const { step, state, says } of steps) {
      const found = step === 'callback' ? webhookUrlFinding(url, { state, says }, config) : { state, says }
      findings.push({ check: `${name} ${step}`, ...found })
    }
    if (url !== null && config?.metaVerifyToken !== undefined && !shaken.has(url)) {
      shaken.add(url)
      findings.push(await handshake(`${name} handshake`, url, config.metaVerifyToken))
    }
    findings.push(...(await endpointsOf(gateway, channel.channel_id)))
  }
}

/** Stricter than for a new channel: without Meta's webhooks the gateway gets no replies and no statuses. */
function webhookUrlFinding(
  url: string | null,
  found: Pick<Finding, 'state' | 'says'>,
  config: Config | undefined,
): Pick<Finding, 'state' | 'says'> {
  if (url === null) return found.state === 'warning' ? { state: 'failed', says: found.says } : found
  if (config?.publicUrl === undefined || config.sandbox) return found
  const ours = `${config.publicUrl}${WEBHOOK_PATH}`
  if (samePlace(url, ours)) return found
  return {
    state: 'failed',
    says: `WhatsApp sends webhooks to ${url}, and this gateway is at ${ours} (PUBLIC_URL): correct one of them.`,
  }
}

type Tested = { delivered: boolean; status: number | null; answer: string }

/** Every endpoint of a channel. The first one is its webhook. */
async function endpointsOf(gateway: Connection, channelId: number): Promise<Finding[]> {
  const at = `/admin/channels/${channelId}/endpoints`
  const [first, ...others] = (await gateway.ask('GET', at)) as Endpoint[]
  const webhook = `channel ${channelId} webhook`
  if (!first) {
    const says = `No events go out: postern channel webhook ${channelId} <url>, or poll GET /external/events.`
    return [{ check: webhook, state: 'warning', says }]
  }
  const findings = [await endpoint(gateway, webhook, at, first)]
  for (const other of others)
    findings.push(await endpoint(gateway, `channel ${channelId} endpoint ${other.name}`, at, other))
  return findings
}

/** Sends a test event to the current URL: the answers of an earlier URL do not count. */
async function endpoint(gateway: Connection, check: string, at: string, one: Endpoint): Promise<Finding> {
  const { endpoint_id: id, url, state, state_reason: reason } = one
  const because = reason === null ? '' : ` (${reason})`
  if (state === 'paused')
    return {
      check,
      state: 'failed',
      says: `Deliveries to ${url} are paused${because}. Set the webhook again, or resume it.`,
    }
  const tested = (await gateway.ask('POST', `${at}/${id}/test`)) as Tested
  if (tested.delivered) return { check, state: 'ok', says: `${url} acknowledged a test event.` }
  const answer = tested.status === null ? tested.answer || 'no answer' : `it answered ${tested.status}`
  return {
    check,
    state: 'failed',
    says: `${url} did not acknowledge a test event (${answer.slice(0, 100)}). Check that the server runs, has the webhook secret, and answers 2xx.`,
  }
}

/** Checks the gateway at its public URL, through any proxy in front of it. */
async function publicAddress({ publicUrl, metaVerifyToken }: Config): Promise<Finding> {
  const check = 'public address'
  if (publicUrl === undefined)
    return {
      check,
      state: 'unknown',
      says: 'Not checked: set PUBLIC_URL to the https address that Meta uses for this gateway.',
    }
  if (metaVerifyToken !== undefined) return handshake(check, `${publicUrl}${WEBHOOK_PATH}`, metaVerifyToken)
  return (await answers(publicUrl))
    ? { check, state: 'ok', says: `A gateway answers at ${publicUrl}.` }
    : {
        check,
        state: 'failed',
        says: `No gateway answers at ${publicUrl}/healthz: check the proxy or tunnel in front of it, and PUBLIC_URL.`,
      }
}

/** Sends the challenge that Meta sends before it saves a callback URL. */
async function handshake(check: string, url: string, verifyToken: string): Promise<Finding> {
  const challenge = randomBytes(8).toString('hex')
  try {
    const asked = new URL(url)
    asked.searchParams.set('hub.mode', 'subscribe')
    asked.searchParams.set('hub.verify_token', verifyToken)
    asked.searchParams.set('hub.challenge', challenge)
    const response = await fetch(asked, { redirect: 'manual', signal: AbortSignal.timeout(ASK_WITHIN_MS) })
    const text = (await response.text()).slice(0, 200)
    if (response.status === 200 && text === challenge)
      return { check, state: 'ok', says: `${url} answers WhatsApp’s handshake.` }
    const why =
      response.status === 403
        ? 'its META_VERIFY_TOKEN differs: set the same token in the gateway and in Meta’s app'
        : 'it is not this gateway’s address, or a proxy in front of it answers'
    return { check, state: 'failed', says: `${url} answered ${response.status} to the handshake: ${why}.` }
  } catch (error) {
    const { cause, message } = error as Error
    const why = cause instanceof Error && cause.message !== '' ? cause.message : message
    return { check, state: 'failed', says: `${url} cannot be reached from here (${why}).` }
  }
}

async function skew(cloudApiUrl: string): Promise<Finding> {
  try {
    const before = Date.now()
    const response = await fetch(cloudApiUrl, { redirect: 'manual', signal: AbortSignal.timeout(ASK_WITHIN_MS) })
    await response.body?.cancel()
    const theirs = Date.parse(response.headers.get('date') ?? '')
    if (Number.isNaN(theirs)) return { check: 'clock', state: 'unknown', says: 'WhatsApp’s answer has no time.' }
    // The header has whole seconds, so half a second is added to be right on average.
    const seconds = Math.round(((before + Date.now()) / 2 - theirs - 500) / 1000)
    return Math.abs(seconds) <= SKEW_SECONDS
      ? { check: 'clock', state: 'ok', says: `It agrees with WhatsApp’s within ${SKEW_SECONDS} s.` }
      : {
          check: 'clock',
          state: 'warning',
          says: `It is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} WhatsApp’s, so windows are computed wrongly. Synchronise it (NTP).`,
        }
  } catch (error) {
    const { cause, message } = error as Error
    return {
      check: 'clock',
      state: 'failed',
      says: `${cloudApiUrl} cannot be reached: ${cause instanceof Error ? cause.message : message}.`,
    }
  }
}
