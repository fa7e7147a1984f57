import { Button, Group, Popover, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useTimes } from '../time.ts'
import { fieldTime, MOST_HOURS, type Period, type Span } from './span.ts'

/** The last hours or days, or a span of the reader's own. */
export function PeriodPicker(props: {
  span: Span
  period: Period
  onSpan: (span: Span) => void
  onPeriod: (from: number, to: number) => void
}) {
  const { span, period, onSpan, onPeriod } = props
  const { t } = useWords()
  return (
    <Group gap="xs">
      <SegmentedControl
        // A span of one's own is none of these.
        value={period === undefined ? span : ''}
        onChange={(value) => onSpan(value as Span)}
        aria-label={t('Period')}
        data={[
          { value: '6h', label: t('6 hours') },
          { value: '24h', label: t('24 hours') },
          { value: '7d', label: t('7 days') },
          { value: '30d', label: t('30 days') },
        ]}
      />
      <OwnPeriod period={period} onPeriod={onPeriod} />
    </Group>
  )
}

function OwnPeriod({ period, onPeriod }: { period: Period; onPeriod: (from: number, to: number) => void }) {
  const { t } = useWords()
  const [opened, setOpened] = useState(false)
  const [given, setGiven] = useState({ from: '', to: '' })
  const [from, to] = [given.from, given.to].map((text) => Math.floor(new Date(text).getTime() / 1000)) as [
    number,
    number,
  ]
  const problem =
    given.from === '' || given.to === ''
      ? ''
      : !(from < to)
        ? t('The end must be after the beginning.')
        : to - from > MOST_HOURS * 3600
          ? t('At most 30 days.')
          : undefined
  function toggle(): void {
    const now = Math.floor(Date.now() / 1000)
    const shown = period ?? { from: now - 86_400, to: now }
    if (!opened) setGiven({ from: fieldTime(shown.from), to: fieldTime(shown.to) })
    setOpened(!opened)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button variant={period === undefined ? 'default' : 'light'} aria-expanded={opened} onClick={toggle}>
          {t('Other…')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (problem !== undefined) return
            setOpened(false)
            onPeriod(from, to)
          }}
        >
          <Stack gap="xs" w={230}>
            {(['from', 'to'] as const).map((name) => (
              <TextInput
                key={name}
                type="datetime-local"
                label={name === 'from' ? t('From') : t('Until')}
                value={given[name]}
                onChange={(event) => {
                  const { value } = event.currentTarget
                  setGiven((before) => ({ ...before, [name]: value }))
                }}
              />
            ))}
            <Text size="xs" c={problem ? 'var(--bad)' : 'dimmed'} role="status">
              {problem || t('Whole hours are shown.')}
            </Text>
            <Button type="submit" size="xs" disabled={problem !== undefined}>
              {t('Show')}
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

const LABELS: Record<Span, string> = { '6h': '6 hours', '24h': '24 hours', '7d': '7 days', '30d': '30 days' }

/** What a span of the reader's own is, and the way back to the last hours. */
export function PeriodLine({ period, span, onBack }: { period: Period; span: Span; onBack: () => void }) {
  const { t } = useWords()
  const times = useTimes()
  if (period === undefined) return null
  return (
    <Group gap="sm" mb="sm" className="period-line">
      <Text size="sm" role="status">
        {t('{from} to {to}, {zone}. The figures, the chart, the failures and their links are of this span.', {
          from: times.short(period.from),
          to: times.short(period.to),
          zone: times.zone,
        })}
      </Text>
      <Button size="compact-sm" variant="default" onClick={onBack}>
        {t('Back to the last {span}', { span: t(LABELS[span]) })}
      </Button>
    </Group>
  )
}
