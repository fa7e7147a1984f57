import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Message } from '../api.ts'

/** Who of us wrote a message. Nothing where the mark of its origin says it, or the contact wrote. */
export function SenderOf({ message }: { message: Message }) {
  const { t } = useWords()
  if (message.direction !== 'outbound' || message.origin !== undefined) return null
  const { kind, id, name } = message.sent_by ?? { kind: 'code', id: null, name: null }
  switch (kind) {
    case 'user':
    case 'key':
      return (
        <span title={kind === 'key' ? t('API key') : undefined}>
          <bdi>{name}</bdi> ·{' '}
        </span>
      )
    case 'broadcast':
      return (
        <>
          <Link href={`/broadcasts/${message.channel_id}/${id}`}>{t('Broadcast')}</Link> ·{' '}
        </>
      )
    case 'token':
      return <>{t('Admin token')} · </>
    case 'schedule':
      return <>{t('Scheduled')} · </>
    case 'code':
      return <>{t('API')} · </>
  }
}
