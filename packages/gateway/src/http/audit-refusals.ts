import type { FastifyRequest } from 'fastify'
import type { Clock } from '@postern/runtime/clock'
import type { Principal } from '../domain/people/principal.ts'
import { GatewayError, StoreUnavailable } from '../platform/errors.ts'
import type { Sql } from '../store/sql.ts'
import type { Audit } from './audit.ts'
import { operationName } from './operation-names.ts'
import type { Route } from './route.ts'

/** Rows of refused changes that one actor gets in `WINDOW_MS`. What is above is one row with a count. */
const MOST_ROWS = 10
const WINDOW_MS = 60_000

type Window = { rows: number; more: number; last: { request: FastifyRequest; by: Principal; outcome: string } }

export type Refusals = {
  /** Records a change that the actor may not make. Anything else is nothing to it. */
  refused(request: FastifyRequest, route: Route, error: unknown): Promise<void>
  /** Writes the counts that wait. */
  stop(): Promise<void>
}

/**
 * Changes that users and keys tried and may not make. A program that tries for ever must not fill the log: after ten rows
 * in a minute its further tries are counted, and the minute ends with one row that has the count.
 */
export function createRefusals(options: { sql: Sql; clock: Clock; statement: Audit['statement'] }): Refusals {
  const { sql, clock, statement } = options
  const windows = new Map<string, { window: Window; cancel: () => void }>()
  const writing = new Set<Promise<void>>()

  /** The refusal itself stands, whether it is recorded or not. */
  async function write(...rows: Parameters<Audit['statement']>): Promise<void> {
    try {
      await sql.atomically([statement(...rows)])
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
    }
  }

  function end(id: string): void {
    const found = windows.get(id)
    windows.delete(id)
    if (!found || found.window.more === 0) return
    found.cancel()
    const { more, last } = found.window
    const row = { action: 'moreRefused', kind: 'change', outcome: last.outcome, after: { count: more } } as const
    const written = write(last.request, last.by, row).finally(() => writing.delete(written))
    writing.add(written)
  }

  function windowOf(id: string, last: Window['last']): Window {
    const known = windows.get(id)
    if (known) {
      known.window.last = last
      return known.window
    }
    const window = { rows: 0, more: 0, last }
    windows.set(id, { window, cancel: clock.after(WINDOW_MS, () => end(id)) })
    return window
  }

  return {
    async refused(request, route, error) {
      const by = request.principal
      if (!by || route.method === 'GET' || !(error instanceof GatewayError) || error.http !== 403) return
      const window = windowOf(by.id, { request, by, outcome: error.reason })
      if (window.rows >= MOST_ROWS) {
        window.more++
        return
      }
      window.rows++
      const named = Number((request.params as Record<string, string>).channel_id)
      const channelId = Number.isSafeInteger(named) && named > 0 ? named : (request.channel?.id ?? null)
      await write(request, by, { action: operationName(route), kind: 'change', outcome: error.reason, channelId })
    },
    async stop() {
      for (const id of windows.keys()) end(id)
      await Promise.all(writing)
    },
  }
}

/** Judges a call of a route, and records when it may not be made. */
export const recordingRefusals =
  ({ refused }: Pick<Refusals, 'refused'>, route: Route) =>
  async <T>(request: FastifyRequest, judge: () => T | Promise<T>): Promise<T> => {
    try {
      return await judge()
    } catch (error) {
      await refused(request, route, error)
      throw error
    }
  }
