import { useEffect, useRef, useState } from 'react'
import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import type { VoiceCall } from './control.ts'
import type { Does } from './phone-frame.tsx'

const pad = (n: number): string => String(n).padStart(2, '0')

export const lengthOf = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`
}

/** Seconds that passed on this screen: the sandbox's clock may stand elsewhere. */
function useTicking(from: unknown): number {
  const [ms, setMs] = useState(0)
  useEffect(() => {
    const began = performance.now()
    setMs(0)
    const timer = setInterval(() => setMs(performance.now() - began), 500)
    return () => clearInterval(timer)
  }, [from])
  return ms
}

/** A call over the chat: it rings, runs, and can be taken, refused or ended. */
export function CallScreen({ call, name, does }: { call: VoiceCall; name: string; does: Does }) {
  const { t } = useWords()
  const passed = useTicking(`${call.id} ${call.state}`)
  const first = useRef<HTMLButtonElement>(null)
  useEffect(() => first.current?.focus(), [call.id, call.state])
  const rings = call.state === 'ringing' && call.by === 'BUSINESS_INITIATED'
  const says = rings ? t('Incoming voice call') : call.state === 'ringing' ? t('Calling …') : lengthOf(passed)
  return (
    <div className="call-screen" role="dialog" aria-label={t('Call with {name}', { name })} data-state={call.state}>
      <div className="call-who">
        <span className="phone-avatar" aria-hidden>
          {name.slice(0, 1)}
        </span>
        <strong dir="auto">{name}</strong>
        <span role="status">{says}</span>
      </div>
      <div className="call-acts">
        <span>
          <button
            type="button"
            className="call-end"
            ref={rings ? undefined : first}
            aria-label={rings ? t('Decline') : t('Hang up')}
            onClick={() => void does(rings ? 'declines' : 'hangsUp', { call: call.id })}
          >
            <Icon name="hangup" size={26} />
          </button>
          <small aria-hidden>{rings ? t('Decline') : t('Hang up')}</small>
        </span>
        {rings && (
          <span>
            <button
              type="button"
              className="call-take"
              ref={first}
              aria-label={t('Accept')}
              onClick={() => void does('answers', { call: call.id })}
            >
              <Icon name="phone" size={26} />
            </button>
            <small aria-hidden>{t('Accept')}</small>
          </span>
        )}
      </div>
    </div>
  )
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
