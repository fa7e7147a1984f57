import '@mantine/charts/styles.css'
import { BarChart } from '@mantine/charts'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity, Counts } from '../api.ts'

type Bar = { at: string; sent: number; delivered: number; failed: number; received: number }

/** Messages by hour, or by day in the reader's time zone. */
export function Chart({ hours, byDay }: { hours: Activity['hours']; byDay: boolean }) {
  const { t, locale } = useWords()
  const hour = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' })
  const name = (from: number): string => (byDay ? day : hour).format(from * 1000)
  const bars = new Map<string, Bar>()
  for (const one of hours) {
    const at = name(one.from)
    const bar = bars.get(at) ?? { at, sent: 0, delivered: 0, failed: 0, received: 0 }
    for (const key of ['sent', 'delivered', 'failed', 'received'] as const satisfies readonly (keyof Counts)[])
      bar[key] += one[key]
    bars.set(at, bar)
  }
  const data = [...bars.values()]
  return (
    <>
      <BarChart
        h={270}
        data={data}
        dataKey="at"
        withLegend
        tickLine="none"
        gridAxis="x"
        barProps={{ isAnimationActive: false, radius: 2 }}
        series={[
          { name: 'sent', label: t('Sent'), color: 'harbour.6' },
          { name: 'delivered', label: t('Delivered'), color: 'blue.5' },
          { name: 'received', label: t('Received'), color: 'gray.5' },
          { name: 'failed', label: t('Failed'), color: 'red.6' },
        ]}
      />
      <div className="visually-hidden">
        <table>
          <caption>{t('Messages over time')}</caption>
          <thead>
            <tr>
              <th>{t('Time')}</th>
              <th>{t('Sent')}</th>
              <th>{t('Delivered')}</th>
              <th>{t('Received')}</th>
              <th>{t('Failed')}</th>
            </tr>
          </thead>
          <tbody>
            {data.map((bar) => (
              <tr key={bar.at}>
                <th>{bar.at}</th>
                <td>{bar.sent}</td>
                <td>{bar.delivered}</td>
                <td>{bar.received}</td>
                <td>{bar.failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
