import { useQuery } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { Bubble } from '../../ui/src/bubble.tsx'
import { Ltr } from '../../ui/src/direction.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { shownOf, shownOfFace } from '../../ui/src/shown.ts'
import { useStayAtEnd } from '../../ui/src/stay-at-end.ts'
import { Ticks } from '../../ui/src/ticks.tsx'
import type { Acts } from './business-phone.tsx'
import { CallLine } from './call-line.tsx'
import { drawSound, edited, LineBox, PictureView, sourceOf } from './chat.tsx'
import { privateLines } from './chat-lines.ts'
import { control, type BusinessNumber, type Contact, type PhoneMessage, type VoiceCall } from './control.ts'
import { dayName } from './day-name.ts'
import { isEditable, MessageMenu } from './message-menu.tsx'
import { PaidLine } from './pay-sheet.tsx'
import { AskSheet } from './phone-sheet.tsx'
import type { Picture } from './picture-view.tsx'
import { ownerText } from './words.ts'

type Props = {
  business: BusinessNumber
  contact: Contact
  calls: VoiceCall[]
  acts: Acts
  now: () => number
  onBack: () => void
  onTrace: (wamid: string) => void
}

/** One chat on the business's side: the owner writes in the app, and another responder takes, answers, gives back. */
export function BusinessChat(props: Props) {
  const { t, locale } = useWords()
  const { business, contact, acts } = props
  const chat = useQuery({
    queryKey: ['chat', contact.number, business.id],
    queryFn: async () =>
      (
        await control<{ data: PhoneMessage[] }>(
          'GET',
          `/phones/${contact.number}/messages?count=200&with=${business.id}`,
        )
      ).data,
  })
  const lines = privateLines(chat.data ?? [], props.calls)
  const box = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLDivElement>(null)
  const day = (at: number): string => dayName(at, props.now(), locale)
  useStayAtEnd(box, inside, lines.at(-1)?.key ?? '')
  return (
    <>
      <header className="phone-head">
        <button type="button" className="phone-menu" aria-label={t('Back to the chats')} onClick={props.onBack}>
          <Icon name="back" size={20} />
        </button>
        <span className="phone-avatar" aria-hidden>
          {contact.name.slice(0, 1)}
        </span>
        <div className="phone-title">
          <strong dir="auto">{contact.name}</strong>
          <Ltr>+{contact.number}</Ltr>
        </div>
      </header>
      <Holder business={business} contact={contact} acts={acts} />
      <div className="phone-chat" ref={box} tabIndex={0} role="log" aria-label={t('Chat')}>
        <div ref={inside}>
          {lines.map((line, i) => {
            const before = lines[i - 1]
            return (
              <LineBox key={line.key} message={'message' in line ? line.message.id : undefined}>
                {(before === undefined || day(before.at) !== day(line.at)) && (
                  <p className="phone-day">{day(line.at)}</p>
                )}
                {'call' in line ? (
                  <CallLine call={line.call} mine={line.call.by === 'BUSINESS_INITIATED'} />
                ) : 'message' in line ? (
                  <Line {...props} message={line.message} />
                ) : null}
              </LineBox>
            )
          })}
        </div>
      </div>
      <OwnerComposer business={business} contact={contact} acts={acts} />
    </>
  )
}

/** Who holds the thread, and what another responder can do about it. */
function Holder({ business, contact, acts }: Pick<Props, 'business' | 'contact' | 'acts'>) {
  const { t } = useWords()
  const [isAnswering, setAnswering] = useState(false)
  const owner = contact.owners[business.id] ?? { who: 'app' as const, since: 0 }
  const does = (verb: string, body: Record<string, unknown>): void =>
    void acts('POST', `/phones/${contact.number}/${verb}`, { with: business.id, ...body })
  return (
    <div className="phone-holder" data-who={owner.who} role="group" aria-label={t('Who holds this chat')}>
      <span role="status">{t(ownerText(owner))}</span>
      {owner.who === 'other' ? (
        <>
          <button type="button" className="phone-pill" onClick={() => setAnswering(true)}>
            {t('Answer')}
          </button>
          <button type="button" className="phone-pill" onClick={() => does('isHandedTo', { owner: 'app' })}>
            {t('Give back')}
          </button>
        </>
      ) : (
        <button
          type="button"
          className="phone-pill"
          onClick={() => does('isHandedTo', { owner: 'other', newRole: 'ai_agent' })}
        >
          {t('Take as the agent')}
        </button>
      )}
      {isAnswering && (
        <AskSheet
          question={{
            title: t('Answer as the other responder'),
            label: t('Message'),
            button: t('Send'),
            onAnswer: (text) => does('isAnswered', { text }),
          }}
          onClose={() => setAnswering(false)}
        />
      )}
    </div>
  )
}

function Line(props: Props & { message: PhoneMessage }) {
  const { t, locale } = useWords()
  const { message, business, contact, acts } = props
  const [isEditing, setEditing] = useState(false)
  const [picture, setPicture] = useState<Picture | null>(null)
  const own = message.direction === 'out'
  const isOwners = message.by === 'app'
  if (message.type === 'system')
    return (
      <p className="phone-note" dir="auto">
        {message.text}
      </p>
    )
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(message.at)
  const writer = !own
    ? undefined
    : isOwners
      ? t('You')
      : message.by === 'other'
        ? t('Other responder')
        : t('Your software')
  if (message.revoked !== undefined)
    return (
      <Bubble
        shown={{ text: `_${own ? t('You deleted this message') : t('This message was deleted')}_`, buttons: [] }}
        own={own}
        writer={writer}
        sourceOf={sourceOf}
        foot={clock}
      />
    )
  const app = (body: Record<string, unknown>): void =>
    void acts('POST', `/numbers/${business.id}/app`, { phone: contact.number, to: message.id, ...body })
  return (
    <Bubble
      shown={message.face ? shownOfFace(message.face) : shownOf(message.type, message.content)}
      own={own}
      writer={writer}
      reaction={message.reaction}
      sourceOf={sourceOf}
      drawMedia={(media) =>
        drawSound(media, {
          who: own ? { name: business.verifiedName, of: business.id } : { name: contact.name, of: contact.number },
          isPlayed: message.status === 'played',
          onPlay: undefined,
        })
      }
      look={setPicture}
      foot={
        <>
          {message.edited !== undefined && <span>{t('edited')}</span>} {clock}{' '}
          {own && <Ticks status={message.status ?? 'sent'} />}
        </>
      }
    >
      {picture && <PictureView picture={picture} onClose={() => setPicture(null)} />}
      {message.payment && <PaidLine payment={message.payment} />}
      {isEditing && (
        <AskSheet
          question={{
            title: t('Edit'),
            label: t('New text'),
            button: t('Save'),
            start: message.text,
            onAnswer: (text) => app({ does: 'edits', ...edited(message, text) }),
          }}
          onClose={() => setEditing(false)}
        />
      )}
      <MessageMenu
        message={message}
        own={own}
        acts={{
          trace: message.by === undefined ? () => props.onTrace(message.id) : undefined,
          edit: isOwners && isEditable(message, props.now()) ? () => setEditing(true) : undefined,
          revoke: isOwners ? () => app({ does: 'revokes' }) : undefined,
        }}
      />
    </Bubble>
  )
}

/** The owner writes in the app. Without the app there is nothing to write with. */
function OwnerComposer({ business, contact, acts }: Pick<Props, 'business' | 'contact' | 'acts'>) {
  const { t } = useWords()
  const [text, setText] = useState('')
  if (!business.onBizApp || business.away)
    return (
      <div className="phone-composer">
        <p className="phone-note">
          {business.away
            ? t('The app is disconnected. See Account.')
            : t('Connect the app to write here. See Account.')}
        </p>
      </div>
    )
  const send = async (): Promise<void> => {
    if (text.trim() === '') return
    setText('')
    const body = { does: 'says', phone: contact.number, text }
    const sent = await acts('POST', `/numbers/${business.id}/app`, body)
    // What could not be sent returns, unless something else was typed.
    if (sent === undefined) setText((now) => now || text)
  }
  return (
    <div className="phone-composer">
      <form
        className="phone-write"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <textarea
          rows={1}
          dir="auto"
          value={text}
          placeholder={t('Message from the app')}
          aria-label={t('Message from the app')}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault()
              void send()
            }
          }}
        />
        <button type="submit" className="phone-round" aria-label={t('Send')}>
          <Icon name="send" />
        </button>
      </form>
    </div>
  )
}
