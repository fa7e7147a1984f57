import { Menu, UnstyledButton } from '@mantine/core'
import { Link } from 'wouter'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Message } from '../api.ts'
import { useAction } from '../use-action.ts'

/** WhatsApp offers these first. */
const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏']

/** Beside a message: quote it, react to it, look at it. */
export function LineTools(props: {
  message: Message
  onQuote: ((message: Message) => void) | undefined
  onSent: () => void
}) {
  const { message, onQuote, onSent } = props
  const { t } = useWords()
  const { msg_id: id } = message
  const react = useAction({
    mutationFn: (emoji: string) =>
      api('POST', `/admin/channels/${message.channel_id}/messages`, {
        ...(message.phone === null ? { recipient: message.user_id } : { to: message.phone }),
        type: 'reaction',
        reaction: { message_id: id, emoji },
      }),
    onSuccess: onSent,
  })
  return (
    <span className="line-tools">
      {onQuote && id !== null && (
        <>
          <UnstyledButton aria-label={t('Quote')} onClick={() => onQuote(message)}>
            <Icon name="reply" size={15} />
          </UnstyledButton>
          {message.direction === 'inbound' && (message.phone ?? message.user_id) !== null && (
            <Menu position="top" withinPortal>
              <Menu.Target>
                <UnstyledButton aria-label={t('React')} disabled={react.isPending}>
                  <Icon name="sticker" size={15} />
                </UnstyledButton>
              </Menu.Target>
              <Menu.Dropdown className="emoji-row">
                {EMOJI.map((emoji) => (
                  <Menu.Item key={emoji} aria-label={emoji} onClick={() => react.mutate(emoji)}>
                    {emoji}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </>
      )}
      <Link href={`/messages/${message.reference}`} aria-label={t('Details')}>
        ⋯
      </Link>
    </span>
  )
}
