import { EventEmitter } from 'node:events'
import { FULL_PACE, type OwnPace, paceNow, spent, throttled, untilNextMs } from '../../domain/broadcasts/own-pace.ts'
import { counted, newMeter, type PaceNote, type RateMeter, rateOf } from '../../domain/broadcasts/rate.ts'
import { STOPPED_BY_RULE, stoppedByRule } from '../../domain/broadcasts/stop-when.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import type { QuietHours } from '../../domain/contacts/quiet-hours.ts'
import { qualityRank } from '../../domain/channels/state.ts'
import { newMessageId } from '../../platform/ids.ts'
import { messageFor } from '../../domain/messages/broadcast-message.ts'
import {
  abandonedRecipients,
  causeOf,
  type Ending,
  judgeFrom,
  nextHeld,
  nextRecipients,
  releaseHeld,
  settleRecipients,
  sleepBroadcast,
  type Taken,
  takeRecipients,
  whatIsLeft,
} from '../../store/broadcast-run.ts'
import { failuresOf, followBroadcast } from '../../store/broadcast-tally.ts'
import {
  type BroadcastRow,
  findBroadcast,
  leaseBroadcast,
  moveBroadcast,
  releaseBroadcast,
} from '../../store/broadcasts.ts'
import { newestPlace } from '../../store/feed.ts'
import { findMessage } from '../../store/messages.ts'
import { MessageIdTaken } from '../../store/store.ts'
import { endingByRow, MOST_TRIES } from './broadcast-ending-by-row.ts'
import { endingOf } from './broadcast-ending.ts'
import { type BroadcastJudge, createJudge } from './broadcast-judge.ts'
import { quietHoursOf, sortByQuiet } from './broadcast-quiet.ts'
import type { BroadcasterOptions } from './broadcast.ts'

export const LEASE_MS = 30_000
/** Interval at which a runner records results, checks whether it should continue, and renews its lease. */
export const TICK_MS = 250
const FOLLOW_EVERY_MS = 1_000
const MOST_AT_ONCE = 64
const LONGEST_REST_MS = 60_000
/**
 * How long a send waits for its token. Single sends go first; after this time it is better to write the recipient back
 * and look again.
 */
const PATIENCE_MS = 20_000
/** Maximum duration of another node's send, with its tries. */
const LONGEST_SEND_MS = 60_000
/** Statuses and answers are counted for this long after the last send. */
const FOLLOWED_MS = 7 * 24 * 60 * 60_000
/** While all recipients have quiet hours, it looks again after this time at the latest: the clock may be set. */
const LONGEST_SLEEP_MS = 30_000
/** Recipients with quiet hours are moved in pages of this size. */
const HELD_AT_ONCE = 1_000
/** WhatsApp's code for too many messages to one contact: no reason to slow down for all. */
const PAIR_THROTTLED = 131056

type Left = Awaited<ReturnType<typeof whatIsLeft>>

/** One broadcast that this node sends. */
export class BroadcastRunner {
  readonly #options: BroadcasterOptions
  readonly #channelId: number
  readonly #id: string
  readonly #withdraw = new EventEmitter().setMaxListeners(0)
  #queue: Taken[] = []
  #endings: Ending[] = []
  #inFlight = 0
  #over = false
  #stopReason: string | undefined
  #restUntil = 0
  #restMs = 0
  #ownPace: OwnPace = FULL_PACE
  #meter: RateMeter
  #judge!: BroadcastJudge
  #ownQuietHours: string | null = null
  #quietHours: QuietHours | undefined
  #quietOf: QuietHours | null | undefined
  /** The end of the first held recipient's quiet hours. */
  #heldUntil: number | undefined
  #exhausted = false
  #wake = (): void => {}
  #renewedAt = 0
  #writtenAt = 0
  #followedAt = 0
  #noted = ''
  #hurried = false

  constructor(options: BroadcasterOptions, channelId: number, id: string) {
    this.#options = options
    this.#channelId = channelId
    this.#id = id
    this.#meter = newMeter(options.clock.monotonic())
  }

  /** Checks at once whether it should continue. */
  hurry(): void {
    this.#hurried = true
    this.#wake()
  }

  end(): void {
    this.#over = true
    // Sends that wait for the rate limit give up.
    this.#withdraw.emit('close')
    this.#wake()
  }

  async run(): Promise<void> {
    const { clock } = this.#options
    const broadcast = await this.#begin()
    if (!broadcast) return
    let left: Left = 'some'
    while (!this.#over && this.#stopReason === undefined) {
      const channel = this.#options.channel(this.#channelId)
      if (!channel) {
        this.#stopReason = JSON.stringify({ reason: 'channel_removed', message: 'The channel was removed.' })
        break
      }
      const resting = this.#restUntil > clock.monotonic()
      const room = resting ? 0 : Math.min(MOST_AT_ONCE, Math.max(2, channel.messagesPerSecond)) - this.#inFlight
      if (room > 0 && this.#queue.length < room) await this.#take(channel, broadcast.message, room)
      if (this.#exhausted && this.#queue.length === 0 && this.#inFlight === 0) {
        await this.#writeDown(channel)
        left = await whatIsLeft(this.#options.store.sql, this.#id)
        if (left !== 'some') break
      }
      await this.#pause(this.#startSends(channel, broadcast.message, room))
      await this.#tick(channel)
      this.#stopByRule(channel)
      if (!(await this.#mayGoOn())) break
    }
    await this.#finish()
    await this.#leave(this.#over || this.#stopReason !== undefined ? 'some' : left)
  }

  async #begin(): Promise<BroadcastRow | undefined> {
    const { store, clock, log, rateCard } = this.#options
    const { sql } = store
    log.info({ broadcast: this.#id, channel_id: this.#channelId }, 'broadcast.taken')
    this.#renewedAt = clock.monotonic()
    const mine = { channelId: this.#channelId, id: this.#id }
    await followBroadcast(sql, {
      ...mine,
      place: await newestPlace(sql),
      now: clock.now(),
      until: clock.now() + FOLLOWED_MS,
    })
    await this.#readWhatWasLeft()
    const broadcast = await findBroadcast(sql, this.#channelId, this.#id)
    if (!broadcast) return undefined
    this.#judge = createJudge(broadcast, await failuresOf(sql, this.#id), rateCard)
    this.#ownQuietHours = broadcast.quiet_hours
    this.#heldUntil = await nextHeld(sql, this.#id)
    return broadcast
  }

  /** Fills the queue. Recipients whose quiet hours it is are held back. */
  async #take(channel: Channel, message: string, room: number): Promise<void> {
    const { store, clock, isMarketing } = this.#options
    const { sql } = store
    this.#readQuietHours(channel)
    const until = clock.monotonic() + TICK_MS
    const most = Math.max(room, MOST_AT_ONCE * 2)
    let pageRows = most - this.#queue.length
    do {
      const now = this.#quietHours || this.#heldUntil !== undefined ? await store.now() : clock.now()
      if (this.#heldUntil !== undefined && this.#heldUntil <= now) {
        await releaseHeld(sql, this.#id, now, HELD_AT_ONCE)
        this.#heldUntil = await nextHeld(sql, this.#id)
      }
      const page = await nextRecipients(sql, this.#id, pageRows)
      const sorted = this.#quietHours
        ? await sortByQuiet(page, this.#quietHours, { channel, message, isMarketing, now })
        : { now: page, held: [] }
      // An earlier id that led to no result is kept: its runner may still be alive. The rest of the page waits.
      const taken = sorted.now
        .slice(0, most - this.#queue.length)
        .map((one) => ({ ...one, messageId: one.messageId ?? newMessageId(clock.now()) }))
      this.#queue.push(...(await takeRecipients(sql, this.#id, { taken, held: sorted.held, now: clock.now() })))
      for (const one of sorted.held) this.#heldUntil = Math.min(this.#heldUntil ?? Infinity, one.until)
      this.#exhausted = page.length === 0
      // Many recipients of one country have quiet hours together.
      pageRows = HELD_AT_ONCE
    } while (!this.#exhausted && this.#queue.length < room && clock.monotonic() < until)
  }

  /** The channel's may change meanwhile. Read again only then: their answers are kept with the object. */
  #readQuietHours(channel: Channel): void {
    if (this.#quietOf !== undefined && this.#quietOf === channel.quietHours) return
    this.#quietOf = channel.quietHours
    this.#quietHours = quietHoursOf(this.#ownQuietHours, channel)
  }

  /** Starts what may go now. Returns the time until the pace allows the next one. */
  #startSends(channel: Channel, message: string, room: number): number {
    const { clock } = this.#options
    const now = clock.monotonic()
    const { share } = paceNow(this.#ownPace, qualityRank(channel.state), now)
    for (let i = 0; i < room && this.#queue.length > 0; i++) {
      const wait = untilNextMs(this.#ownPace, channel.messagesPerSecond, share, now)
      if (wait > 0) return Math.min(TICK_MS, wait)
      this.#ownPace = spent(this.#ownPace, channel.messagesPerSecond, share, now)
      this.#send(channel, message, this.#queue.shift()!)
    }
    return TICK_MS
  }

  /** Waits until a send ended, or for a short time. */
  #pause(mostMs: number): Promise<void> {
    if (this.#hurried || this.#over) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(Math.max(1, Math.ceil(mostMs)), resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }

  async #tick(channel: Channel): Promise<void> {
    const { store, clock, follower } = this.#options
    const now = clock.monotonic()
    // Many results in one commit, and none of them late.
    if (this.#endings.length >= MOST_AT_ONCE || now - this.#writtenAt >= TICK_MS) await this.#writeDown(channel)
    if (now - this.#followedAt < FOLLOW_EVERY_MS) return
    this.#followedAt = now
    await follower.catchUp()
    const row = await findBroadcast(store.sql, this.#channelId, this.#id)
    if (row) this.#judge.learned(row)
  }

  #stopByRule(channel: Channel): void {
    if (this.#stopReason !== undefined) return
    const broken = this.#judge.broken(qualityRank(channel.state))
    if (!broken) return
    this.#stopReason = JSON.stringify(stoppedByRule(broken))
    this.#withdraw.emit('close')
  }

  /** Renews the lease. False when the broadcast was paused, cancelled, or taken over. */
  async #mayGoOn(): Promise<boolean> {
    const { store, clock, holder } = this.#options
    if (!this.#hurried && clock.monotonic() - this.#renewedAt < TICK_MS * 2) return true
    this.#hurried = false
    this.#renewedAt = clock.monotonic()
    const now = await store.now()
    const goesOn = await leaseBroadcast(store.sql, this.#channelId, this.#id, { holder, until: now + LEASE_MS, now })
    if (!goesOn) this.end()
    return goesOn
  }

  #send(channel: Channel, message: string, recipient: Taken): void {
    const { sender, clock, onRecipient } = this.#options
    this.#inFlight++
    void (async () => {
      try {
        const outgoing = messageFor(message, recipient.contact, recipient.own)
        if (!outgoing) throw new Error('the stored message cannot be read')
        const { category } = await sender.send(channel, outgoing, {
          id: recipient.messageId,
          by: { kind: 'broadcast', id: this.#id },
          low: true,
          mostWaitMs: PATIENCE_MS,
          caller: this.#withdraw,
        })
        this.#restMs = 0
        this.#judge.accepted(recipient.contact, category, clock.now())
        this.#end({ n: recipient.n, tries: recipient.tries, state: 'accepted', error: null })
        onRecipient?.('accepted')
      } catch (error) {
        await this.#failed(channel, recipient, error)
      } finally {
        this.#inFlight--
        this.#wake()
      }
    })()
  }

  #end(ending: Ending): void {
    const { clock } = this.#options
    this.#endings.push(ending)
    if (ending.state !== 'waiting') this.#meter = counted(this.#meter, 1, clock.monotonic())
  }

  #fail(channel: Channel, n: number, tries: number, error: string): void {
    this.#end({ n, tries, state: 'failed', error })
    this.#judge.failed(causeOf(error).reason)
    this.#stopByRule(channel)
  }

  async #failed(channel: Channel, recipient: Taken, error: unknown): Promise<void> {
    const { clock, log, onRecipient } = this.#options
    const { n } = recipient
    const ending = endingOf(error)
    switch (ending.kind) {
      case 'look': {
        if (!(error instanceof MessageIdTaken)) log.error({ err: error, broadcast: this.#id }, 'broadcast.send_failed')
        const found = await this.#lookAtMessage(recipient, ending.error)
        // The row stays `sending`. The next runner of the broadcast reads it.
        if (!found) return
        this.#end(found)
        onRecipient?.(found.state === 'waiting' ? 'again' : found.state)
        if (found.state === 'waiting') this.#rest(1_000)
        return
      }
      case 'failed':
        this.#fail(channel, n, recipient.tries, ending.error)
        onRecipient?.('failed')
        return
      case 'unknown':
        this.#end({ n, tries: recipient.tries, state: 'unknown', error: ending.error })
        onRecipient?.('unknown')
        return
      case 'stop':
        this.#stopReason ??= ending.error
        this.#withdraw.emit('close')
        this.#end({ n, tries: recipient.tries, state: 'waiting', fresh: ending.fresh, error: ending.error })
        return
      case 'lost':
        // The row stays `sending` until the store can be read again.
        this.#over = true
        return
      case 'again': {
        const tries = recipient.tries + (ending.counts ? 1 : 0)
        onRecipient?.('again')
        const cause = causeOf(ending.error)
        if (cause.reason === 'upstream_throttled' && cause.code !== PAIR_THROTTLED)
          this.#ownPace = throttled(this.#ownPace, clock.monotonic())
        if (tries >= MOST_TRIES) {
          this.#fail(channel, n, tries, ending.error)
          return
        }
        if (ending.counts) log.info({ broadcast: this.#id, ...cause, tries }, 'broadcast.again')
        this.#end({ n, tries, state: 'waiting', fresh: ending.fresh, error: ending.error })
        this.#rest(ending.restMs)
      }
    }
  }

  /** One failure slows the whole broadcast down, so that an outage does not use up the tries of all recipients. */
  #rest(restMs: number): void {
    const { clock } = this.#options
    if (clock.monotonic() < this.#restUntil) return
    this.#restMs = Math.min(LONGEST_REST_MS, Math.max(1_000, this.#restMs * 2, restMs))
    this.#restUntil = clock.monotonic() + this.#restMs
  }

  /**
   * Reads the result from the message's row. Another runner that was taken for dead may be sending it at this moment,
   * so a row that is `sending` is read until it ends. Undefined: the result is not known yet.
   */
  async #lookAtMessage({ n, tries, messageId }: Taken, error: string): Promise<Ending | undefined> {
    const { store, clock } = this.#options
    const giveUpAt = clock.monotonic() + LONGEST_SEND_MS
    for (;;) {
      const row = await findMessage(store.sql, this.#channelId, messageId).catch(() => null)
      if (row === null) {
        this.#over = true
        return undefined
      }
      if (row === undefined) {
        if (tries + 1 >= MOST_TRIES) return { n, tries: tries + 1, state: 'failed', error }
        // The id is kept, so that another runner with the same id cannot send it as well.
        return { n, tries: tries + 1, state: 'waiting', fresh: false, error }
      }
      if (row.status !== 'sending' || clock.monotonic() >= giveUpAt)
        return endingByRow({ n, tries, status: row.status, wamid: row.wamid })
      if (this.#over) return undefined
      await new Promise<void>((resolve) => void clock.after(TICK_MS, resolve))
    }
  }

  async #writeDown(channel?: Channel): Promise<void> {
    const { store, clock, holder } = this.#options
    const endings = this.#endings.splice(0)
    this.#writtenAt = clock.monotonic()
    const pace = channel ? JSON.stringify(this.#paceNote(channel)) : this.#noted
    if (endings.length === 0 && pace === this.#noted) return
    const mine = { channelId: this.#channelId, id: this.#id, holder }
    const note = { pace, expectedMicros: this.#judge.expectedMicros }
    try {
      await settleRecipients(store.sql, mine, endings, clock.now(), pace === '' ? undefined : note)
      this.#noted = pace
    } catch (error) {
      this.#endings.unshift(...endings)
      throw error
    }
  }

  #paceNote(channel: Channel): PaceNote {
    const now = this.#options.clock.monotonic()
    const { share, slowedBy } = paceNow(this.#ownPace, qualityRank(channel.state), now)
    const allQuiet = this.#exhausted && this.#queue.length === 0 && this.#inFlight === 0
    return {
      rate: rateOf(this.#meter, now),
      allowed: Math.round(channel.messagesPerSecond * share * 10) / 10,
      slowed_by: slowedBy,
      quiet_until: allQuiet ? (this.#heldUntil ?? null) : null,
    }
  }

  /** Recipients that were not started go back, sends in progress are awaited. */
  async #finish(): Promise<void> {
    while (this.#inFlight > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.#options.clock.after(TICK_MS, resolve)
        this.#wake = () => {
          cancel()
          resolve()
        }
      })
    }
    for (const { n, tries } of this.#queue.splice(0)) {
      this.#endings.push({ n, tries, state: 'waiting', fresh: false, error: null })
    }
    await this.#writeDown()
  }

  /** Gives the broadcast up, with the state that follows. */
  async #leave(left: Left): Promise<void> {
    const { store, clock, log, holder } = this.#options
    const { sql } = store
    const [channelId, id] = [this.#channelId, this.#id]
    if (this.#stopReason !== undefined) {
      const quality = this.#options.channel(channelId)?.state
      const standing = this.#judge.standing(quality && qualityRank(quality))
      if (causeOf(this.#stopReason).reason === STOPPED_BY_RULE)
        await judgeFrom(sql, channelId, id, JSON.stringify(standing))
      await moveBroadcast(sql, channelId, id, ['running'], 'stopped', clock.now(), this.#stopReason)
      log.warn({ broadcast: id, reason: this.#stopReason }, 'broadcast.stopped')
    } else if (left === 'held' && this.#heldUntil !== undefined) {
      const until = Math.min(this.#heldUntil, (await store.now()) + LONGEST_SLEEP_MS)
      log.info({ broadcast: id, until: this.#heldUntil }, 'broadcast.quiet')
      return sleepBroadcast(sql, { channelId, id, holder }, until)
    } else if (left === 'nothing' && (await whatIsLeft(sql, id)) === 'nothing') {
      if (await moveBroadcast(sql, channelId, id, ['running'], 'done', clock.now()))
        log.info({ broadcast: id }, 'broadcast.done')
    }
    await releaseBroadcast(sql, channelId, id, holder)
  }

  /** An earlier runner was interrupted: the rows of the messages tell what it sent. */
  async #readWhatWasLeft(): Promise<void> {
    const { store, clock, holder } = this.#options
    for (;;) {
      const left = await abandonedRecipients(store.sql, this.#channelId, this.#id, 200)
      const endings = left.map(endingByRow)
      await settleRecipients(store.sql, { channelId: this.#channelId, id: this.#id, holder }, endings, clock.now())
      if (left.length < 200) return
    }
  }
}
