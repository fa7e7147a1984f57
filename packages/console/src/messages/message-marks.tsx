import { useWords } from '../../../ui/src/i18n.tsx'
import type { Message } from '../api.ts'
import { useTimes } from '../time.ts'
import { excerptOf } from './excerpt.ts'

const word = (text: string): string => text
const ORIGINS = {
  app: word('From the WhatsApp Business app'),
  history: word('From the history'),
  standby: word('Another program answers'),
}

/** Beside the time of a message: where it came from, and that its author changed or deleted it. */
export function MessageMarks({ message }: { message: Message }) {
  const { t } = useWords()
  return (
    <>
      {message.origin && <>{t(ORIGINS[message.origin])} · </>}
      {message.edited_at !== undefined && message.revoked_at === undefined && <>{t('Edited')} · </>}
      {message.revoked_at !== undefined && <>{t('Deleted by its author')} · </>}
    </>
  )
}

/** What a message was before its author changed it. */
export function EarlierContent({ message }: { message: Message }) {
  const { t } = useWords()
  const times = useTimes()
  if (!message.earlier) return null
  return (
    <details className="bubble-earlier">
      <summary>{t('Before')}</summary>
      {message.earlier.map(({ content, at }, i) => (
        <div key={i}>
          <span dir="auto">{excerptOf(message.type, content)}</span> <small>{times.clock(at)}</small>
        </div>
      ))}
    </details>
  )
}
