import { useWords } from '../../../ui/src/i18n.tsx'
import type { Person } from '../api.ts'
import { useTimes } from '../time.ts'
import { useNow } from './window-mark.tsx'

const DAY = 24 * 3600
const AROUND = 2 * Math.PI * 15

/** The time that the window is open, as a ring that empties. */
export function WindowRing({ person }: { person: Person }) {
  const { t } = useWords()
  const times = useTimes()
  const now = useNow(30_000)
  const { closes_at: closesAt, state } = person.window
  const left = state === 'open' && closesAt !== null ? Math.max(0, closesAt - now) : 0
  const label =
    state === 'unknown'
      ? t('window unknown')
      : left > 0
        ? t('window open for {time}', { time: times.span(left) })
        : t('window closed')
  return (
    <svg
      className="ring"
      width={36}
      height={36}
      viewBox="0 0 36 36"
      role="img"
      aria-label={label}
      data-low={left < 3600 || undefined}
    >
      <title>{label}</title>
      <circle cx={18} cy={18} r={15} />
      {left > 0 && (
        <circle
          cx={18}
          cy={18}
          r={15}
          strokeDasharray={`${(AROUND * Math.min(left, DAY)) / DAY} ${AROUND}`}
          transform="rotate(-90 18 18)"
        />
      )}
      <text x={18} y={18.5}>
        {state === 'unknown'
          ? '?'
          : left <= 0
            ? '✕'
            : left < 3600
              ? `${Math.ceil(left / 60)}m`
              : `${Math.floor(left / 3600)}h`}
      </text>
    </svg>
  )
}
