import { Text } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useTimes } from '../time.ts'
import { reasonWord } from './reason-words.ts'
import type { Report } from './types.ts'

/** What it costs, in words; undefined without prices. */
export function usePrice(): (report: Report) => string | undefined {
  const { t } = useWords()
  const times = useTimes()
  return ({ cost }) => {
    if (!cost) return undefined
    const price = `${cost.amount} ${cost.currency}`
    return cost.unpriced === 0
      ? price
      : t('{price}, and {n} messages without a price', { price, n: times.number(cost.unpriced) })
  }
}

/** How many get it, how many do not and why, how long it takes and what it costs. */
export function Forecast({ report }: { report: Report }) {
  const { t } = useWords()
  const times = useTimes()
  const { forecast, pace, quiet_hours: quiet, messaging_limit: limit, bad } = report
  const price = usePrice()(report)
  const left = [
    ...(bad.rows > 0 ? [{ name: t('bad rows'), rows: bad.rows }] : []),
    ...(forecast.duplicates > 0 ? [{ name: t(reasonWord('duplicate')), rows: forecast.duplicates }] : []),
    ...Object.entries(forecast.failed_by_reason).map(([reason, rows]) => ({ name: t(reasonWord(reason)), rows })),
  ]
  return (
    <section className="card" aria-label={t('Forecast')}>
      <p className="forecast-verdict" data-bad={!report.ok || undefined}>
        {report.ok
          ? t('{n} people will get it.', { n: times.number(forecast.accepted) })
          : bad.rows > 0
            ? t('{bad} of {rows} rows cannot be sent.', {
                bad: times.number(bad.rows),
                rows: times.number(report.rows),
              })
            : t('Nobody can get it.')}
      </p>
      {!report.ok && bad.rows > 0 && (
        <p className="forecast-note">{t('Leave them out, or upload a corrected file: below.')}</p>
      )}
      <dl className="facts forecast">
        <div>
          <dt>{t('Rows of the file')}</dt>
          <dd>{times.number(report.rows)}</dd>
        </div>
        <div>
          <dt>{t('People who get it')}</dt>
          <dd>{times.number(forecast.accepted)}</dd>
        </div>
        {left.map(({ name, rows }) => (
          <div key={name}>
            <dt>{t('Not sent: {reason}', { reason: name })}</dt>
            <dd>{times.number(rows)}</dd>
          </div>
        ))}
        <div>
          <dt>{t('Time at {n} per second', { n: times.number(pace.messages_per_second) })}</dt>
          <dd>{times.span(pace.seconds)}</dd>
        </div>
        {quiet.held > 0 && (
          <div>
            <dt>{t('Wait for the end of their quiet hours')}</dt>
            <dd>
              {times.number(quiet.held)}
              {quiet.last_until !== null && ` · ${t('until {time}', { time: times.full(quiet.last_until) })}`}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('Price')}</dt>
          <dd>{price ?? <small>{t('not known: set RATE_CARD_FILE')}</small>}</dd>
        </div>
      </dl>
      {limit?.exceeded === true && (
        <Text size="sm" c="red" mt={6}>
          {t('WhatsApp lets this number write to {limit} people a day unasked; these are {n}.', {
            limit: times.number(limit.limit),
            n: times.number(limit.people),
          })}
        </Text>
      )}
    </section>
  )
}
