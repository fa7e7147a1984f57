import { createHash } from 'node:crypto'
import type { Channel } from '../domain/channels/channel.ts'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError, nothingDone, validationError } from '../platform/errors.ts'
import { outOfBounds } from '../domain/fields/bounds.ts'
import { newId } from '../platform/ids.ts'
import type { Log } from '../platform/log.ts'
import {
  claimKey,
  dropKey,
  findKey,
  releaseKey,
  renewKey,
  settleKey,
  takeOverKey,
  type KeyName,
  type KeyRow,
} from '../store/idempotency.ts'
import type { Store } from '../store/store.ts'
import { failure, success } from './envelope.ts'
import { statusOf, type Route } from './route.ts'

/** How long the answer of a key is stored. */
export const KEPT_FOR_MS = 24 * 60 * 60 * 1000
/** Another node's call counts as running this long after its last sign of life. */
const LEASE_MS = 90_000
const RENEW_EVERY_MS = 30_000
const LONGEST_KEPT_ANSWER = 256 * 1024

export type KeyedAnswer = { http: number; text: string; replayed: boolean }

export type Idempotency = {
  /**
   * Runs `work` at most once for a key. `work` gets the id of the object that it creates, which is committed with the
   * key before anything else happens. Throws the errors of `work`.
   */
  run(call: KeyedCall, work: (resourceId: string) => Promise<unknown>): Promise<KeyedAnswer>
}

export type KeyedCall = {
  key: string
  channel: Channel
  route: Pick<Route, 'idempotency' | 'created' | 'accepted'>
  requestId: string
  /** The text that must be equal when the key is used again. */
  body: string
}

/**
 * The text that represents a request when keys are compared: the length of an upload, the content of any other request.
 */
export function bodyOf(request: {
  method: string
  url: string
  body: unknown
  headers: Record<string, unknown>
}): string {
  const isUpload = String(request.headers['content-type'] ?? '').startsWith('multipart/')
  const content = isUpload ? `upload ${String(request.headers['content-length'] ?? '?')}` : written(request.body)
  return `${request.method} ${request.url}\n${content ?? ''}`
}

/** Parsing handles thousands of levels, serializing does not. Such a deep body is refused as it is without a key. */
function written(body: unknown): string | undefined {
  try {
    return JSON.stringify(body)
  } catch (error) {
    const problem = outOfBounds(body)
    throw problem ? validationError([problem]) : error
  }
}

/** A write before the work began. If its commit is unknown, the work was still not done. */
async function beforehand(write: Promise<boolean>): Promise<boolean> {
  try {
    return await write
  } catch (error) {
    throw nothingDone(error)
  }
}

/** The keys of calls in progress on this machine. */
export type RunningKeys = {
  /** False when another call is in progress. */
  enter(name: string): boolean | Promise<boolean>
  leave(name: string): void
}

export function createRunningKeys(): Omit<RunningKeys, 'enter'> & { enter(name: string): boolean } {
  const running = new Set<string>()
  return {
    enter: (name) => running.size < running.add(name).size,
    leave: (name) => void running.delete(name),
  }
}

export function createIdempotency(options: {
  store: Store
  clock: Clock
  log: Log
  /** All threads of a process are one holder. */
  holder: string
  running: RunningKeys
}): Idempotency {
  const { store, clock, log, holder, running } = options
  const { sql } = store

  const holding = async () => ({ holder, leaseUntil: (await store.now()) + LEASE_MS })

  /** True when the holder of a key is still working. A file that one process owns has no other living holder. */
  async function isRunning(row: KeyRow): Promise<boolean> {
    // Keys of this process itself do not get here.
    if (row.state !== 'running' || row.holder === holder) return false
    return store.engine !== 'sqlite' && Number(row.lease_until) > (await store.now())
  }

  async function work(
    call: KeyedCall,
    name: KeyName,
    resourceId: string,
    doIt: (resourceId: string) => Promise<unknown>,
  ): Promise<KeyedAnswer> {
    let cancel = (): void => {}
    const renewLater = (): void => {
      cancel = clock.after(RENEW_EVERY_MS, () => {
        renewLater()
        const renew = async () => renewKey(sql, name, await holding())
        renew().catch((error: unknown) => log.warn({ err: error }, 'idempotency.not_renewed'))
      })
    }
    renewLater()
    try {
      const data = await doIt(resourceId)
      const answer = { http: statusOf(call.route, data), text: JSON.stringify(success(data)) }
      await settle(name, answer.text.length > LONGEST_KEPT_ANSWER ? null : answer)
      return { ...answer, replayed: false }
    } catch (error) {
      await settleFailure(call, name, error)
      throw error
    } finally {
      cancel()
    }
  }

  async function settleFailure(call: KeyedCall, name: KeyName, error: unknown): Promise<void> {
    const failed = failure(error, call.requestId)
    const { reason } = failed.body.error
    if (reason === 'upstream_refused') {
      // WhatsApp has refused it: that is an answer like any other.
      return settle(name, { http: failed.http, text: JSON.stringify(failed.body) })
    }
    // An interrupted send may have been carried out: the message's own state tells.
    if (reason === 'outcome_unknown' || failed.isBug) return settle(name, null)
    try {
      await releaseKey(sql, name, holder)
    } catch (failed) {
      log.warn({ err: failed }, 'idempotency.not_released')
    }
  }

  /** A key whose answer could not be stored is answered from the state of the created object. */
  async function settle(name: KeyName, answer: { http: number; text: string } | null): Promise<void> {
    try {
      await settleKey(sql, name, holder, answer)
    } catch (error) {
      log.warn({ err: error }, 'idempotency.not_kept')
    }
  }

  /**
   * A call that ended without an answer is answered from the state of the created object. Undefined when the call may
   * be carried out (again).
   */
  async function answerOf(call: KeyedCall, row: KeyRow): Promise<{ answer: KeyedAnswer } | { resourceId: string }> {
    const became = await call.route.idempotency?.became(call.channel, row.made_id)
    if (!became || became.kind === 'nothing') return { resourceId: row.made_id }
    if (became.kind === 'not_taken') return { resourceId: resourceIdFor(call) }
    if (became.kind === 'made') {
      const http = statusOf(call.route, became.data)
      return { answer: { http, text: JSON.stringify(success(became.data)), replayed: true } }
    }
    const failed = failure(became.error, call.requestId)
    return { answer: { http: failed.http, text: JSON.stringify(failed.body), replayed: true } }
  }

  const resourceIdFor = (call: KeyedCall): string =>
    call.route.idempotency?.newId(clock.now()) ?? newId('call', clock.now())

  return {
    async run(call, doIt) {
      if (!/^[\x21-\x7e]{1,255}$/.test(call.key)) {
        throw validationError([
          { path: 'Idempotency-Key', rule: 'pattern', message: 'must be 1 to 255 visible characters' },
        ])
      }
      const name = { channelId: call.channel.id, key: call.key }
      const nameText = `${name.channelId} ${name.key}`
      const bodyHash = createHash('sha256').update(call.body).digest('base64url')
      if (!(await running.enter(nameText))) {
        // The store is asked only whether the body is the same.
        const row = await findKey(sql, name)
        if (row && row.body_hash !== bodyHash) throw new GatewayError('idempotency_key_reused')
        throw new GatewayError('idempotency_in_flight', {}, { retryAfterSeconds: 1 })
      }
      try {
        for (let tries = 0; tries < 5; tries++) {
          const now = clock.now()
          const resourceId = resourceIdFor(call)
          if (await beforehand(claimKey(sql, name, { ...(await holding()), bodyHash, resourceId, now }))) {
            return await work(call, name, resourceId, doIt)
          }
          const row = await findKey(sql, name)
          if (!row) continue
          const isAtIt = await isRunning(row)
          if (!isAtIt && Number(row.created_at) <= now - KEPT_FOR_MS) {
            await dropKey(sql, name, Number(row.created_at))
            continue
          }
          if (row.body_hash !== bodyHash) throw new GatewayError('idempotency_key_reused')
          if (isAtIt) throw new GatewayError('idempotency_in_flight', {}, { retryAfterSeconds: 1 })
          if (row.state === 'done' && row.answer !== null) {
            return { http: Number(row.http), text: row.answer, replayed: true }
          }
          const found = await answerOf(call, row)
          if ('answer' in found) return found.answer
          const { resourceId: id } = found
          if (await beforehand(takeOverKey(sql, name, row, { ...(await holding()), resourceId: id })))
            return await work(call, name, id, doIt)
        }
        throw new GatewayError('idempotency_in_flight', {}, { retryAfterSeconds: 1 })
      } finally {
        running.leave(nameText)
      }
    },
  }
}
