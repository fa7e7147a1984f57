import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import { Text } from '@mantine/core'
import { useId, useState, type KeyboardEvent } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity } from '../api.ts'
import { useTimes } from '../time.ts'
import { Mark, type Marked, useBrush } from './brush.tsx'
import { between, LAYERS, type Point, pointsOf, sumOf } from './points.ts'

const COLOURS = {
  received: 'blue.4',
  read: 'harbour.8',
  delivered: 'harbour.5',
  underway: 'harbour.2',
  failed: 'red.6',
} as const

/** Messages by hour, or by day in the reader's time zone, in layers that add up to all of them. */
export function Chart(props: {
  hours: Activity['hours']
  byDay: boolean
  /** The reader chose a part of it: in Unix seconds, without its end. */
  onZoom: (from: number, to: number) => void
}) {
  const { hours, byDay, onZoom } = props
  const { t, locale } = useWords()
  const hour = new Intl.DateTimeFormat(locale, {
    ...(hours.length > 24 && { weekday: 'short' }),
    hour: '2-digit',
    minute: '2-digit',
  })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const data = pointsOf(hours, (from) => (byDay ? day : hour).format(from * 1000))
  const hint = useId()
  const { marked, setMarked, zoom, onKey } = useMarked(data, onZoom)
  const brush = useBrush({ count: data.length, onMarked: setMarked, onDone: zoom })
  const labels = {
    received: t('Received'),
    read: t('Read'),
    delivered: t('Delivered, not read'),
    underway: t('Sent, not delivered'),
    failed: t('Failed'),
  }
  return (
    <>
      <div
        className="chart"
        role="application"
        tabIndex={0}
        aria-label={t('Messages over time')}
        aria-describedby={hint}
        onKeyDown={onKey}
        onBlur={() => setMarked(null)}
        {...brush}
      >
        <AreaChart
          h={220}
          data={data}
          dataKey="at"
          type="stacked"
          curveType="monotone"
          withDots={false}
          withGradient={false}
          fillOpacity={0.75}
          strokeWidth={1}
          tickLine="none"
          gridAxis="x"
          areaProps={{ isAnimationActive: false }}
          // The keys of this page move a mark; the library's would move its tooltip.
          areaChartProps={{ accessibilityLayer: false }}
          tooltipProps={{ isAnimationActive: false }}
          series={LAYERS.map((layer) => ({ name: layer, label: labels[layer], color: COLOURS[layer] }))}
        >
          <Mark count={data.length} marked={marked} />
        </AreaChart>
      </div>
      <ul className="chart-legend" aria-hidden>
        {LAYERS.map((layer) => (
          <li key={layer} data-series={layer}>
            {labels[layer]}
          </li>
        ))}
      </ul>
      <p className="chart-hint">
        <span id={hint} className="keys-only">
          {t('Drag over the chart to zoom. With keys: ← and → move, Shift extends, Enter zooms.')}
        </span>
        <MarkedWords points={data} marked={marked} />
      </p>
      <AsTable data={data} labels={labels} />
    </>
  )
}

/** What is marked, and the keys that mark: the same as the pointer does. */
function useMarked(data: readonly Point[], onZoom: (from: number, to: number) => void) {
  const [marked, setMarked] = useState<Marked>(null)
  const last = data.length - 1
  function zoom(which: Marked): void {
    setMarked(null)
    const points = which === null ? [] : between(data, which.from, which.to)
    if (points.length > 0) onZoom(points[0]!.from, points.at(-1)!.to)
  }
  function onKey(event: KeyboardEvent): void {
    const at = marked?.to ?? last
    const step = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[event.key]
    if (step !== undefined) {
      const to = Math.min(last, Math.max(0, marked === null && event.key !== 'Home' ? last : step))
      setMarked({ from: event.shiftKey && marked !== null ? marked.from : to, to })
    } else if (event.key === 'Enter' && marked !== null) zoom(marked)
    else if (event.key === 'Escape' && marked !== null) setMarked(null)
    else return
    event.preventDefault()
  }
  return { marked, setMarked, zoom, onKey }
}

/** The marked part in words, also for a screen reader. */
function MarkedWords({ points, marked }: { points: readonly Point[]; marked: Marked }) {
  const { t } = useWords()
  const times = useTimes()
  const chosen = marked === null ? [] : between(points, marked.from, marked.to)
  const sum = sumOf(chosen)
  return (
    <Text component="span" size="sm" role="status">
      {chosen.length > 0 &&
        t('{from} to {to}: {sent} sent, {received} received, {failed} failed', {
          from: times.short(chosen[0]!.from),
          to: times.short(chosen.at(-1)!.to),
          sent: times.number(sum.sent),
          received: times.number(sum.received),
          failed: times.number(sum.failed),
        })}
    </Text>
  )
}

function AsTable({ data, labels }: { data: readonly Point[]; labels: Record<(typeof LAYERS)[number], string> }) {
  const { t } = useWords()
  return (
    <div className="visually-hidden">
      <table>
        <caption>{t('Messages over time')}</caption>
        <thead>
          <tr>
            <th>{t('Time')}</th>
            {LAYERS.map((layer) => (
              <th key={layer}>{labels[layer]}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.map((point) => (
            <tr key={point.from}>
              <th>{point.at}</th>
              {LAYERS.map((layer) => (
                <td key={layer}>{point[layer]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
