import { Text } from '@mantine/core'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity, Stats } from '../api.ts'
import { useTimes } from '../time.ts'
import { listSearch, type Period } from './span.ts'

const share = (part: number, whole: number): string | undefined =>
  whole === 0 ? undefined : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`

/** Five numbers of the period. Each leads to the messages that it counts. */
export function Figures({ activity, period }: { activity: Activity; period: Period }) {
  const { t } = useWords()
  const times = useTimes()
  const { total } = activity
  const within = listSearch(activity, period)
  const figures = [
    { label: t('Sent'), value: total.sent, filter: 'status=sent%2B', note: t('accepted by WhatsApp') },
    {
      label: t('Delivered'),
      value: total.delivered,
      filter: 'status=delivered%2B',
      note: share(total.delivered, total.sent),
    },
    { label: t('Read'), value: total.read, filter: 'status=read%2B', note: share(total.read, total.sent) },
    {
      label: t('Failed'),
      value: total.failed,
      filter: 'status=failed',
      note: total.refused > 0 ? t('{n} of them not accepted', { n: times.number(total.refused) }) : undefined,
    },
    { label: t('Received'), value: total.received, filter: 'status=received', note: undefined },
  ]
  return (
    <div className="cards figures">
      {figures.map(({ label, value, filter, note }) => (
        <Link key={label} className="card card-link" href={`/messages?${filter}&${within}`}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <div className="card-figure">{times.number(value)}</div>
          <Text size="xs" c="dimmed" mih={18}>
            {note}
          </Text>
        </Link>
      ))}
    </div>
  )
}

/** The events for endpoints in one line: what waits, what was given up. */
export function EventLine({ stats }: { stats: Stats }) {
  const { t } = useWords()
  const times = useTimes()
  const { deliveries, quarantined } = stats
  const strange = Object.values(quarantined).reduce((sum, count) => sum + count, 0)
  const oldest = deliveries.oldest_pending_seconds
  return (
    <p className="event-line">
      <span>{t('Now')}</span>
      <Link href="/deliveries?state=pending">{t('Events waiting: {n}', { n: times.number(deliveries.pending) })}</Link>
      {oldest !== null && deliveries.pending > 0 && (
        <span>{t('the oldest for {time}', { time: times.span(oldest) })}</span>
      )}
      <Link href="/deliveries?state=dead">{t('Dead events: {n}', { n: times.number(deliveries.dead) })}</Link>
      {strange > 0 && <span>{t('In quarantine: {n}', { n: times.number(strange) })}</span>}
    </p>
  )
}
