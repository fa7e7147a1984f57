import { Anchor, SegmentedControl, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Auto } from '../../../ui/src/direction.tsx'
import { part } from '../../../ui/src/part.tsx'
import { api, type Activity, type Stats } from '../api.ts'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { Term } from '../term.tsx'
import { useTimes } from '../time.ts'
import { Incidents } from './incidents.tsx'
import './overview.css'

const Chart = part(async () => (await import('./chart.tsx')).Chart, <Waiting />)

const SPANS = { hours: 24, week: 168, month: 720 } as const

export function Overview() {
  const { t } = useWords()
  const [span, setSpan] = useState<keyof typeof SPANS>('hours')
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
          onChange={(value) => setSpan(value as keyof typeof SPANS)}
          aria-label={t('Period')}
          data={[
            { value: 'hours', label: t('24 hours') },
            { value: 'week', label: t('7 days') },
            { value: 'month', label: t('30 days') },
          ]}
        />
      </PageHead>
      <Incidents />
      {stats.isLoadingError ? (
        <Failed error={stats.error} retry={() => void stats.refetch()} />
      ) : activity.isLoadingError ? (
        <Failed error={activity.error} retry={() => void activity.refetch()} />
      ) : stats.isPending || activity.isPending ? (
        <Waiting />
      ) : (
        <Figures stats={stats.data} activity={activity.data} byDay={span !== 'hours'} />
      )}
    </>
  )
}

function Figures({ stats, activity, byDay }: { stats: Stats; activity: Activity; byDay: boolean }) {
  const { t } = useWords()
  const times = useTimes()
  const { total } = activity
  const { deliveries, endpoints, quarantined } = stats
  const strange = Object.values(quarantined).reduce((sum, count) => sum + count, 0)

  return (
    <>
      <div className="cards figures">
        <Figure label={t('Sent')} value={times.number(total.sent)} />
        <Figure
          label={t('Delivered')}
          value={times.number(total.delivered)}
          note={share(total.delivered, total.sent)}
        />
        <Figure label={t('Read')} value={times.number(total.read)} note={share(total.read, total.sent)} />
        <Figure
          label={t('Failed')}
          value={times.number(total.failed)}
          note={share(total.failed, total.sent)}
          bad={total.failed > 0}
          href="/messages?status=failed"
        />
        <Figure label={t('Received')} value={times.number(total.received)} />
        <Figure label={t('Events waiting')} value={times.number(deliveries.pending)} href="/deliveries?state=pending" />
        <Figure
          label={t('Oldest waiting')}
          value={deliveries.oldest_pending_seconds === null ? '—' : times.span(deliveries.oldest_pending_seconds)}
          bad={(deliveries.oldest_pending_seconds ?? 0) > 60}
        />
        <Figure
          label={t('Dead events')}
          value={times.number(deliveries.dead)}
          bad={deliveries.dead > 0}
          href="/deliveries?state=dead"
        />
        <Figure label={t('Endpoints resting')} value={String(endpoints.resting)} bad={endpoints.resting > 0} />
        {strange > 0 && <Figure label={t('In quarantine')} value={times.number(strange)} bad />}
      </div>
      <section className="card chart-card" aria-label={t('Messages over time')}>
        {total.sent + total.received === 0 ? (
          <Empty title={t('No messages yet')}>
            {t('Send the first message from the composer, or write from a phone.')}{' '}
            <Anchor component={Link} href="/compose">
              {t('Open the composer')}
            </Anchor>
          </Empty>
        ) : (
          <Chart hours={activity.hours} byDay={byDay} />
        )}
      </section>
      <div className="two">
        <Failures failures={activity.failures} />
        <Numbers pace={activity.pace} />
      </div>
    </>
  )
}

const share = (part: number, whole: number): string | undefined =>
  whole === 0 ? undefined : `${((100 * part) / whole).toFixed(part === whole ? 0 : 1)} %`

function Figure(props: { label: string; value: string; note?: string | undefined; bad?: boolean; href?: string }) {
  const content = (
    <>
      <Text size="sm" c="dimmed">
        {props.label}
      </Text>
      <div className="card-figure" data-bad={props.bad || undefined}>
        {props.value}
      </div>
      <Text size="xs" c="dimmed" mih={18}>
        {props.note}
      </Text>
    </>
  )
  if (props.href === undefined) return <div className="card">{content}</div>
  return (
    <Link className="card card-link" href={props.href}>
      {content}
    </Link>
  )
}

function Failures({ failures }: { failures: Activity['failures'] }) {
  const { t, says } = useWords()
  const times = useTimes()
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Failures by code')}
      </Title>
      {failures.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('No failures in this period.')}
        </Text>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Failures by code')}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('Code')}</Table.Th>
                <Table.Th>{t('Meaning, and what to do')}</Table.Th>
                <Table.Th ta="right">{t('Count')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {failures.map((failure) => (
                <Table.Tr key={`${failure.code} ${failure.title}`}>
                  <Table.Td>
                    {failure.code === null ? (
                      '—'
                    ) : (
                      <Anchor component={Link} href={`/messages?error=${failure.code}`} size="sm">
                        {failure.code}
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{failure.title}</Text>
                    {failure.advice && (
                      <Text size="xs" c="dimmed">
                        {says(failure.advice)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{times.number(failure.count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </section>
  )
}

function Numbers({ pace }: { pace: Activity['pace'] }) {
  const { t } = useWords()
  const times = useTimes()
  const channels = useChannels()
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Channels')}
      </Title>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Channels')}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <Term of="channel">{t('Channel')}</Term>
              </Table.Th>
              <Table.Th ta="right">{t('Sent in the last minute')}</Table.Th>
              <Table.Th ta="right">
                <Term of="pace">{t('Rate limit')}</Term>
              </Table.Th>
              <Table.Th>
                <Term of="endpoint">{t('Endpoint')}</Term>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(channels.data ?? []).map((channel) => {
              const mine = pace.find((one) => one.channel_id === channel.channel_id)
              return (
                <Table.Tr key={channel.channel_id}>
                  <Table.Td>
                    <Anchor component={Link} href={`/channels/${channel.channel_id}`} size="sm">
                      <Auto>{channel.name}</Auto>
                    </Anchor>
                  </Table.Td>
                  <Table.Td ta="right">{times.number(mine?.sent_last_minute ?? 0)}</Table.Td>
                  <Table.Td ta="right">{t('{n}/s', { n: channel.messages_per_second })}</Table.Td>
                  <Table.Td>
                    <Status value={channel.webhook_state ?? 'none'} />
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  )
}
