import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import type { VoiceCall } from './control.ts'

const pad = (n: number): string => String(n).padStart(2, '0')

export const lengthOf = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`
}

/** A call that is over, as a line of the chat. `mine`: the reader of the chat called. */
export function CallLine({ call, mine }: { call: VoiceCall; mine: boolean }) {
  const { t, locale } = useWords()
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(call.at)
  const says = call.startedAt
    ? t('Voice call, {length}', { length: lengthOf((call.endedAt ?? call.startedAt) - call.startedAt) })
    : call.missed === 'declined'
      ? t('Declined voice call')
      : mine
        ? t('Voice call without an answer')
        : t('Missed voice call')
  return (
    <p className="phone-note phone-call-line" data-missed={call.startedAt === undefined || undefined}>
      <Icon name={call.startedAt ? 'phone' : 'hangup'} size={14} /> {says} · {clock}
    </p>
  )
}
