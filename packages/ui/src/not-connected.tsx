import { useWords } from './i18n.tsx'
import { useLostSince, useStaleSince } from './connection.ts'

/** Says since when the shown data may be old. It stands above the data and never replaces it. */
export function NotConnected() {
  const { t, locale } = useWords()
  const lost = useLostSince()
  const stale = useStaleSince()
  const since = lost ?? stale
  if (since === null) return null
  const isToday = new Date(since).toDateString() === new Date().toDateString()
  const time = new Intl.DateTimeFormat(locale, {
    ...(!isToday && { month: 'short', day: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
  }).format(since)
  return (
    <div className="not-connected" role="status">
      {lost === null
        ? t('Some data could not be updated since {time}. Trying again …', { time })
        : t('Not connected since {time}. The page shows the data of that time. Trying again …', { time })}
    </div>
  )
}
