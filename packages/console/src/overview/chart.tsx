import '@mantine/charts/styles.css'
import { AreaChart } from '@mantine/charts'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity } from '../api.ts'

/** Every message stands in one layer: its furthest state. */
type Point = { at: string; read: number; delivered: number; underway: number; failed: number; received: number }

const LAYERS = ['received', 'read', 'delivered', 'underway', 'failed'] as const

/** Messages by hour, or by day in the reader's time zone, in layers that add up to all of them. */
export function Chart({ hours, byDay }: { hours: Activity['hours']; byDay: boolean }) {
  const { t, locale } = useWords()
  const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const name = (from: number): string => (byDay ? day : hour).format(from * 1000)
  const points = new Map<string, Point>()
  for (const one of hours) {
    const at = name(one.from)
    const point = points.get(at) ?? { at, read: 0, delivered: 0, underway: 0, failed: 0, received: 0 }
    point.received += one.received
    point.read += one.read
    point.delivered += one.delivered - one.read
    point.failed += one.failed
    point.underway += one.sent - one.delivered - (one.failed - one.refused)
    points.set(at, point)
  }
  const data = [...points.values()]
  const labels = {
    received: t('Received'),
    read: t('Read'),
    delivered: t('Delivered, not read'),
    underway: t('Sent, not delivered'),
    failed: t('Failed'),
  }
  const colours = {
    received: 'blue.4',
    read: 'harbour.8',
    delivered: 'harbour.5',
    underway: 'harbour.2',
    failed: 'red.6',
  }
  return (
    <>
      <AreaChart
        h={240}
        data={data}
        dataKey="at"
        type="stacked"
        curveType="monotone"
        withDots={false}
        withGradient={false}
        fillOpacity={0.75}
        strokeWidth={1}
        withLegend
        legendProps={{ verticalAlign: 'bottom', height: 40 }}
        tickLine="none"
        gridAxis="x"
        areaProps={{ isAnimationActive: false }}
        series={LAYERS.map((layer) => ({ name: layer, label: labels[layer], color: colours[layer] }))}
      />
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
              <tr key={point.at}>
                <th>{point.at}</th>
                {LAYERS.map((layer) => (
                  <td key={layer}>{point[layer]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
