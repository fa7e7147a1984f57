import { Alert, Button, Group, SegmentedControl, Select, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { saveAs, textOf } from '../list/export-rows.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { CostTable } from './cost-table.tsx'
import {
  type Costs as Report,
  type CostGroup,
  type Grouping,
  GROUPINGS,
  isPeriod,
  type Period,
  spanOf,
} from './report.ts'

/** How many messages WhatsApp charges, and with a rate card how much money that is. The address keeps what is asked. */
export function Costs() {
  const { t } = useWords()
  const channels = useChannels()
  const [params, setParams] = useSearchParams()
  const set = (name: string, value: string | null): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === null) next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  const period: Period = isPeriod(params.get('period')) ? (params.get('period') as Period) : 'month'
  const asked = params.get('by')
  const by: Grouping = GROUPINGS.find((one) => one === asked) ?? 'day'
  const channel = params.get('channel')
  const query = { ...spanOf(period, new Date()), group_by: by, channel_id: channel }
  const costs = useQuery({
    queryKey: ['costs', query],
    queryFn: () => api<Report>('GET', '/admin/costs', undefined, query),
    placeholderData: (before) => before,
  })
  return (
    <>
      <PageHead title={t('Costs')}>{costs.data && <Export report={costs.data} />}</PageHead>
      <Group mb="md" align="flex-end">
        <Select
          label={t('Period')}
          data={[
            { value: 'month', label: t('This month') },
            { value: 'before', label: t('Last month') },
            { value: 'quarter', label: t('Last 90 days') },
            { value: 'year', label: t('Last 365 days') },
          ]}
          value={period}
          onChange={(chosen) => set('period', chosen)}
          allowDeselect={false}
        />
        <Select
          label={t('Channel')}
          placeholder={t('All channels')}
          data={(channels.data ?? []).map((one) => ({ value: String(one.channel_id), label: one.name }))}
          value={channel}
          onChange={(chosen) => set('channel', chosen)}
          clearable
        />
        <SegmentedControl
          aria-label={t('Group by')}
          data={[
            { value: 'day', label: t('Day') },
            { value: 'category', label: t('Category') },
            { value: 'type', label: t('Price') },
            { value: 'country', label: t('Country') },
          ]}
          value={by}
          onChange={(chosen) => set('by', chosen)}
        />
      </Group>
      {costs.isPending ? (
        <Waiting />
      ) : costs.isLoadingError ? (
        <Failed error={costs.error} retry={() => void costs.refetch()} />
      ) : (
        <Shown report={costs.data} />
      )}
    </>
  )
}

function Shown({ report }: { report: Report }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { total, currency } = report
  const free = total.messages - total.billable
  const figures = [
    ...(currency !== null && total.amount !== undefined
      ? [{ label: t('Estimated cost'), value: `${total.amount} ${currency}`, note: t('WhatsApp’s bill decides.') }]
      : []),
    { label: t('Charged messages'), value: times.number(total.billable), note: '' },
    { label: t('Free messages'), value: times.number(free), note: '' },
    ...(total.unpriced
      ? [
          {
            label: t('Without a price'),
            value: times.number(total.unpriced),
            note: t('The rate card has no row for them.'),
          },
        ]
      : []),
  ]
  return (
    <>
      {report.warning !== null && (
        <Alert color="yellow" variant="light" mb="md">
          {says(report.warning)}
        </Alert>
      )}
      <div className="cards">
        {figures.map(({ label, value, note }) => (
          <div key={label} className="card">
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <div className="card-figure">
              <bdi>{value}</bdi>
            </div>
            <Text size="xs" c="dimmed" mih={18}>
              {note}
            </Text>
          </div>
        ))}
      </div>
      <Text size="sm" c="dimmed" my="md">
        {t('From {from} until {to}, days of UTC.', { from: report.from, to: report.to })}{' '}
        {currency === null && t('Amounts need WhatsApp’s price list: set RATE_CARD_FILE to a file with your rates.')}
      </Text>
      {report.groups.length === 0 ? (
        <Empty title={t('Nothing was priced in this period')}>
          {t('WhatsApp tells the price of a message with its status.')}
        </Empty>
      ) : (
        <CostTable report={report} />
      )}
    </>
  )
}

function Export({ report }: { report: Report }) {
  const { t } = useWords()
  const cells = Object.fromEntries(
    Object.keys(report.groups[0] ?? {}).map((key) => [key, (row: CostGroup) => row[key as keyof CostGroup]]),
  )
  return (
    <Button
      variant="default"
      disabled={report.groups.length === 0}
      onClick={() => saveAs(`costs-${report.from}-${report.to}`, 'csv', textOf('csv', report.groups, cells))}
    >
      {t('Export as {format}', { format: 'CSV' })}
    </Button>
  )
}
