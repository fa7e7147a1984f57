import { useEffect, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

const LOOK_EVERY_MS = 10_000

/** The line at the top of a phone's screen: the sandbox's time, and signs that only decorate. */
export function StatusBar({ now }: { now: () => number }) {
  const { locale } = useWords()
  const [at, setAt] = useState(now)
  useEffect(() => {
    const timer = setInterval(() => setAt(now()), LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [now])
  return (
    <div className="phone-status" aria-hidden>
      <span>{new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(at)}</span>
      <svg width="46" height="12" viewBox="0 0 46 12" fill="currentColor">
        <path d="M0 9h2.4v3H0zM4 6.5h2.4V12H4zM8 3.5h2.4V12H8zM12 .5h2.4V12H12z" />
        <path d="M29 2.5h13a1.5 1.5 0 0 1 1.5 1.5v5A1.5 1.5 0 0 1 42 10.500H29A1.500 1.500 0 0 1 27.500 9V4A1.500 1.500 0 0 1 29 2.500zm.5 2v4h9v-4zM44.300 5h1v3h-1z" />
      </svg>
    </div>
  )
}
