import type { Clock } from '@postern/runtime/clock'
import { addCounts, type AttemptCounts, countAttempt, noAttempts } from '../../domain/channels/attempt-counts.ts'
import type { Log } from '../../platform/log.ts'
import {
  activityOfHour,
  keepActivity,
  type LastAnswer,
  lastAnswers,
  SPAN_MS,
  type SpanCounts,
  spanOf,
} from '../../store/endpoint-activity.ts'
import type { Store } from '../../store/store.ts'

/** How late the store, and so other processes, get an attempt. */
const KEPT_EVERY_MS = 5_000
const HOUR_MS = 60 * 60_000

export type EndpointActivity = { counts: AttemptCounts; lastAnswer: LastAnswer | undefined }

export type ActivityBook = {
  /** Counts one attempt. Costs nothing but a few numbers. */
  note(attempt: Omit<LastAnswer, 'at'>): void
  /** The result of the last hour, by endpoint, over all processes. */
  of(endpointIds: readonly number[]): Promise<Map<number, EndpointActivity>>
  /** Writes the counts since the last call. */
  keep(): Promise<void>
  stop(): Promise<void>
}

/**
 * Counts the attempts of each endpoint. A million of them in an hour take some hundred numbers here, and a row for five
 * minutes of each endpoint in the store: the attempts themselves need not be read.
 */
export function createActivityBook(options: {
  store: Pick<Store, 'sql'>
  clock: Clock
  log: Log
  /** Unique among all processes, and never reused. */
  holder: string
}): ActivityBook {
  const { store, clock, log, holder } = options
  const spans = new Map<string, SpanCounts>()
  const answers = new Map<number, LastAnswer>()
  const unkept = { spans: new Set<string>(), answers: new Set<number>() }
  let timer: (() => void) | undefined
  let keeping: Promise<void> = Promise.resolve()
  let stopped = false

  function note({ endpointId, outcome, status, ms, problem }: Omit<LastAnswer, 'at'>): void {
    const at = clock.now()
    const span = spanOf(at)
    const key = `${span} ${endpointId}`
    let counted = spans.get(key)
    if (!counted) spans.set(key, (counted = { span, endpointId, counts: noAttempts() }))
    countAttempt(counted.counts, outcome === 'delivered', status === null ? null : ms)
    answers.set(endpointId, { endpointId, at, outcome, status, ms, problem })
    unkept.spans.add(key)
    unkept.answers.add(endpointId)
    if (!stopped) timer ??= clock.after(KEPT_EVERY_MS, () => void keep())
  }

  function keep(): Promise<void> {
    timer?.()
    timer = undefined
    return (keeping = keeping.then(write))
  }

  async function write(): Promise<void> {
    const now = clock.now()
    for (const [key, { span }] of spans) if (span + SPAN_MS + HOUR_MS < now) spans.delete(key)
    const keys = [...unkept.spans]
    const ids = [...unkept.answers]
    if (keys.length === 0) return
    unkept.spans.clear()
    unkept.answers.clear()
    const one = {
      spans: keys.flatMap((key) => spans.get(key) ?? []),
      answers: ids.flatMap((id) => answers.get(id) ?? []),
    }
    try {
      await keepActivity(store.sql, holder, one, now)
    } catch (error) {
      // They are written with the next ones, which include them.
      for (const key of keys) unkept.spans.add(key)
      for (const id of ids) unkept.answers.add(id)
      log.warn({ err: error }, 'delivery.activity_not_kept')
    }
  }

  async function of(endpointIds: readonly number[]): Promise<Map<number, EndpointActivity>> {
    const now = clock.now()
    const [counts, newest] = [
      await activityOfHour(store.sql, endpointIds, now, holder),
      await lastAnswers(store.sql, endpointIds),
    ]
    for (const { span, endpointId, counts: own } of spans.values()) {
      const sum = counts.get(endpointId)
      if (sum && span > now - HOUR_MS) addCounts(sum, own)
    }
    return new Map(
      endpointIds.map((id) => {
        const [stored, own] = [newest.get(id), answers.get(id)]
        return [id, { counts: counts.get(id)!, lastAnswer: own && own.at >= (stored?.at ?? 0) ? own : stored }]
      }),
    )
  }

  return {
    note,
    of,
    keep,
    async stop() {
      stopped = true
      await keep()
    },
  }
}
