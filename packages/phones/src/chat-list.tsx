import { useState } from 'react'
import { Auto } from '../../ui/src/direction.tsx'
import { Icon, type IconName } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { Ticks } from '../../ui/src/ticks.tsx'
import type { BusinessNumber, ChatSummary, GroupInfo, PhoneMessage } from './control.ts'
import { chatTime } from './day-name.ts'
import type { Place } from './desk.ts'
import { Avatar, GroupSign } from './avatar.tsx'
import type { Does } from './phone-frame.tsx'

type ListProps = {
  number: string
  numbers: BusinessNumber[]
  /** Newest first. Undefined until they are loaded. */
  chats: ChatSummary[] | undefined
  nameOf: (number: string) => string
  isTyping: (business: string) => boolean
  does: Does
  now: () => number
  onOpen: (place: Place) => void
}

/** The chats of a phone: with businesses, its groups, and invitations to others. */
export function ChatList(props: ListProps) {
  const { t } = useWords()
  const { number, numbers, chats = [] } = props
  const [isNew, setNew] = useState(false)
  if (isNew) return <NewChat {...props} onBack={() => setNew(false)} />
  const invitations = numbers.flatMap(({ groups = [] }) => groups.filter((one) => !one.participants.includes(number)))
  return (
    <div className="phone-list">
      <div role="list" aria-label={t('Chats')}>
        {chats.map((chat) => (
          <Row key={chat.group ?? chat.numberId} {...props} chat={chat} />
        ))}
        {invitations.map((group) => (
          <Invitation key={group.id} group={group} number={number} does={props.does} />
        ))}
      </div>
      {props.chats?.length === 0 && <p className="phone-note">{t('No chats yet. Start one with a business.')}</p>}
      <button type="button" className="phone-new" onClick={() => setNew(true)}>
        <Icon name="talk" size={20} />
        {t('New chat')}
      </button>
    </div>
  )
}

function Row({ chat, ...props }: ListProps & { chat: ChatSummary }) {
  const { t, locale } = useWords()
  const business = props.numbers.find((one) => one.id === chat.numberId)
  const group = business?.groups?.find((one) => one.id === chat.group)
  if (!business || (chat.group !== undefined && !group)) return null
  const name = group?.subject ?? business.verifiedName
  const isTyping = !group && props.isTyping(business.id)
  return (
    <div role="listitem">
      <button
        type="button"
        className="phone-row"
        data-unread={chat.unread > 0 || undefined}
        onClick={() => props.onOpen({ business: business.id, group: chat.group ?? null })}
      >
        {group ? <GroupSign /> : <Avatar name={name} of={business.id} />}
        <span className="phone-row-text">
          <strong dir="auto">{name}</strong>
          {isTyping ? (
            <small className="phone-typing">{t('typing …')}</small>
          ) : chat.last ? (
            <Last message={chat.last} {...props} isGroup={group !== undefined} />
          ) : (
            group && <small>{t('{n} people', { n: group.participants.length })}</small>
          )}
        </span>
        <span className="phone-row-end">
          <time dateTime={new Date(chat.at).toISOString()}>{chatTime(chat.at, props.now(), locale)}</time>
          {chat.unread > 0 && (
            <em className="phone-count" aria-label={t('{n} unread', { n: chat.unread })}>
              {chat.unread}
            </em>
          )}
        </span>
      </button>
    </div>
  )
}

const word = (text: string): string => text
const KINDS: Record<string, readonly [IconName, string]> = {
  image: ['image', word('Picture')],
  video: ['video', word('Video')],
  audio: ['mic', word('Voice message')],
  document: ['document', word('Document')],
  sticker: ['sticker', word('Sticker')],
  location: ['location', word('Location')],
  contacts: ['group', word('Contact card')],
}

/** The newest message in one line, as WhatsApp writes it: ticks, a sign of its kind, its text. */
function Last(props: { message: PhoneMessage; number: string; nameOf: (number: string) => string; isGroup: boolean }) {
  const { t } = useWords()
  const { message } = props
  const own = message.direction === 'in' && message.phone === props.number
  const kind = KINDS[message.type]
  const text =
    message.revoked !== undefined
      ? own
        ? t('You deleted this message')
        : t('This message was deleted')
      : message.text || (kind ? t(kind[1]) : message.type)
  return (
    <small>
      {own && message.revoked === undefined && <Ticks status={message.seen ? 'read' : 'delivered'} />}
      {props.isGroup && !own && message.direction === 'in' && <Auto>{`${props.nameOf(message.phone)}: `}</Auto>}
      {kind && message.revoked === undefined && <Icon name={kind[0]} size={14} />}
      <span dir="auto">{text}</span>
    </small>
  )
}

/** All business numbers of the sandbox, to write to one. */
function NewChat(props: ListProps & { onBack: () => void }) {
  const { t } = useWords()
  return (
    <div className="phone-list">
      <div className="phone-new-head">
        <button type="button" className="phone-menu" aria-label={t('Back to the chats')} onClick={props.onBack}>
          <Icon name="back" size={20} />
        </button>
        <strong>{t('New chat')}</strong>
      </div>
      <div role="list" aria-label={t('Business numbers')}>
        {props.numbers.map((business) => (
          <div key={business.id} role="listitem">
            <button
              type="button"
              className="phone-row"
              onClick={() => props.onOpen({ business: business.id, group: null })}
            >
              <Avatar name={business.verifiedName} of={business.id} />
              <span className="phone-row-text">
                <strong dir="auto">{business.verifiedName}</strong>
                <small dir="ltr">+{business.number}</small>
              </span>
            </button>
          </div>
        ))}
      </div>
    </div>
  )
}

/** The invite link of a group that this person is not in. */
function Invitation({ group, number, does }: { group: GroupInfo; number: string; does: Does }) {
  const { t } = useWords()
  const hasAsked = group.requests.some((request) => request.phone === number)
  const joins = group.mode === 'auto_approve' ? t('Join') : t('Ask to join')
  return (
    <div className="phone-row" role="listitem">
      <GroupSign />
      <span className="phone-row-text">
        <strong dir="auto">{group.subject}</strong>
        <small>{hasAsked ? t('The business has not answered yet') : t('You have an invite link')}</small>
      </span>
      <button
        type="button"
        className="phone-pill"
        aria-label={`${hasAsked ? t('Take back') : joins}: ${group.subject}`}
        onClick={() => void does(hasAsked ? 'leaves' : 'joins', { group: group.id })}
      >
        <Auto>{hasAsked ? t('Take back') : joins}</Auto>
      </button>
    </div>
  )
}
