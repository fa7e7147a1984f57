import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { Auto, Ltr } from '../../ui/src/direction.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'
import { CallScreen } from './call-screen.tsx'
import { Chat } from './chat.tsx'
import { ChatList, GroupSign } from './chat-list.tsx'
import { groupLines, privateLines, type ChatLine } from './chat-lines.ts'
import { control, groupOf, type BusinessNumber, type Contact, type GroupInfo, type GroupLine } from './control.ts'
import type { PhoneMessage, VoiceCall } from './control.ts'
import { PhoneComposer } from './phone-composer.tsx'
import { PhoneMenu } from './phone-menu.tsx'
import { AskSheet, type Question } from './phone-sheet.tsx'
import { StatusBar } from './status-bar.tsx'
import { ownerMark } from './words.ts'

/** An action of the phone's user: a verb of the control API. */
export type Does = (verb: string, body?: Record<string, unknown>) => Promise<unknown>

type FrameProps = {
  number: string
  business: BusinessNumber
  contact: Contact | undefined
  nameOf: (number: string) => string
  calls: VoiceCall[]
  isTyping: boolean
  now: () => number
  onTrace: (wamid: string) => void
  onMoved: (number: string) => void
  onClose: () => void
}

/** What the phone shows: the list of chats, the chat with the business (null), or a group. */
type Place = 'list' | { group: string | null }

function useDoes(number: string, businessId: string, group: string | null): Does {
  const { says } = useWords()
  return useCallback<Does>(
    async (verb, body = {}) => {
      // What is written in a group is for the group.
      const inGroup = group !== null && (verb === 'says' || verb === 'replies') ? { group_id: group } : {}
      try {
        return await control('POST', `/phones/${number}/${verb}`, { with: businessId, ...inGroup, ...body })
      } catch (error) {
        notifications.show({ color: 'red', message: says((error as Error).message) })
        return undefined
      }
    },
    [number, businessId, group, says],
  )
}

/** Lines of the open chat, unread messages, and the newest text of the chat with the business. */
function useLines(number: string, businessId: string, group: string | null, calls: VoiceCall[]) {
  const chat = useQuery({
    queryKey: ['chat', number, businessId],
    queryFn: async () =>
      (await control<{ data: PhoneMessage[] }>('GET', `/phones/${number}/messages?count=200&with=${businessId}`)).data,
  })
  const inGroup = useQuery({
    queryKey: ['group', group, number],
    queryFn: async () =>
      (await control<{ data: GroupLine[] }>('GET', `/groups/${encodeURIComponent(group!)}/messages?phone=${number}`))
        .data,
    enabled: group !== null,
  })
  const { data: messages } = chat
  const ofGroup = inGroup.data
  const lines = useMemo<ChatLine[]>(
    () => (group === null ? privateLines(messages ?? [], calls) : groupLines(ofGroup ?? [])),
    [group, messages, ofGroup, calls],
  )
  const unread = (messages ?? []).filter(
    (one) => one.direction === 'out' && one.status === 'delivered' && (groupOf(one) ?? null) === group,
  ).length
  const last = (messages ?? []).findLast((one) => groupOf(one) === undefined && one.text !== '')?.text ?? ''
  return { lines, unread, last, isLoading: group === null ? chat.isPending : inGroup.isPending }
}

/** Long: the frame of a phone is one piece of markup. */
export function PhoneFrame(props: FrameProps) {
  const { t } = useWords()
  const { number, business, contact, calls } = props
  const [quoted, setQuoted] = useState<PhoneMessage | null>(null)
  const [isOpen, setOpen] = useState(false)
  const [screen, setScreen] = useState<HTMLElement | null>(null)
  const [isMarked, setMarked] = useState(false)
  const [question, setQuestion] = useState<Question | null>(null)
  const [wished, setPlace] = useState<Place>({ group: null })
  const group: GroupInfo | undefined =
    wished !== 'list' && wished.group !== null ? business.groups?.find((one) => one.id === wished.group) : undefined
  // A group that is gone leads back to the list.
  const place: Place = wished !== 'list' && wished.group !== null && !group ? 'list' : wished
  const groupId = group?.id ?? null
  const does = useDoes(number, business.id, groupId)
  const { lines, unread, last, isLoading } = useLines(number, business.id, groupId, calls)
  const isIn = group === undefined || group.participants.includes(number)
  const call = calls.findLast((one) => one.state !== 'over')

  useEffect(() => {
    // Messages of an open chat are read on arrival. Messages of a closed chat wait.
    if (isOpen && unread > 0 && place !== 'list') void does('reads', { group: groupId })
  }, [isOpen, unread, place, groupId, does])

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
  const show = (next: Place): void => {
    setQuoted(null)
    setPlace(next)
  }

  const title = contact?.name ?? number
  const holder = contact?.owners[business.id]
  const chatTitle = group?.subject ?? business.verifiedName
  return (
    <section className="phone" aria-label={t('Phone of {name}', { name: title })}>
      <div className="phone-owner">
        <span className="phone-name">
          <strong title={title}>
            <Auto>{title}</Auto>
          </strong>
          <small>
            <Ltr>+{number}</Ltr>
            {contact?.username !== undefined && <Ltr> @{contact.username}</Ltr>}
          </small>
          <span className="phone-marks">
            {contact?.hidden && <em>{t('number hidden')}</em>}
            {contact?.online === false && <em>{t('offline')}</em>}
            {contact?.blocks.includes(business.id) && <em>{t('blocked')}</em>}
            {holder && holder.who !== 'app' && <em>{t(ownerMark(holder))}</em>}
          </span>
        </span>
        {place !== 'list' && (
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
        )}
        <PhoneMenu
          number={number}
          contact={contact}
          business={business}
          group={place === 'list' ? undefined : group}
          does={does}
          onAsk={setQuestion}
          onMoved={props.onMoved}
          onLeft={() => show('list')}
          onMarkUnread={markUnread}
          onClose={props.onClose}
        />
      </div>
      <div className="phone-screen" ref={setScreen}>
        <StatusBar now={props.now} />
        <SheetPlace value={screen}>
          <header className="phone-head">
            {place === 'list' ? (
              <div className="phone-title">
                <strong>{t('Chats')}</strong>
              </div>
            ) : (
              <>
                <button type="button" className="phone-menu" aria-label={t('Chats')} onClick={() => show('list')}>
                  <Icon name="back" size={20} />
                </button>
                {group ? (
                  <GroupSign />
                ) : (
                  <span className="phone-avatar" aria-hidden>
                    {business.verifiedName.slice(0, 1)}
                  </span>
                )}
                <div className="phone-title">
                  <strong dir="auto">{chatTitle}</strong>
                  <span>
                    {props.isTyping && !group ? (
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
              </>
            )}
          </header>
          {place === 'list' ? (
            <ChatList
              number={number}
              business={business}
              last={last}
              unread={unread}
              does={does}
              onOpen={(next) => show({ group: next })}
            />
          ) : (
            <Chat
              lines={lines}
              isLoading={isLoading}
              businessName={business.verifiedName}
              owner={{ name: title, number }}
              isGroup={group !== undefined}
              nameOf={props.nameOf}
              does={does}
              now={props.now}
              onQuote={setQuoted}
              onTrace={props.onTrace}
              isTyping={props.isTyping && !group}
            />
          )}
          {call && <CallScreen call={call} name={business.verifiedName} does={does} />}
          {question && <AskSheet question={question} onClose={() => setQuestion(null)} />}
        </SheetPlace>
        {place !== 'list' && isIn && (
          <PhoneComposer
            name={`${number} ${business.id}${groupId === null ? '' : ` ${groupId}`}`}
            does={does}
            quoted={quoted}
            onUnquote={() => setQuoted(null)}
            businessName={business.verifiedName}
          />
        )}
        {place !== 'list' && !isIn && <p className="phone-note">{t('You are no longer in this group')}</p>}
      </div>
    </section>
  )
}
