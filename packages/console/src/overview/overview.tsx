import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { part } from '../../../ui/src/part.tsx'
import { api, type Activity, type Message, type Session, type Stats } from '../api.ts'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Failed, Waiting } from '../states.tsx'
import { Failures } from './failures.tsx'
import { EventLine, Figures } from './figures.tsx'
import { FirstRun } from './first-run.tsx'
import { Numbers } from './numbers.tsx'
import { PeriodLine, PeriodPicker } from './period-picker.tsx'
import { isByDay, type Period, periodOf, spanOf, SPANS } from './span.ts'
import { Verdict } from './verdict.tsx'
import './overview.css'

const Chart = part(async () => (await import('./chart.tsx')).Chart, <Waiting />)

/** What is wrong, then the numbers of a period. */
export function Overview({ session }: { session: Session }) {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const span = spanOf(params.get('period'))
  const period = periodOf(params)
  const stats = useQuery({
    queryKey: ['stats'],
    queryFn: () => api<Stats>('GET', '/admin/stats'),
    refetchInterval: usePace(3_000),
  })
  const activity = useQuery({
    queryKey: ['activity', span, period],
    queryFn: () => api<Activity>('GET', '/admin/stats/activity', undefined, period ?? { hours: SPANS[span] }),
    refetchInterval: usePace(5_000),
    placeholderData: (before) => before,
  })
  const zoom = (from: number, to: number): void => setParams({ period: span, from: String(from), to: String(to) })
  return (
    <>
      <PageHead title={t('Overview')}>
        <PeriodPicker span={span} period={period} onSpan={(value) => setParams({ period: value })} onPeriod={zoom} />
      </PageHead>
      <Verdict />
      {activity.isLoadingError ? (
        <Failed error={activity.error} retry={() => void activity.refetch()} />
      ) : stats.isLoadingError ? (
        <Failed error={stats.error} retry={() => void stats.refetch()} />
      ) : stats.isPending || activity.isPending ? (
        <Waiting />
      ) : (
        <>
          <PeriodLine period={period} span={span} onBack={() => setParams({ period: span })} />
          <Figured
            stats={stats.data}
            activity={activity.data}
            period={period}
            onZoom={zoom}
            phones={session.sandbox_url}
          />
        </>
      )}
    </>
  )
}

function Figured(props: {
  stats: Stats
  activity: Activity
  period: Period
  onZoom: (from: number, to: number) => void
  phones: string | null | undefined
}) {
  const { stats, activity, period, onZoom, phones } = props
  const { t } = useWords()
  const channels = useChannels()
  const { total } = activity
  const isEmpty = total.sent + total.failed + total.received === 0
  // An empty period is a first run only when there is no message at all.
  const any = useQuery({
    queryKey: ['any-message'],
    queryFn: () => api<Message[]>('GET', '/admin/messages', undefined, { count: 1 }),
    enabled: isEmpty,
    refetchInterval: isEmpty ? 5_000 : false,
  })
  const isFirstRun = isEmpty && any.data?.length === 0
  return (
    <>
      {isFirstRun ? (
        <FirstRun channels={channels.data ?? []} phones={phones} />
      ) : (
        <>
          <Figures activity={activity} period={period} />
          <section className="card chart-card" aria-label={t('Messages over time')}>
            {isEmpty ? (
              <Text size="sm" c="dimmed">
                {t('No messages in this period.')}
              </Text>
            ) : activity.hours.length === 1 ? (
              <Text size="sm" c="dimmed">
                {t('This is one hour. The chart begins at two.')}
              </Text>
            ) : (
              <Chart hours={activity.hours} byDay={isByDay(activity.hours.length)} onZoom={onZoom} />
            )}
          </section>
        </>
      )}
      <EventLine stats={stats} />
      <Numbers activity={activity} stats={stats} />
      {!isFirstRun && <Failures activity={activity} period={period} />}
    </>
  )
}
