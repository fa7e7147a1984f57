import { EventEmitter } from 'node:events'
import type { Channel } from '../../domain/channels/channel.ts'
import type { Clock } from '@postern/runtime/clock'
import { newMessageId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import { messageFor } from '../../domain/messages/broadcast-message.ts'
import {
  abandonedRecipients,
  dropBroadcastLeases,
  findBroadcast,
  hasUnfinished,
  idleBroadcasts,
  leaseBroadcast,
  moveBroadcast,
  releaseBroadcast,
  settleRecipients,
  takeRecipients,
  type Ending,
  type Recipient,
} from '../../store/broadcasts.ts'
import { findMessage } from '../../store/messages.ts'
import { MessageIdTaken, type Store } from '../../store/store.ts'
import { endingOf } from './broadcast-ending.ts'
import type { Sender } from './send.ts'

const POLL_MS = 2_000
const LEASE_MS = 30_000
/** Interval at which a runner records results, checks whether it should continue, and renews its lease. */
const TICK_MS = 250
const MOST_BROADCASTS = 16
const MOST_AT_ONCE = 64
const MOST_TRIES = 8
const LONGEST_REST_MS = 60_000
/**
 * How long a send waits for its token. Single sends go first; after this time it is better to write the recipient back
 * and look again.
 */
const PATIENCE_MS = 20_000
/** Maximum duration of another node's send, with its tries. */
const LONGEST_SEND_MS = 60_000

export type BroadcasterOptions = {
  store: Store
  sender: Sender
  clock: Clock
  log: Log
  holder: string
  channel: (id: number) => Channel | undefined
  onRecipient?: (outcome: 'accepted' | 'failed' | 'unknown' | 'again') => void
  pollMs?: number
}

export type Broadcaster = {
  start(): Promise<void>
  /** A broadcast was started, paused or cancelled. */
  nudge(): void
  readonly active: number
  /** Ends all work. Sends in progress are awaited, the rest goes back to the queue. */
  stop(): Promise<void>
}

/**
 * Sends broadcasts. One runner of all nodes sends each broadcast, after single sends. A recipient is marked as being
 * sent, with the id of its message, in a commit of its own. After a crash the row of that message tells whether it was
 * sent. So no contact gets it twice, and an unknown send stays unknown.
 */
export function createBroadcaster(options: BroadcasterOptions): Broadcaster {
  const { store, clock, log, holder } = options
  const pollMs = options.pollMs ?? POLL_MS
  const runners = new Map<string, { runner: BroadcastRunner; done: Promise<void> }>()
  let cancel = (): void => {}
  let stopping = false
  let looking = false
  let again = false

  async function look(): Promise<void> {
    if (stopping) return
    if (looking) {
      again = true
      return
    }
    looking = true
    cancel()
    try {
      do {
        again = false
        for (const { runner } of runners.values()) runner.hurry()
        const idle = await idleBroadcasts(store.sql, await store.now(), MOST_BROADCASTS)
        for (const { channel_id: channelId, id } of idle) {
          if (stopping || runners.size >= MOST_BROADCASTS || runners.has(id)) continue
          const now = await store.now()
          if (await leaseBroadcast(store.sql, Number(channelId), id, { holder, until: now + LEASE_MS, now })) {
            begin(Number(channelId), id)
          }
        }
      } while (again && !stopping)
    } catch (error) {
      log.warn({ err: error }, 'broadcasts.look_failed')
    } finally {
      looking = false
      if (!stopping) cancel = clock.after(pollMs, () => void look())
    }
  }

  function begin(channelId: number, id: string): void {
    const runner = new BroadcastRunner(options, channelId, id)
    const done = runner
      .run()
      .catch((error: unknown) => log.error({ err: error, broadcast: id }, 'broadcast.failed'))
      .then(() => {
        runners.delete(id)
      })
    runners.set(id, { runner, done })
  }

  return {
    async start() {
      if (store.engine === 'sqlite') await dropBroadcastLeases(store.sql)
      void look()
    },
    nudge: () => void look(),
    get active() {
      return runners.size
    },
    async stop() {
      stopping = true
      cancel()
      for (const { runner } of runners.values()) runner.end()
      await Promise.all([...runners.values()].map(({ done }) => done))
    },
  }
}

/** One broadcast that this node sends. */
class BroadcastRunner {
  readonly #options: BroadcasterOptions
  readonly #channelId: number
  readonly #id: string
  readonly #withdraw = new EventEmitter().setMaxListeners(0)
  #queue: Recipient[] = []
  #endings: Ending[] = []
  #inFlight = 0
  #over = false
  #stopReason: string | undefined
  #restUntil = 0
  #restMs = 0
  #wake = (): void => {}
  #renewedAt = 0
  #writtenAt = 0
  #hurried = false

  constructor(options: BroadcasterOptions, channelId: number, id: string) {
    this.#options = options
    this.#channelId = channelId
    this.#id = id
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
    const { store, clock, log, holder } = this.#options
    const { sql } = store
    const broadcast = await findBroadcast(sql, this.#channelId, this.#id)
    if (!broadcast) return
    log.info({ broadcast: this.#id, channel_id: this.#channelId }, 'broadcast.taken')
    this.#renewedAt = clock.monotonic()
    await this.#readWhatWasLeft()
    let exhausted = false
    while (!this.#over && this.#stopReason === undefined) {
      const channel = this.#options.channel(this.#channelId)
      if (!channel) {
        this.#stopReason = JSON.stringify({ reason: 'channel_removed', message: 'The channel was removed.' })
        break
      }
      const resting = this.#restUntil > clock.monotonic()
      const room = Math.min(MOST_AT_ONCE, Math.max(2, channel.messagesPerSecond)) - this.#inFlight
      if (!resting && room > 0 && this.#queue.length < room) {
        const more = await takeRecipients(sql, this.#id, MOST_AT_ONCE * 2, () => newMessageId(clock.now()), clock.now())
        this.#queue.push(...more)
        exhausted = more.length === 0
      }
      if (exhausted && this.#queue.length === 0 && this.#inFlight === 0) {
        await this.#writeDown()
        if (!(await hasUnfinished(sql, this.#id))) break
      }
      for (let i = 0; !resting && i < room; i++) {
        const recipient = this.#queue.shift()
        if (!recipient) break
        this.#send(channel, broadcast.message, recipient)
      }
      await this.#pause()
      // Many results in one commit, and none of them late.
      if (this.#endings.length >= MOST_AT_ONCE || clock.monotonic() - this.#writtenAt >= TICK_MS)
        await this.#writeDown()
      if (!(await this.#mayGoOn())) break
    }
    await this.#finish()
    if (this.#over || this.#stopReason !== undefined) {
      if (this.#stopReason !== undefined) {
        await moveBroadcast(sql, this.#channelId, this.#id, ['running'], 'stopped', clock.now(), this.#stopReason)
        log.warn({ broadcast: this.#id, reason: this.#stopReason }, 'broadcast.stopped')
      }
    } else if (!(await hasUnfinished(sql, this.#id))) {
      if (await moveBroadcast(sql, this.#channelId, this.#id, ['running'], 'done', clock.now())) {
        log.info({ broadcast: this.#id }, 'broadcast.done')
      }
    }
    await releaseBroadcast(sql, this.#channelId, this.#id, holder)
  }

  /** Waits until a send ended, or for a short time. */
  #pause(): Promise<void> {
    if (this.#hurried || this.#over) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(TICK_MS, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
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

  #send(channel: Channel, message: string, recipient: Recipient): void {
    const { sender, onRecipient } = this.#options
    this.#inFlight++
    void (async () => {
      try {
        const outgoing = messageFor(message, recipient.contact, recipient.own)
        if (!outgoing) throw new Error('the stored message cannot be read')
        await sender.send(channel, outgoing, {
          id: recipient.messageId,
          low: true,
          mostWaitMs: PATIENCE_MS,
          caller: this.#withdraw,
        })
        this.#restMs = 0
        this.#endings.push({ n: recipient.n, tries: recipient.tries, state: 'accepted', error: null })
        onRecipient?.('accepted')
      } catch (error) {
        await this.#failed(recipient, error)
      } finally {
        this.#inFlight--
        this.#wake()
      }
    })()
  }

  async #failed(recipient: Recipient, error: unknown): Promise<void> {
    const { log, onRecipient } = this.#options
    const { n } = recipient
    const ending = endingOf(error)
    switch (ending.kind) {
      case 'look': {
        if (!(error instanceof MessageIdTaken)) log.error({ err: error, broadcast: this.#id }, 'broadcast.send_failed')
        const found = await this.#lookAtMessage(recipient, ending.error)
        // The row stays `sending`. The next runner of the broadcast reads it.
        if (!found) return
        this.#endings.push(found)
        onRecipient?.(found.state === 'waiting' ? 'again' : found.state)
        if (found.state === 'waiting') this.#rest(1_000)
        return
      }
      case 'failed':
      case 'unknown':
        this.#endings.push({ n, tries: recipient.tries, state: ending.kind, error: ending.error })
        onRecipient?.(ending.kind)
        return
      case 'stop':
        this.#stopReason ??= ending.error
        this.#withdraw.emit('close')
        this.#endings.push({ n, tries: recipient.tries, state: 'waiting', fresh: ending.fresh, error: ending.error })
        return
      case 'lost':
        // The row stays `sending` until the store can be read again.
        this.#over = true
        return
      case 'again': {
        const tries = recipient.tries + (ending.counts ? 1 : 0)
        onRecipient?.('again')
        if (tries >= MOST_TRIES) {
          this.#endings.push({ n, tries, state: 'failed', error: ending.error })
          return
        }
        if (ending.counts) log.info({ broadcast: this.#id, ...causeOf(ending.error), tries }, 'broadcast.again')
        this.#endings.push({ n, tries, state: 'waiting', fresh: ending.fresh, error: ending.error })
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
  async #lookAtMessage({ n, tries, messageId }: Recipient, error: string): Promise<Ending | undefined> {
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

  async #writeDown(): Promise<void> {
    const { store, clock, holder } = this.#options
    const endings = this.#endings.splice(0)
    this.#writtenAt = clock.monotonic()
    try {
      await settleRecipients(store.sql, { channelId: this.#channelId, id: this.#id, holder }, endings, clock.now())
    } catch (error) {
      this.#endings.unshift(...endings)
      throw error
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

/** The result of another runner's send, from its message's row. */
function endingByRow(left: { n: number; tries: number; status: string | null; wamid: string | null }): Ending {
  const known = { n: Number(left.n), tries: Number(left.tries), error: null }
  if (left.wamid !== null) return { ...known, state: 'accepted' }
  if (left.status === null) return { ...known, state: 'waiting', fresh: false }
  // Without an id of WhatsApp's, `failed` means that WhatsApp did not accept it.
  if (left.status === 'failed') {
    const tries = known.tries + 1
    if (tries >= MOST_TRIES) return { ...known, tries, state: 'failed', error: REFUSED }
    return { ...known, tries, state: 'waiting', fresh: true }
  }
  return { ...known, state: 'unknown', error: OUTCOME_UNKNOWN }
}

const REFUSED = JSON.stringify({ reason: 'rejected_by_whatsapp', message: 'WhatsApp did not take the message.' })
const OUTCOME_UNKNOWN = JSON.stringify({
  reason: 'outcome_unknown',
  message: 'The gateway stopped before WhatsApp answered.',
})

/** The cause for the log. WhatsApp's text is stored only with the recipient. */
function causeOf(error: string): { reason: unknown; code: unknown } {
  const { reason, code } = JSON.parse(error) as { reason?: unknown; code?: unknown }
  return { reason, code }
}
