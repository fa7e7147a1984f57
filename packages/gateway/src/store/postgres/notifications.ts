import { randomBytes } from 'node:crypto'
import type { OpenLog } from '../open.ts'
import type { Notification } from '../store.ts'
import type { Connect, Connection } from './connect.ts'
import { asStoreError } from './errors.ts'
import type { Pool } from './pool.ts'

/** How long lanes are collected before other nodes are notified. */
const GATHER_MS = 25
const RECONNECT_MS = 1_000
/** A connection that only listens would never detect that the other side is gone. */
const PROOF_OF_LIFE_MS = 30_000

/**
 * Notifications between nodes, over LISTEN and NOTIFY. Nothing depends on them: each node also checks by itself every
 * two seconds, so a lost notification causes a delay and no loss.
 */
export type Notifications = {
  /** Notifies the other nodes of lanes without a holder. Collected for a moment first; dropped when sending fails. */
  notifyLanes(endpointIds: readonly number[]): void
  /** Notifies the other nodes at once. */
  notify(notification: Notification): void
  onNotification(listener: (notification: Notification) => void): () => void
  close(): void
}

export function openNotifications(options: { connect: Connect; pool: Pool; log: OpenLog }): Notifications {
  const { connect, pool, log } = options
  const self = randomBytes(9).toString('base64url')
  const listeners = new Set<(notification: Notification) => void>()
  const gathered = new Set<number>()
  let closed = false
  let connection: Connection | undefined
  let timer: NodeJS.Timeout | undefined
  let scheduled: NodeJS.Timeout | undefined

  function hear(payload: string | undefined): void {
    let notification: Notification & { from?: string }
    try {
      notification = JSON.parse(payload ?? '') as Notification & { from?: string }
    } catch {
      return // not ours
    }
    if (notification.from === self) return
    const isWhole =
      notification.kind === 'directory' ||
      notification.kind === 'broadcasts' ||
      notification.kind === 'watching' ||
      notification.kind === 'reading' ||
      (notification.kind === 'events' && Array.isArray(notification.channelIds)) ||
      (notification.kind === 'lanes' && Array.isArray(notification.endpointIds)) ||
      (notification.kind === 'changed' && Array.isArray(notification.topics))
    if (isWhole) spread(notification)
  }

  function spread(notification: Notification): void {
    for (const listener of listeners) listener(notification)
  }

  async function listen(): Promise<void> {
    try {
      const fresh = await connect('listener')
      if (closed) return fresh.close()
      connection = fresh
      fresh.client.on('notification', ({ payload }) => hear(payload))
      fresh.onLost = () => {
        if (connection !== fresh) return
        connection = undefined
        later(RECONNECT_MS, listen)
      }
      await fresh.client.query('listen postern')
      // A notification may have been sent while this node did not listen.
      spread({ kind: 'directory' })
      later(PROOF_OF_LIFE_MS, prove)
    } catch (error) {
      log.debug({ err: asStoreError(error) }, 'store.not_listening')
      drop()
    }
  }

  async function prove(): Promise<void> {
    try {
      await connection?.client.query('select 1')
      later(PROOF_OF_LIFE_MS, prove)
    } catch {
      drop()
    }
  }

  function drop(): void {
    const gone = connection
    connection = undefined
    gone?.close()
    later(RECONNECT_MS, listen)
  }

  function later(ms: number, work: () => Promise<void>): void {
    clearTimeout(timer)
    if (closed) return
    timer = setTimeout(() => void work(), ms).unref()
  }

  function notifyGathered(): void {
    scheduled = undefined
    // NOTIFY accepts at most 8,000 bytes.
    const endpointIds = [...gathered].slice(0, 500)
    gathered.clear()
    void send({ kind: 'lanes', endpointIds })
  }

  async function send(notification: Notification): Promise<void> {
    const payload = JSON.stringify({ ...notification, from: self })
    await pool
      .use(({ client }) => client.query({ name: 'notify', text: `select pg_notify('postern', $1)`, values: [payload] }))
      .catch((error: unknown) => log.debug({ err: asStoreError(error) }, 'store.not_told'))
  }

  void listen()
  return {
    notifyLanes(endpointIds) {
      for (const id of endpointIds) gathered.add(id)
      if (gathered.size > 0 && !closed) scheduled ??= setTimeout(notifyGathered, GATHER_MS).unref()
    },
    notify(notification) {
      if (!closed) void send(notification)
    },
    onNotification(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(scheduled)
      connection?.close()
    },
  }
}
