import { useEffect, useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Person } from '../api.ts'
import { useTimes } from '../time.ts'

/** Counts down how long free-form messages may still be sent to this contact. */
export function WindowMark({ person, brief }: { person: Person; brief?: boolean }) {
  const { t } = useWords()
  const times = useTimes()
  const now = useNow(brief ? 30_000 : 1_000)
  const { state, closes_at: closesAt, free_until: freeUntil } = person.window
  const left = closesAt === null ? 0 : closesAt - now
  const isOpen = state === 'open' && left > 0
  const text =
    state === 'unknown'
      ? t('window unknown')
      : isOpen
        ? brief
          ? times.span(left).split(' ').slice(0, 2).join(' ')
          : t('window open for {time}', { time: times.span(left) })
        : t('window closed')
  return (
    <span className="status" data-tone={isOpen ? 'good' : state === 'unknown' ? 'warm' : undefined}>
      {text}
      {!brief &&
        freeUntil !== null &&
        freeUntil > now &&
        ` · ${t('free for {time}', { time: times.span(freeUntil - now) })}`}
    </span>
  )
}

/** The time in Unix seconds, which moves on. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now() / 1000), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
