import { randomBytes } from 'node:crypto'
import type { OpenLog } from '../open.ts'
import type { News } from '../store.ts'
import type { Connect, Connection } from './connect.ts'
import { asStoreError } from './errors.ts'
import type { Pool } from './pool.ts'

/** How long lanes are gathered before other nodes hear of them. */
const GATHER_MS = 25
const RECONNECT_MS = 1_000
/** A connection that only listens would never notice that the other side is gone. */
const PROOF_OF_LIFE_MS = 30_000

/**
 * What nodes tell one another, over LISTEN and NOTIFY. Nothing depends on it: each node also looks by itself every
 * other second, so what is lost with a connection is late and not missing.
 */
export type NewsRoom = {
  /** Tells the other nodes of lanes that nobody holds. Gathered, and forgotten when it cannot be told. */
  tellLanes(endpointIds: readonly number[]): void
  /** Tells the other nodes at once. */
  tell(news: News): void
  onNews(listener: (news: News) => void): () => void
  close(): void
}

export function openNewsRoom(options: { connect: Connect; pool: Pool; log: OpenLog }): NewsRoom {
  const { connect, pool, log } = options
  const self = randomBytes(9).toString('base64url')
  const listeners = new Set<(news: News) => void>()
  const gathered = new Set<number>()
  let closed = false
  let connection: Connection | undefined
  let timer: NodeJS.Timeout | undefined
  let telling: NodeJS.Timeout | undefined

  function hear(payload: string | undefined): void {
    let news: News & { from?: string }
    try {
      news = JSON.parse(payload ?? '') as News & { from?: string }
    } catch {
      return // not ours
    }
    if (news.from === self) return
    const isWhole =
      news.kind === 'directory' ||
      news.kind === 'broadcasts' ||
      news.kind === 'watching' ||
      (news.kind === 'lanes' && Array.isArray(news.endpointIds)) ||
      (news.kind === 'changed' && Array.isArray(news.topics))
    if (isWhole) spread(news)
  }

  function spread(news: News): void {
    for (const listener of listeners) listener(news)
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
      // Something may have been told while nobody listened.
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

  function tellGathered(): void {
    telling = undefined
    // NOTIFY takes at most 8,000 bytes.
    const endpointIds = [...gathered].slice(0, 500)
    gathered.clear()
    void tell({ kind: 'lanes', endpointIds })
  }

  async function tell(news: News): Promise<void> {
    const payload = JSON.stringify({ ...news, from: self })
    await pool
      .use(({ client }) => client.query({ name: 'tell', text: `select pg_notify('postern', $1)`, values: [payload] }))
      .catch((error: unknown) => log.debug({ err: asStoreError(error) }, 'store.not_told'))
  }

  void listen()
  return {
    tellLanes(endpointIds) {
      for (const id of endpointIds) gathered.add(id)
      if (gathered.size > 0 && !closed) telling ??= setTimeout(tellGathered, GATHER_MS).unref()
    },
    tell(news) {
      if (!closed) void tell(news)
    },
    onNews(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(telling)
      connection?.close()
    },
  }
}
