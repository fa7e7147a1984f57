import { Menu } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import type { PhoneMessage } from './control.ts'

const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏']

/** What can be done with a message. An absent action is not offered. */
export type MessageActs = {
  react?: ((emoji?: string) => void) | undefined
  quote?: (() => void) | undefined
  trace?: (() => void) | undefined
  disown?: (() => void) | undefined
  edit?: (() => void) | undefined
  revoke?: (() => void) | undefined
}

export function MessageMenu({ message, own, acts }: { message: PhoneMessage; own: boolean; acts: MessageActs }) {
  const { t } = useWords()
  const [isOpen, setOpen] = useState(false)
  const { react, quote, trace, disown, edit, revoke } = acts
  return (
    <Menu opened={isOpen} onChange={setOpen} position={own ? 'bottom-end' : 'bottom-start'} shadow="md" withinPortal>
      <Menu.Target>
        <button type="button" className="phone-more" aria-label={t('What to do with this message')}>
          ⋯
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {react && (
          <div className="phone-emoji" role="group" aria-label={t('React')}>
            {EMOJI.map((emoji) => (
              <button
                type="button"
                key={emoji}
                aria-label={t('React with {emoji}', { emoji })}
                onClick={() => {
                  setOpen(false)
                  react(emoji)
                }}
              >
                {emoji}
              </button>
            ))}
          </div>
        )}
        {react && message.reaction && <Menu.Item onClick={() => react()}>{t('Remove the reaction')}</Menu.Item>}
        {quote && <Menu.Item onClick={quote}>{t('Quote')}</Menu.Item>}
        {edit && <Menu.Item onClick={edit}>{t('Edit')}</Menu.Item>}
        {revoke && <Menu.Item onClick={revoke}>{t('Delete for everyone')}</Menu.Item>}
        {trace && <Menu.Item onClick={trace}>{t('Show on the wire')}</Menu.Item>}
        {disown && <Menu.Item onClick={disown}>{t('I didn’t request a code')}</Menu.Item>}
      </Menu.Dropdown>
    </Menu>
  )
}

/** WhatsApp's limit for edits. */
const EDITABLE_MS = 15 * 60_000

/** A text of the own side that is young enough. `now` is the time of the sandbox. */
export const isEditable = (message: PhoneMessage, now: number): boolean =>
  message.revoked === undefined &&
  now - message.at < EDITABLE_MS &&
  (message.type === 'text' || message.type === 'image' || message.type === 'video' || message.type === 'document')
