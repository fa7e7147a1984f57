import { statfs } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import { disconnection, isRestricted, qualityRank, restrictionOf } from '../../domain/channels/state.ts'
import type { BroadcastFact, ChannelFact, EndpointFact, MachineFact, TokenProof } from '../../domain/incidents/facts.ts'
import { IN_USE_MS, STOPPED_FOR_MS } from '../../domain/incidents/number-rules.ts'
import { SENDS_LOOKED_AT, SILENCE_SPAN_MS, silenceOf, usualMs } from '../../domain/incidents/silence.ts'
import { dayOf } from '../../domain/costs/cost.ts'
import { oldRates, type RateCard } from '../../platform/rates/rate-card.ts'
import { type LastAnswer, lastAnswers, waitingOf } from '../../store/endpoint-activity.ts'
import { acceptedSends, stoppedBroadcasts, troubledTemplates, unknownSince } from '../../store/incident-facts.ts'
import type { Sql } from '../../store/sql.ts'
import type { Seen } from './board.ts'
import type { Watched } from './number-watch.ts'

const DAY_MS = 24 * 60 * 60_000
/** Delays from which the usual time of a channel's statuses is taken. */
const MOST_DELAYS = 100

const HOST = hostname()

export async function endpointFacts(sql: Sql, channels: readonly Channel[]): Promise<EndpointFact[]> {
  const endpoints = channels.flatMap((channel) => channel.endpoints)
  const ids = endpoints.map(({ id }) => id)
  const waiting = await waitingOf(sql, ids)
  const answers = await lastAnswers(sql, ids)
  return endpoints.map(({ id, channelId, publicId, name, health }) => {
    const { pending, dead, oldestPendingAt } = waiting.get(id)!
    const answer = answers.get(id)
    return {
      channelId,
      endpointId: publicId,
      name,
      state: health.state,
      pausedBy: health.pausedBy,
      since: health.since,
      nextTryAt: health.restingUntil,
      waiting: pending,
      dead,
      oldestAt: oldestPendingAt,
      lastAnswer: answer ? { delivered: answer.outcome === 'delivered', words: wordsOf(answer) } : null,
    }
  })
}

const wordsOf = ({ status, problem }: LastAnswer): string =>
  status === null ? (problem ?? 'none').slice(0, 120) : `HTTP ${status}`

/** Facts of channels that are read more rarely: they are about minutes, and are read channel by channel. */
export type SlowFact = Pick<ChannelFact, 'silence' | 'unknown'>

/** Learns how long statuses usually take. One for each process. */
export function createSlowFacts(clock: Clock) {
  const delays = new Map<number, number[]>()
  return async (sql: Sql, channelId: number): Promise<SlowFact> => {
    const now = clock.now()
    const unknown = await unknownSince(sql, channelId, now - DAY_MS)
    const known = delays.get(channelId) ?? []
    const usual = usualMs(known)
    const range = { from: now - SILENCE_SPAN_MS, before: now - usual, limit: SENDS_LOOKED_AT }
    const sends = await acceptedSends(sql, channelId, range)
    const seen = sends.flatMap(({ delayMs }) => delayMs ?? [])
    if (seen.length > 0) delays.set(channelId, [...known, ...seen].slice(-MOST_DELAYS))
    return { unknown, silence: silenceOf(sends, usual) }
  }
}

/** The statuses of numbers, by WhatsApp's word. */
const BANNED = new Set(['BANNED', 'RESTRICTED', 'FLAGGED'])
const GONE = new Set(['DISCONNECTED', 'DELETED', 'MIGRATED', 'UNVERIFIED'])

export function channelFact(
  { id, state }: Channel,
  now: number,
  more: {
    slow: SlowFact | undefined
    proof: TokenProof | undefined
    watched: Watched | undefined
    limitFell: ChannelFact['limitFell']
  },
): ChannelFact {
  const { slow, proof, watched } = more
  const quality = state.get('quality')
  const restriction = isRestricted(state, now) ? restrictionOf(state, now) : undefined
  const gone = disconnection(state)
  const status = watched?.status
  return {
    channelId: id,
    quality: quality && { rank: qualityRank(state), since: quality.since },
    limitFell: more.limitFell,
    restriction: restriction
      ? { word: wordOf(restriction.value), since: restriction.since, until: restriction.until }
      : status && BANNED.has(status.word)
        ? { ...status, until: null }
        : undefined,
    disconnection: gone
      ? { word: gone.word, since: gone.part.since, advice: gone.advice }
      : status && GONE.has(status.word)
        ? { ...status, advice: 'Register the number with the Cloud API again, and verify it where Meta asks for it.' }
        : undefined,
    token: tokenOf(proof, watched),
    tokenExpiresAt: watched?.expiresAt,
    apps: watched?.apps,
    otherAddress: watched?.otherAddress,
    silence: slow?.silence,
    unknown: slow?.unknown,
  }
}

const wordOf = (value: unknown): string =>
  (Array.isArray(value) ? value.join(', ') : typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 200)

/** A rejected send outweighs an accepted question for a while: what may read may not be allowed to send. */
const SEND_OUTWEIGHS_MS = 10 * 60_000

function tokenOf(proof: TokenProof | undefined, watched: Watched | undefined): ChannelFact['token'] {
  const asked = watched?.token
  // What was rejected with an earlier token says nothing about this one.
  const rejectedAt = proof && watched && proof.rejectedAt < watched.tokenSince && asked ? 0 : (proof?.rejectedAt ?? 0)
  if (proof === undefined && asked === undefined) return undefined
  const outweighed = asked?.accepted === true && asked.at - rejectedAt > SEND_OUTWEIGHS_MS
  return {
    rejectedAt: Math.max(rejectedAt, asked?.accepted === false ? asked.at : 0),
    acceptedAt: Math.max(proof?.acceptedAt ?? 0, outweighed || rejectedAt === 0 ? (asked?.accepted ? asked.at : 0) : 0),
    code: asked?.accepted === false ? asked.code : (proof?.code ?? null),
  }
}

export type Limits = Record<string, { highest: number | 'unlimited'; fell?: { now: string; at: number } }>

const rankOf = (limit: unknown): number | undefined =>
  limit === 'unlimited' ? Infinity : typeof limit === 'number' ? limit : undefined

/** The limits that numbers had: a lower one than before is told. Returns the limits to remember. */
export function limitsAfter(before: Limits, channels: readonly Channel[], now: number): Limits {
  const after: Limits = {}
  for (const { id, state } of channels) {
    const part = state.get('messaging_limit')
    const rank = rankOf(part?.value)
    const was = before[id]
    if (rank === undefined) {
      if (was) after[id] = was
      continue
    }
    const shown = part!.value as number | 'unlimited'
    const highest = was ? rankOf(was.highest)! : rank
    if (rank >= highest) after[id] = { highest: shown }
    else {
      const fell = was?.fell?.now === String(shown) ? was.fell : { now: String(shown), at: part!.since }
      // After a week the lower limit is the normal one.
      after[id] = now - fell.at > IN_USE_MS ? { highest: shown } : { highest: was!.highest, fell }
    }
  }
  return after
}

export const limitFellOf = (limits: Limits, channelId: number): ChannelFact['limitFell'] => {
  const known = limits[channelId]
  return known?.fell && { before: String(known.highest), now: known.fell.now, at: known.fell.at }
}

export async function templateFacts(sql: Sql, byWaba: (wabaId: string) => readonly Channel[], now: number) {
  const troubled = await troubledTemplates(sql, now - IN_USE_MS)
  return troubled.flatMap(({ wabaId, ...template }) => {
    const [channel] = byWaba(wabaId)
    return channel ? [{ channelId: channel.id, ...template }] : []
  })
}

export const broadcastFacts = (sql: Sql, now: number): Promise<BroadcastFact[]> =>
  stoppedBroadcasts(sql, now - STOPPED_FOR_MS)

type Pace = { channel_id: number; messages_per_second: number; now_per_second: number; code: number | null }

export async function machineFact(
  seen: Seen,
  more: {
    pace: readonly Pace[]
    dataDir: string
    rateCard: RateCard | undefined
    now: number
    storeSkewMs: number | undefined
  },
): Promise<MachineFact> {
  const disk = await statfs(more.dataDir).catch(() => undefined)
  return {
    ...seen,
    clock: worseSkew(seen.clock, more.storeSkewMs),
    host: HOST,
    slow: more.pace
      .filter((one) => one.now_per_second < one.messages_per_second)
      .map((one) => ({
        channelId: one.channel_id,
        perSecond: one.now_per_second,
        of: one.messages_per_second,
        code: one.code,
      })),
    disk: disk && { free: disk.bavail * disk.bsize, total: disk.blocks * disk.bsize },
    rates: more.rateCard && oldRates(more.rateCard, dayOf(more.now)),
  }
}

/** The greater difference of those from WhatsApp's clock and the database's is told. */
const worseSkew = (clock: MachineFact['clock'], storeSkewMs: number | undefined): MachineFact['clock'] =>
  storeSkewMs === undefined || (clock.skewMs !== null && Math.abs(clock.skewMs) >= Math.abs(storeSkewMs))
    ? clock
    : { ...clock, skewMs: storeSkewMs, against: 'the database' }
