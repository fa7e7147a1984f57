import { Link } from 'wouter'
import { useLostSince } from '../../../ui/src/connection.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { titleOf, worstTone } from './incident-words.ts'
import { useIncidents } from './use-incidents.ts'

/** In the header of every page: whether all is well. The shape, the count and the words say what the colour says. */
export function HealthMark() {
  const { t } = useWords()
  const { data: open } = useIncidents()
  const isLost = useLostSince() !== null
  if (open === undefined) return null
  const [worst] = open
  const words = isLost
    ? t('State unknown')
    : worst === undefined
      ? t('All is well')
      : open.length === 1
        ? t(titleOf(worst))
        : t('{n} open incidents', { n: open.length })
  return (
    <Link className="health-mark" href="/" data-tone={isLost ? 'idle' : worstTone(open)} title={words}>
      <span className="health-dot" aria-hidden />
      {!isLost && open.length > 0 && (
        <strong className="health-count" aria-hidden>
          {open.length}
        </strong>
      )}
      <span className="health-words">{words}</span>
    </Link>
  )
}
