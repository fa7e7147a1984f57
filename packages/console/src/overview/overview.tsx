import { SegmentedControl, Text } from '@mantine/core'
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
import { spanOf, SPANS } from './span.ts'
import { Verdict } from './verdict.tsx'
import './overview.css'

const Chart = part(async () => (await import('./chart.tsx')).Chart, <Waiting />)

/** What is wrong, then the numbers of a period. */
export function Overview({ session }: { session: Session }) {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const span = spanOf(params.get('period'))
  const stats = useQuery({
    queryKey: ['stats'],
    queryFn: () => api<Stats>('GET', '/admin/stats'),
    refetchInterval: usePace(3_000),
  })
  const activity = useQuery({
    queryKey: ['activity', span],
    queryFn: () => api<Activity>('GET', '/admin/stats/activity', undefined, { hours: SPANS[span] }),
    refetchInterval: usePace(5_000),
    placeholderData: (before) => before,
  })
  return (
    <>
      <PageHead title={t('Overview')}>
        <SegmentedControl
          value={span}
          onChange={(value) => setParams({ period: value })}
          aria-label={t('Period')}
          data={[
            { value: '6h', label: t('6 hours') },
            { value: '24h', label: t('24 hours') },
            { value: '7d', label: t('7 days') },
            { value: '30d', label: t('30 days') },
          ]}
        />
      </PageHead>
      <Verdict />
      {activity.isLoadingError ? (
        <Failed error={activity.error} retry={() => void activity.refetch()} />
      ) : stats.isLoadingError ? (
        <Failed error={stats.error} retry={() => void stats.refetch()} />
      ) : stats.isPending || activity.isPending ? (
        <Waiting />
      ) : (
        <Period stats={stats.data} activity={activity.data} byDay={SPANS[span] > 24} phones={session.sandbox_url} />
      )}
    </>
  )
}

function Period(props: { stats: Stats; activity: Activity; byDay: boolean; phones: string | null | undefined }) {
  const { stats, activity, byDay, phones } = props
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
          <Figures activity={activity} />
          <section className="card chart-card" aria-label={t('Messages over time')}>
            {isEmpty ? (
              <Text size="sm" c="dimmed">
                {t('No messages in this period.')}
              </Text>
            ) : (
              <Chart hours={activity.hours} byDay={byDay} />
            )}
          </section>
        </>
      )}
      <EventLine stats={stats} />
      <Numbers activity={activity} stats={stats} />
      {!isFirstRun && <Failures activity={activity} />}
    </>
  )
}
