import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shareAt, slowed, type Slowdown, UNSLOWED } from '../channels/slowdown.ts'
import { createCallWindow } from './call-window.ts'
import { type Step, stepOf } from './clock-watch.ts'
import type { EndpointFact } from './facts.ts'
import { judge, NOTHING_KNOWN } from './judge.ts'
import { silenceOf, SENDS_LOOKED_AT, SILENCE_SPAN_MS, usualMs } from './silence.ts'
import { channelFact, endpointFact, machineFact, STORE } from './test-facts.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const LOOK_MS = 5 * SECOND

function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** Messages in an hour: an office day with peaks, a quiet night, and a holiday with nearly nothing. */
function perHour(at: number, busy: number): number {
  const hour = (at / HOUR) % 24
  const isHoliday = Math.floor(at / (24 * HOUR)) % 3 === 1
  if (hour < 7 || hour > 22) return busy * 0.005
  return isHoliday ? busy * 0.02 : busy * (hour > 9 && hour < 12 ? 1.6 : 1)
}

type Sent = { acceptedAt: number; answeredAt: number }

/** The ordinary mishaps of one channel and its endpoint. */
class Channel {
  readonly #random: () => number
  readonly #busy: number
  sends: Sent[] = []
  slowdown: Slowdown = UNSLOWED
  awayUntil = 0
  awaySince = 0
  unknown: { at: number; until: number }[] = []
  window = createCallWindow()

  constructor(seed: number, busy: number) {
    this.#random = randomFrom(seed)
    this.#busy = busy
  }

  pass(now: number): void {
    const random = this.#random
    const expected = (perHour(now, this.#busy) * LOOK_MS) / HOUR
    let count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0)
    while (count-- > 0) this.#send(now - random() * LOOK_MS, now)
    this.sends = this.sends.filter(({ acceptedAt }) => acceptedAt > now - SILENCE_SPAN_MS).slice(-400)
    // The customer's server is deployed twice a day, and away for up to 50 seconds.
    if (now > this.awayUntil && random() < (2 * LOOK_MS) / (24 * HOUR)) {
      this.awaySince = now
      this.awayUntil = now + 10 * SECOND + random() * 40 * SECOND
    }
    this.unknown = this.unknown.filter(({ until }) => until > now)
  }

  #send(at: number, now: number): void {
    const random = this.#random
    const luck = random()
    // One in a hundred is refused by WhatsApp's servers, one in a thousand gets no answer, a burst is throttled.
    this.window.note(luck < 0.01 ? 'failing' : 'ok', 1, at)
    if (luck < 0.01) return
    if (luck < 0.011) this.unknown.push({ at, until: at + 5 * SECOND + random() * 4 * MINUTE })
    if (random() < 0.0005) this.slowdown = slowed(this.slowdown, now, 130429, SECOND)
    // Statuses come within seconds, a few within four minutes, and one in 300 never.
    const never = random() < 1 / 300
    const slow = random() < 0.005
    this.sends.push({
      acceptedAt: at,
      answeredAt: never ? Infinity : at + SECOND + random() * (slow ? 240 : 12) * SECOND,
    })
  }

  silence(now: number) {
    const usual = usualMs(
      this.sends
        .slice(-50)
        .flatMap(({ acceptedAt, answeredAt }) => (answeredAt <= now ? [answeredAt - acceptedAt] : [])),
    )
    const old = this.sends.filter(({ acceptedAt }) => acceptedAt < now - usual).slice(-SENDS_LOOKED_AT)
    const looked = old.reverse().map((one) => ({ acceptedAt: one.acceptedAt, answered: one.answeredAt <= now }))
    return silenceOf(looked, usual)
  }

  endpoint(channelId: number, now: number): EndpointFact {
    if (now > this.awayUntil) return endpointFact({ channelId, endpointId: `ep_${channelId}` })
    return endpointFact({
      channelId,
      endpointId: `ep_${channelId}`,
      state: 'resting',
      since: this.awaySince,
      nextTryAt: this.awayUntil,
      waiting: 12,
      oldestAt: this.awaySince,
      lastAnswer: { delivered: false, words: 'HTTP 502' },
    })
  }
}

test('72 hours of ordinary traffic, with nights and a holiday, open no incident', () => {
  const start = Date.UTC(2026, 11, 23)
  const channels = [new Channel(1, 4_000), new Channel(2, 120), new Channel(3, 3)]
  const random = randomFrom(9)
  let judgement = NOTHING_KNOWN
  let step: Step = { stepMs: 0, steppedAt: null }
  let clocks: { wall: number; monotonic: number } | undefined
  const opened: string[] = []
  let looks = 0
  for (let now = start; now < start + 72 * HOUR; now += LOOK_MS) {
    for (const channel of channels) channel.pass(now)
    // NTP corrects by some milliseconds; a busy machine looks late.
    const next = { wall: now + (random() - 0.5) * 80, monotonic: now - start }
    step = stepOf(clocks, next, step)
    clocks = next
    const [first] = channels
    const { sinceMs, ...meta } = first!.window.read(now)
    const slow = channels.flatMap(({ slowdown }, i) => {
      const share = shareAt(slowdown, now)
      return share < 1 ? [{ channelId: i + 1, perSecond: 80 * share, of: 80, code: 130429 }] : []
    })
    const facts = {
      store: STORE,
      endpoints: channels.map((channel, i) => channel.endpoint(i + 1, now)),
      channels: channels.map((channel, i) =>
        channelFact({
          channelId: i + 1,
          silence: channel.silence(now),
          unknown:
            channel.unknown.length === 0
              ? undefined
              : { count: channel.unknown.length, oldestAt: Math.min(...channel.unknown.map(({ at }) => at)) },
        }),
      ),
      templates: [],
      broadcasts: [],
      machines: [
        machineFact({
          slow,
          meta: { ...meta, since: sinceMs === null ? null : now - sinceMs },
          clock: { ...step, skewMs: (random() - 0.5) * 4_000, against: 'WhatsApp' },
        }),
      ],
    }
    const verdict = judge(judgement, facts, now, () => `inc_${++looks}`)
    judgement = verdict.judgement
    for (const { kind, what } of verdict.opened) opened.push(`${new Date(now).toISOString()} ${kind}: ${what}`)
  }
  assert.deepEqual(opened, [])
  assert.ok(channels[0]!.sends.length > 100, 'there was traffic')
})
