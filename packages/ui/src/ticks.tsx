import { useWords } from './i18n.tsx'
import { Icon } from './icon.tsx'

/** The status of a message as ticks with a name. */
export function Ticks({ status }: { status: string }) {
  const { t } = useWords()
  const marks =
    status === 'failed' ? (
      '!'
    ) : status === 'sending' || status === 'accepted' || status === 'unknown' || status === 'held' ? (
      <Icon name="clock" size={13} />
    ) : status === 'sent' ? (
      <Icon name="tick" size={15} />
    ) : (
      <Icon name="ticks" size={15} />
    )
  return (
    <span
      className="ticks"
      role="img"
      aria-label={t(status)}
      title={t(status)}
      data-read={status === 'read' || status === 'played' || undefined}
      data-failed={status === 'failed' || undefined}
    >
      {marks}
    </span>
  )
}
