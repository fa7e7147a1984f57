import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { Auto, Ltr } from '../../ui/src/direction.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'
import { Chat } from './chat.tsx'
import { control, type BusinessNumber, type Contact, type PhoneMessage } from './control.ts'
import { PhoneComposer } from './phone-composer.tsx'
import { PhoneMenu } from './phone-menu.tsx'

/** An action of the phone's user: a verb of the control API. */
export type Does = (verb: string, body?: Record<string, unknown>) => Promise<unknown>

/** Long: the frame of a phone is one piece of markup. */
export function PhoneFrame(props: {
  number: string
  business: BusinessNumber
  contact: Contact | undefined
  isTyping: boolean
  onTrace: (wamid: string) => void
  onClose: () => void
}) {
  const { t, says } = useWords()
  const { number, business, contact } = props
  const [quoted, setQuoted] = useState<PhoneMessage | null>(null)
  const [isOpen, setOpen] = useState(false)
  const [screen, setScreen] = useState<HTMLElement | null>(null)
  const [isMarked, setMarked] = useState(false)
  const chat = useQuery({
    queryKey: ['chat', number, business.id],
    queryFn: async () =>
      (await control<{ data: PhoneMessage[] }>('GET', `/phones/${number}/messages?count=200&with=${business.id}`)).data,
  })

  const does = useCallback<Does>(
    async (verb, body = {}) => {
      try {
        return await control('POST', `/phones/${number}/${verb}`, { with: business.id, ...body })
      } catch (error) {
        notifications.show({ color: 'red', message: says((error as Error).message) })
        return undefined
      }
    },
    [number, business.id, says],
  )

  const messages = chat.data ?? []
  const unread = messages.filter((one) => one.direction === 'out' && one.status === 'delivered').length
  useEffect(() => {
    // Messages of an open chat are read on arrival. Messages of a closed chat wait.
    if (isOpen && unread > 0) void does('reads')
  }, [isOpen, unread, does])

  const look = (): void => {
    setMarked(false)
    setOpen(!isOpen)
  }
  /**
   * Marks the chat as unread on this phone only, as WhatsApp does. The sender is not notified, and read messages stay
   * read.
   */
  const markUnread = (): void => {
    setOpen(false)
    setMarked(true)
  }

  const title = contact?.name ?? number
  return (
    <section className="phone" aria-label={t('Phone of {name}', { name: title })}>
      <div className="phone-owner">
        <span>
          <Auto>{title}</Auto>{' '}
          <small>
            <Ltr>+{number}</Ltr>
          </small>
        </span>
        <span className="phone-marks">
          {contact?.hidden && <em>{t('number hidden')}</em>}
          {contact?.online === false && <em>{t('offline')}</em>}
          {contact?.blocks.includes(business.id) && <em>{t('blocked')}</em>}
        </span>
      </div>
      <div className="phone-screen" ref={setScreen}>
        <header className="phone-head">
          <span className="phone-avatar" aria-hidden>
            {business.verifiedName.slice(0, 1)}
          </span>
          <div className="phone-title">
            <strong dir="auto">{business.verifiedName}</strong>
            <span>{props.isTyping ? t('typing …') : <Ltr>+{business.number}</Ltr>}</span>
          </div>
          <button
            type="button"
            className="phone-read"
            aria-pressed={isOpen}
            onClick={look}
            title={
              isOpen
                ? t('The chat is open: messages are read as they come')
                : t('The chat is closed: messages stay unread')
            }
          >
            {isMarked && unread === 0 && <i className="phone-unread" role="img" aria-label={t('marked as unread')} />}
            {isOpen ? t('Reading') : unread > 0 ? t('Read ({n})', { n: unread }) : t('Read')}
          </button>
          <PhoneMenu
            number={number}
            contact={contact}
            business={business}
            does={does}
            onMarkUnread={markUnread}
            onClose={props.onClose}
          />
        </header>
        <SheetPlace value={screen}>
          <Chat
            messages={messages}
            isLoading={chat.isPending}
            businessName={business.verifiedName}
            owner={{ name: title, number }}
            does={does}
            onQuote={setQuoted}
            onTrace={props.onTrace}
            isTyping={props.isTyping}
          />
        </SheetPlace>
        <PhoneComposer
          name={`${number} ${business.id}`}
          does={does}
          quoted={quoted}
          onUnquote={() => setQuoted(null)}
          businessName={business.verifiedName}
        />
      </div>
    </section>
  )
}
