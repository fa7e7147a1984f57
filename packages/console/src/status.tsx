import { useWords } from '../../ui/src/i18n.tsx'

const TONES: Record<string, 'good' | 'bad' | 'warm'> = {
  delivered: 'good',
  read: 'good',
  played: 'good',
  active: 'good',
  invited: 'warm',
  expired: 'bad',
  open: 'good',
  done: 'good',
  running: 'good',
  APPROVED: 'good',
  GREEN: 'good',
  ok: 'good',
  wrong: 'bad',
  waiting: 'warm',
  failed: 'bad',
  dead: 'bad',
  REJECTED: 'bad',
  DISABLED: 'bad',
  RED: 'bad',
  closed: 'bad',
  stopped: 'bad',
  unknown: 'warm',
  resting: 'warm',
  paused: 'warm',
  preparing: 'warm',
  pending: 'warm',
  warning: 'warm',
  PENDING: 'warm',
  PAUSED: 'warm',
  YELLOW: 'warm',
}

/** A state as a word with a colour. The word alone is sufficient; `word` replaces the state's own. */
export function Status({ value, word }: { value: string; word?: string }) {
  const { t } = useWords()
  return (
    <span className="status" data-tone={TONES[value]}>
      {word ?? t(value)}
    </span>
  )
}
