import { useQueryClient, type Query, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'

/**
 * Knows whether the server answers. Every call of a page reports its result here, and the page asks by itself after a
 * while without an answer. A browser's online state says nothing about a server on the same machine.
 */
const ASK_AFTER_MS = 10_000
const ASK_WHEN_LOST_MS = 2_000
const ANSWER_WITHIN_MS = 5_000

/** Unix milliseconds of the first call without an answer. Null while the server answers. */
let lostSince: number | null = null
let answeredAt = 0
const hearers = new Set<() => void>()

export function noteAnswer(): void {
  answeredAt = Date.now()
  setLost(null)
}

export function noteSilence(): void {
  setLost(lostSince ?? Date.now())
}

function setLost(next: number | null): void {
  if (lostSince === next) return
  lostSince = next
  for (const hear of [...hearers]) hear()
}

function subscribe(hear: () => void): () => void {
  hearers.add(hear)
  return () => hearers.delete(hear)
}

export const useLostSince = (): number | null => useSyncExternalStore(subscribe, () => lostSince)

/** Calls `act` each time the server answers again. */
export function onRegained(act: () => void): () => void {
  let wasLost = lostSince !== null
  return subscribe(() => {
    const isBack = wasLost && lostSince === null
    wasLost = lostSince !== null
    if (isBack) act()
  })
}

/** True when the server answers with any status. A proxy that cannot reach the server is not an answer. */
export async function answers(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    const { status } = await fetch(location.pathname, { method: 'HEAD', cache: 'no-store', signal })
    const found = !isGateway(status)
    if (found) noteAnswer()
    else noteSilence()
    return found
  } catch {
    noteSilence()
    return false
  }
}

/** Statuses of a proxy that cannot reach the server. */
export const isGateway = (status: number): boolean => status === 502 || status === 503 || status === 504

/** Asks at once, for a caller that suspects a lost connection. */
export const askNow = (): void => void answers()

/** A list that the user has paged back in is not refreshed: only its newest page would change. */
export const isDeep = (query: Query): boolean => {
  const data = query.state.data as { pages?: unknown } | undefined
  return Array.isArray(data?.pages) && data.pages.length > 1
}

/** Watches the connection for a page, and requests all data again when the server answers again. */
export function useConnection(): void {
  const queries = useQueryClient()
  useEffect(() => {
    let isAsking = false
    const ask = (): void => {
      if (isAsking) return
      isAsking = true
      void answers().finally(() => (isAsking = false))
    }
    const timer = setInterval(() => {
      if (document.visibilityState !== 'visible') return
      if (lostSince !== null || Date.now() - answeredAt > ASK_AFTER_MS) ask()
    }, ASK_WHEN_LOST_MS)
    const onVisibility = (): void => {
      if (document.visibilityState === 'visible') ask()
    }
    const stop = onRegained(() => void queries.invalidateQueries({ predicate: (query) => !isDeep(query) }))
    addEventListener('online', ask)
    addEventListener('offline', ask)
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      clearInterval(timer)
      stop()
      removeEventListener('online', ask)
      removeEventListener('offline', ask)
      document.removeEventListener('visibilitychange', onVisibility)
    }
  }, [queries])
}

/** Time of the oldest data on the page whose refresh failed. Null when all data is fresh. */
const staleSince = (queries: QueryClient): number | null => {
  const stale = queries
    .getQueryCache()
    .findAll({ type: 'active' })
    .filter(({ state }) => state.status === 'error' && state.data !== undefined)
    .map(({ state }) => state.dataUpdatedAt)
  return stale.length === 0 ? null : Math.min(...stale)
}

export function useStaleSince(): number | null {
  const queries = useQueryClient()
  return useSyncExternalStore(
    (hear) => queries.getQueryCache().subscribe(hear),
    () => staleSince(queries),
  )
}
