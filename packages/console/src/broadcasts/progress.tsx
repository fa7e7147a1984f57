import { useWords } from '../../../ui/src/i18n.tsx'
import { useTimes } from '../time.ts'
import type { Broadcast, Counts } from './types.ts'

/** Read ones are delivered, delivered ones are sent: each lies upon the one before. */
const LAYERS = ['accepted', 'delivered', 'read'] as const

/** A bar that fills from sent over delivered to read; what failed comes from the other end. */
export function ProgressBar({ counts }: { counts: Counts }) {
  const { t } = useWords()
  const times = useTimes()
  const { total } = counts
  const part = (count: number): string => `${total === 0 ? 0 : (100 * count) / total}%`
  const lost = counts.failed + counts.undelivered + counts.unknown
  const label = t('{sent} of {total} sent, {delivered} delivered, {read} read, {failed} failed', {
    sent: times.number(counts.accepted),
    total: times.number(total),
    delivered: times.number(counts.delivered),
    read: times.number(counts.read),
    failed: times.number(lost),
  })
  return (
    <div className="fill" role="img" aria-label={label}>
      {LAYERS.map((layer) => (
        <span key={layer} data-layer={layer} style={{ width: part(counts[layer]) }} />
      ))}
      <span data-layer="lost" style={{ width: part(lost) }} />
    </div>
  )
}

/** How fast it goes, and how long it will take, in words. */
export function usePaceWords(): (broadcast: Broadcast) => string[] {
  const { t } = useWords()
  const times = useTimes()
  return ({ state, progress, send_at: at, counts }) => {
    if (state === 'scheduled' && at !== null) return [t('starts {time}', { time: times.full(at) })]
    if (state === 'preparing')
      return [t('the rows of the file are entered: {n} so far', { n: times.number(counts.total) })]
    if (!progress) return []
    if (progress.quiet_until !== null)
      return [t('quiet hours until {time}', { time: times.full(progress.quiet_until) })]
    return [
      t('{n} per second', { n: times.number(Math.round(progress.rate * 10) / 10) }),
      ...(progress.seconds_left === null ? [] : [t('{time} left', { time: times.span(progress.seconds_left) })]),
      ...(progress.slowed_by === 'throttled' ? [t('slower, because WhatsApp asked for it')] : []),
      ...(progress.slowed_by === 'quality' ? [t('slower, because the quality of the number is low')] : []),
    ]
  }
}
