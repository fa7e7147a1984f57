import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../../platform/errors.ts'

/** Concurrent readers of one channel in one process: waiting calls, and streams. */
export const MOST_READERS = { call: 64, stream: 32 } as const
/** All of them together. */
export const MOST_READERS_IN_ALL = 1_000
/** Retry-After of a refused caller. */
const COME_AGAIN_S = 5

export type ReaderKind = keyof typeof MOST_READERS

/** A reader that waits for events of one channel. */
export type Reader = {
  /** Closed, or the gateway shuts down: no further waits. */
  readonly isOver: boolean
  /**
   * Settles with true as soon as events may have come since the last call, with false after `withinMs` or at the end.
   * Events between two calls are not missed.
   */
  changed(withinMs: number): Promise<boolean>
  close(): void
}

export type Readers = {
  /**
   * Throws `too_many_readers`, `overloaded` or `shutting_down`. `onOver` is called once, when it is closed or the
   * gateway shuts down.
   */
  open(channelId: number, kind: ReaderKind, onOver?: () => void): Reader
  /** Events of these channels were committed; null: of any channel. */
  wake(channelIds: Iterable<number> | null): void
  /** Number of open readers. */
  readonly size: number
  /** Ends all waits, and opens no further reader. */
  close(): void
}

type OpenReader = Reader & { kind: ReaderKind; wake(): void }

/** `onFirst` is called when a reader is opened and there was none. */
export function createReaders(clock: Clock, onFirst: () => void = () => undefined): Readers {
  const channels = new Map<number, Set<OpenReader>>()
  let size = 0
  let closed = false

  function remove(channelId: number, reader: OpenReader): void {
    const readers = channels.get(channelId)
    if (!readers?.delete(reader)) return
    size--
    if (readers.size === 0) channels.delete(channelId)
  }

  function refuseIfFull(channelId: number, kind: ReaderKind): void {
    const ofKind = [...(channels.get(channelId) ?? [])].filter((reader) => reader.kind === kind).length
    const again = { retryAfterSeconds: COME_AGAIN_S }
    if (ofKind >= MOST_READERS[kind]) {
      const what = kind === 'call' ? 'calls that wait for its events' : 'open streams of its events'
      throw new GatewayError('too_many_readers', { limit: MOST_READERS[kind], what, seconds: COME_AGAIN_S }, again)
    }
    if (size >= MOST_READERS_IN_ALL) {
      const says = `This node has ${MOST_READERS_IN_ALL} readers of events, its limit. Send the same request again in ${COME_AGAIN_S} s.`
      throw new GatewayError('overloaded', {}, { ...again, says })
    }
  }

  return {
    open(channelId, kind, onOver) {
      if (closed) throw new GatewayError('shutting_down', {}, { retryAfterSeconds: 1 })
      refuseIfFull(channelId, kind)
      const reader = newReader(clock, kind, () => {
        remove(channelId, reader)
        onOver?.()
      })
      const readers = channels.get(channelId) ?? new Set()
      channels.set(channelId, readers.add(reader))
      if (++size === 1) onFirst()
      return reader
    },
    wake(channelIds) {
      if (size === 0) return
      for (const id of channelIds ?? channels.keys()) for (const reader of channels.get(id) ?? []) reader.wake()
    },
    get size() {
      return size
    },
    close() {
      closed = true
      for (const readers of [...channels.values()]) for (const reader of [...readers]) reader.close()
    },
  }
}

function newReader(clock: Clock, kind: ReaderKind, onClose: () => void): OpenReader {
  let hasNews = false
  let isOver = false
  let settle: ((changed: boolean) => void) | undefined

  return {
    kind,
    get isOver() {
      return isOver
    },
    changed(withinMs) {
      if (isOver) return Promise.resolve(false)
      if (hasNews) {
        hasNews = false
        return Promise.resolve(true)
      }
      return new Promise((resolve) => {
        const cancel = clock.after(withinMs, () => settle?.(false))
        settle = (changed) => {
          settle = undefined
          cancel()
          resolve(changed)
        }
      })
    },
    wake() {
      if (settle) settle(true)
      else hasNews = true
    },
    close() {
      if (isOver) return
      isOver = true
      settle?.(false)
      onClose()
    },
  }
}
