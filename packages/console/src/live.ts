import { useQueryClient, type QueryClient } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { askNow, isDeep, onRegained } from '../../ui/src/connection.ts'

type Topic = 'messages' | 'deliveries' | 'endpoints' | 'templates' | 'channels'

/** What each list is about, and how close together it may be asked for: counting costs more than listing. */
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
  templates: { topics: ['templates'], everyMs: 500 },
}
/** While the gateway tells of changes, looking by oneself is only for what was lost on the way. */
const FLOOR_MS = 20_000
/** A page that nobody sees takes no place from those that somebody does. */
const HIDDEN_FOR_MS = 10_000
/** When the gateway has no room for another stream. */
const COME_BACK_MS = 30_000

let connected = false
const hearers = new Set<() => void>()

function setConnected(next: boolean): void {
  if (connected === next) return
  connected = next
  for (const hear of hearers) hear()
}

/** `ms` where nothing tells of changes, and seldom where something does. */
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

/** Asks for what changed: each list alone, never twice at once, and not closer together than it may. */
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
    // What changed while the answer was on its way may not be in it.
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

/** Follows what the gateway tells of, for as long as somebody is signed in and sees the page. */
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
        // What happened while nobody told of it.
        asking.changed(['messages', 'deliveries', 'endpoints', 'templates', 'channels'])
      }
      opened.addEventListener('changed', (event) => asking.changed((event as MessageEvent<string>).data.split(' ')))
      opened.addEventListener('ended', () => {
        close()
        // Not asked again: this browser may still have the cookie that another of its pages is just giving back.
        queries.setQueryData(['session'], { signed_in: false })
      })
      opened.onerror = () => {
        setConnected(false)
        askNow()
        // A refusal ends the browser's own trying.
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
