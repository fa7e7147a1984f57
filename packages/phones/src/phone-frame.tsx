import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useState, type ReactNode } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { Auto, Ltr } from '../../ui/src/direction.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'
import { part } from '../../ui/src/part.tsx'
import { Avatar, GroupSign } from './avatar.tsx'
import { Chat } from './chat.tsx'
import { control, type BusinessNumber, type ChatSummary, type Contact, type GroupInfo } from './control.ts'
import type { PhoneMessage, VoiceCall } from './control.ts'
import type { Place } from './desk.ts'
import { PhoneComposer } from './phone-composer.tsx'
import { PhoneMenu } from './phone-menu.tsx'
import { AskSheet, type Question } from './phone-sheet.tsx'
import { StatusBar } from './status-bar.tsx'
import { useLines } from './use-lines.ts'
import { ownerMark } from './words.ts'

const ChatList = part(async () => (await import('./chat-list.tsx')).ChatList)
const CallScreen = part(async () => (await import('./call-screen.tsx')).CallScreen)

const HandsetSheet = part(async () => (await import('./handset-sheet.tsx')).HandsetSheet)

/** An action of the phone's user: a verb of the control API. */
export type Does = (verb: string, body?: Record<string, unknown>) => Promise<unknown>

type FrameProps = {
  number: string
  /** The business numbers of the sandbox. */
  numbers: BusinessNumber[]
  contact: Contact | undefined
  /** What it shows. Undefined: the chat that was used last. */
  place: Place | undefined
  nameOf: (number: string) => string
  calls: VoiceCall[]
  isTyping: (business: string) => boolean
  now: () => number
  onPlace: (place: Place) => void
  onTrace: (wamid: string) => void
  onMoved: (number: string) => void
  onClose: () => void
  /** On a real handset: the screen alone, without tools and status bar. Its messages are read while it is looked at. */
  isHandset?: boolean
}

type Open = { business: BusinessNumber; group: GroupInfo | undefined }

function useDoes(number: string, businessId: string | undefined, group: string | null): Does {
  const { says } = useWords()
  return useCallback<Does>(
    async (verb, body = {}) => {
      // What is written in a group is for the group.
      const inGroup = group !== null && (verb === 'says' || verb === 'replies') ? { group_id: group } : {}
      const using = businessId === undefined ? {} : { with: businessId }
      try {
        return await control('POST', `/phones/${number}/${verb}`, { ...using, ...inGroup, ...body })
      } catch (error) {
        notifications.show({ color: 'red', message: says((error as Error).message) })
        return undefined
      }
    },
    [number, businessId, group, says],
  )
}

/** The open chat. A number or group that is gone leads back to the list. Undefined: not known yet. */
function useOpen(props: FrameProps, chats: ChatSummary[] | undefined): Open | 'list' | undefined {
  const { numbers } = props
  const [first, setFirst] = useState<Place>()
  const usual: Place | undefined =
    numbers.length === 1 || chats
      ? {
          business: chats?.find((one) => one.group === undefined)?.numberId ?? numbers[0]?.id ?? '',
          group: null,
        }
      : undefined
  // A phone that opens by itself stays in its chat when another business writes.
  useEffect(() => setFirst((before) => before ?? usual), [usual])
  const place = props.place ?? first ?? usual
  if (place === undefined || place === 'list') return place
  const business = numbers.find((one) => one.id === place.business)
  const group = business?.groups?.find((one) => one.id === place.group)
  return business && (place.group === null || group) ? { business, group } : 'list'
}

/** False while the page is in the background. */
function useIsSeen(): boolean {
  const [isSeen, setSeen] = useState(!document.hidden)
  useEffect(() => {
    const look = (): void => setSeen(!document.hidden)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [])
  return isSeen
}

/** A phone with its screen, and the tools above its frame. Long: the frame of a phone is one piece of markup. */
export function PhoneFrame(props: FrameProps) {
  const { number, contact, calls, onPlace } = props
  const [isWatched, setWatched] = useState(false)
  const isSeen = useIsSeen()
  const isReading = props.isHandset ? isSeen : isWatched
  const [screen, setScreen] = useState<HTMLElement | null>(null)
  const [isMarked, setMarked] = useState(false)
  const [question, setQuestion] = useState<Question | null>(null)
  const [isShared, setShared] = useState(false)
  const { data: chats } = useQuery({
    queryKey: ['chat', number, 'list'],
    queryFn: async () => (await control<{ data: ChatSummary[] }>('GET', `/phones/${number}/chats`)).data,
  })
  const open = useOpen(props, chats)
  const chat = open === 'list' ? undefined : open
  const groupId = chat?.group?.id ?? null
  const does = useDoes(number, chat?.business.id, groupId)
  const unreadIn = (one: ChatSummary): boolean => one.numberId === chat?.business.id && (one.group ?? null) === groupId
  const unread = chats?.find(unreadIn)?.unread ?? 0
  const elsewhere = (chats ?? []).reduce((sum, one) => sum + (unreadIn(one) ? 0 : one.unread), 0)
  const call = calls.findLast((one) => one.state !== 'over')
  const isOpen = chat !== undefined
  const title = contact?.name ?? number

  useEffect(() => {
    // Messages of the open chat are read on arrival while somebody looks at it. Those of other chats wait.
    if (isReading && unread > 0 && isOpen) void does('reads', { group: groupId })
  }, [isReading, unread, isOpen, groupId, does])

  const { t } = useWords()
  const menu = (
    <PhoneMenu
      isHandset={props.isHandset}
      onHandset={() => setShared(true)}
      number={number}
      contact={contact}
      business={chat?.business}
      group={chat?.group}
      does={does}
      onAsk={setQuestion}
      onMoved={props.onMoved}
      onLeft={() => onPlace('list')}
      onMarkUnread={() => {
        // On this phone only, as in WhatsApp: the sender is not told, and read messages stay read.
        setWatched(false)
        setMarked(true)
      }}
      onClose={props.onClose}
    />
  )
  return (
    <section className="phone" aria-label={t('Phone of {name}', { name: title })}>
      {!props.isHandset && (
        <div className="phone-owner">
          <Owner number={number} contact={contact} business={chat?.business} />
          {chat && (
            <ReadButton
              isReading={isReading}
              isMarked={isMarked && unread === 0}
              unread={unread}
              onClick={() => {
                setMarked(false)
                setWatched(!isReading)
              }}
            />
          )}
          {menu}
        </div>
      )}
      <div className="phone-screen" ref={setScreen}>
        {!props.isHandset && <StatusBar now={props.now} />}
        <SheetPlace value={screen}>
          {chat ? (
            <OpenChat
              key={`${chat.business.id} ${groupId}`}
              {...props}
              {...chat}
              title={title}
              does={does}
              elsewhere={elsewhere}
              menu={props.isHandset && menu}
            />
          ) : (
            open === 'list' && (
              <>
                <header className="phone-head">
                  <div className="phone-title phone-title-list">
                    <strong>{t('Chats')}</strong>
                  </div>
                </header>
                <ChatList
                  {...props}
                  chats={chats}
                  does={does}
                  onOpen={(next) => {
                    // Who opens a chat looks at it.
                    setMarked(false)
                    setWatched(true)
                    onPlace(next)
                  }}
                />
              </>
            )
          )}
          {call && (
            <CallScreen
              call={call}
              name={props.numbers.find((one) => one.id === call.numberId)?.verifiedName ?? ''}
              does={does}
            />
          )}
          {isShared && <HandsetSheet number={number} name={title} onClose={() => setShared(false)} />}
          {question && <AskSheet question={question} onClose={() => setQuestion(null)} />}
        </SheetPlace>
      </div>
    </section>
  )
}

/** Whose phone it is, and what is unusual about it. */
function Owner(props: { number: string; contact: Contact | undefined; business: BusinessNumber | undefined }) {
  const { t } = useWords()
  const { number, contact, business } = props
  const holder = business && contact?.owners[business.id]
  const name = contact?.name ?? number
  return (
    <span className="phone-name">
      <strong title={name}>
        <Auto>{name}</Auto>
      </strong>
      <small>
        <Ltr>+{number}</Ltr>
        {contact?.username !== undefined && <Ltr> @{contact.username}</Ltr>}
      </small>
      <span className="phone-marks">
        {contact?.hidden && <em>{t('number hidden')}</em>}
        {contact?.online === false && <em>{t('offline')}</em>}
        {business && contact?.blocks.includes(business.id) && <em>{t('blocked')}</em>}
        {holder && holder.who !== 'app' && <em>{t(ownerMark(holder))}</em>}
      </span>
    </span>
  )
}

/** Decides whether somebody looks at the open chat, so that its messages are read. */
function ReadButton(props: { isReading: boolean; isMarked: boolean; unread: number; onClick: () => void }) {
  const { t } = useWords()
  const { isReading, isMarked, unread } = props
  return (
    <button
      type="button"
      className="phone-read"
      aria-pressed={isReading}
      onClick={props.onClick}
      title={
        isReading
          ? t('The chat is open: messages are read as they come')
          : t('The chat is closed: messages stay unread')
      }
    >
      {isMarked && <i className="phone-unread" role="img" aria-label={t('marked as unread')} />}
      {isReading ? t('Reading') : unread > 0 ? t('Read ({n})', { n: unread }) : t('Read')}
    </button>
  )
}

/** One chat on the screen: with a business, or in a group. */
function OpenChat(props: FrameProps & Open & { title: string; does: Does; elsewhere: number; menu: ReactNode }) {
  const { t } = useWords()
  const { number, business, group, does, calls } = props
  const [quoted, setQuoted] = useState<PhoneMessage | null>(null)
  const groupId = group?.id ?? null
  const { lines, isLoading } = useLines(number, business.id, groupId, calls)
  const isIn = group === undefined || group.participants.includes(number)
  const isTyping = !group && props.isTyping(business.id)
  return (
    <>
      <header className="phone-head">
        <button
          type="button"
          className="phone-menu phone-back"
          aria-label={props.elsewhere > 0 ? t('Chats, {n} unread in others', { n: props.elsewhere }) : t('Chats')}
          onClick={() => props.onPlace('list')}
        >
          <Icon name="back" size={20} />
          {props.elsewhere > 0 && <b>{props.elsewhere}</b>}
        </button>
        {group ? <GroupSign /> : <Avatar name={business.verifiedName} of={business.id} />}
        <div className="phone-title">
          <strong dir="auto">{group?.subject ?? business.verifiedName}</strong>
          <span>
            {isTyping ? (
              t('typing …')
            ) : group ? (
              <Auto>{group.participants.map(props.nameOf).join(', ')}</Auto>
            ) : (
              <Ltr>+{business.number}</Ltr>
            )}
          </span>
        </div>
        {!group && (
          <button
            type="button"
            className="phone-menu"
            aria-label={t('Call the business')}
            onClick={() => void does('calls')}
          >
            <Icon name="phone" size={18} />
          </button>
        )}
        {props.menu}
      </header>
      <Chat
        lines={lines}
        isLoading={isLoading}
        businessName={business.verifiedName}
        businessId={business.id}
        owner={{ name: props.title, number }}
        isGroup={group !== undefined}
        nameOf={props.nameOf}
        does={does}
        now={props.now}
        onQuote={setQuoted}
        onTrace={props.onTrace}
        isTyping={isTyping}
      />
      {isIn ? (
        <PhoneComposer
          name={`${number} ${business.id}${groupId === null ? '' : ` ${groupId}`}`}
          does={does}
          quoted={quoted}
          onUnquote={() => setQuoted(null)}
          businessName={business.verifiedName}
        />
      ) : (
        <p className="phone-note">{t('You are no longer in this group')}</p>
      )}
    </>
  )
}
