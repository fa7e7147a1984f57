import { useEffect, useRef, useState } from 'react'
import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { Avatar } from './avatar.tsx'
import { lengthOf } from './call-line.tsx'
import type { VoiceCall } from './control.ts'
import type { Does } from './phone-frame.tsx'

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
        <Avatar name={name} of={call.numberId} />
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
