import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { askNow, isDeep, onRegained } from '../../ui/src/connection.ts'
import { type Session, withoutUser } from './api.ts'

type Topic = 'messages' | 'deliveries' | 'endpoints' | 'templates' | 'channels'

/** The topics of each list, and the shortest time between two requests: counting costs more than listing. */
const WATCHED: Record<string, { topics: readonly Topic[]; everyMs: number }> = {
  messages: { topics: ['messages'], everyMs: 600 },
  message: { topics: ['messages', 'deliveries'], everyMs: 400 },
  thread: { topics: ['messages'], everyMs: 400 },
  person: { topics: ['messages'], everyMs: 800 },
  conversations: { topics: ['messages'], everyMs: 1_000 },
  people: { topics: ['messages'], everyMs: 5_000 },
  deliveries: { topics: ['deliveries'], everyMs: 600 },
  stats: { topics: ['messages', 'deliveries', 'endpoints', 'channels'], everyMs: 3_000 },
  activity: { topics: ['messages'], everyMs: 5_000 },
  channels: { topics: ['channels', 'endpoints'], everyMs: 500 },
  endpoints: { topics: ['channels', 'endpoints', 'deliveries'], everyMs: 2_000 },
  templates: { topics: ['templates'], everyMs: 500 },
}
/** While the gateway sends notifications, polling only makes up for lost ones. */
const FLOOR_MS = 20_000
/** A hidden page closes its stream, so that visible pages have room. */
const HIDDEN_FOR_MS = 10_000
/** Pause before the next try when the gateway has no room for another stream. */
const COME_BACK_MS = 30_000

let connected = false
const hearers = new Set<() => void>()

function setConnected(next: boolean): void {
  if (connected === next) return
  connected = next
  for (const hear of hearers) hear()
}

/** Returns `ms` without notifications, and a long interval with them. */
export function usePace(ms: number): number {
  const isLive = useSyncExternalStore(
    (hear) => {
      hearers.add(hear)
      return () => hearers.delete(hear)
    },
    () => connected,
  )
  return isLive ? Math.max(ms, FLOOR_MS) : ms
}

/** Requests the lists that changed: each list by itself, never twice at once, and not more often than allowed. */
function createAsking(queries: QueryClient): { changed(topics: readonly string[]): void; stop(): void } {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>()
  const running = new Set<string>()
  const again = new Set<string>()
  const askedAt = new Map<string, number>()

  async function ask(name: string): Promise<void> {
    waiting.delete(name)
    running.add(name)
    askedAt.set(name, Date.now())
    await queries
      .invalidateQueries({ predicate: (query) => query.queryKey[0] === name && !isDeep(query) })
      .catch(() => undefined)
    running.delete(name)
    // A change during the request may be missing from its answer.
    if (again.delete(name)) soon(name)
  }

  function soon(name: string): void {
    if (running.has(name)) again.add(name)
    else if (!waiting.has(name)) {
      const due = (askedAt.get(name) ?? 0) + WATCHED[name]!.everyMs - Date.now()
      waiting.set(
        name,
        setTimeout(() => void ask(name), Math.max(0, due)),
      )
    }
  }

  return {
    changed(topics) {
      for (const [name, watched] of Object.entries(WATCHED))
        if (watched.topics.some((topic) => topics.includes(topic))) soon(name)
    },
    stop() {
      for (const timer of waiting.values()) clearTimeout(timer)
    },
  }
}

/** Follows the gateway's notifications while the user is signed in and the page is visible. */
export function useLive(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const asking = createAsking(queries)
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined

    function close(): void {
      clearTimeout(timer)
      source?.close()
      source = undefined
      setConnected(false)
    }

    function open(): void {
      clearTimeout(timer)
      if (source) return
      const opened = new EventSource('/console/events')
      source = opened
      opened.onopen = () => {
        setConnected(true)
        // Requests everything once: changes before the stream opened were not reported.
        asking.changed(['messages', 'deliveries', 'endpoints', 'templates', 'channels'])
      }
      opened.addEventListener('changed', (event) => asking.changed((event as MessageEvent<string>).data.split(' ')))
      opened.addEventListener('ended', () => {
        close()
        // No request here: this browser may still have the cookie that another of its pages is giving back.
        queries.setQueryData<Session>(['session'], withoutUser)
      })
      opened.onerror = () => {
        setConnected(false)
        askNow()
        // After a refusal the browser does not reconnect by itself.
        if (opened.readyState !== EventSource.CLOSED || source !== opened) return
        close()
        timer = setTimeout(open, COME_BACK_MS)
      }
    }

    function onVisibility(): void {
      if (document.visibilityState === 'visible') open()
      else {
        clearTimeout(timer)
        timer = setTimeout(close, HIDDEN_FOR_MS)
      }
    }

    open()
    const stopHearing = onRegained(open)
    document.addEventListener('visibilitychange', onVisibility)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      stopHearing()
      close()
      asking.stop()
    }
  }, [queries])
}
