import { ActionIcon, Anchor, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Fragment, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { part } from '../../../ui/src/part.tsx'
import { useStayAtEnd } from '../../../ui/src/stay-at-end.ts'
import { api, type Message, type WholePerson } from '../api.ts'
import { usePace } from '../live.ts'
import { excerptOf } from '../messages/excerpt.ts'
import { MessageBubble } from '../messages/message-bubble.tsx'
import { mayAnswer, useMe, usePerson } from '../queries.ts'
import { Empty, Failed, isGone, Waiting } from '../states.tsx'
import { useAction } from '../use-action.ts'
import { Avatar } from './avatar.tsx'
import { MarketingMark } from './marketing-mark.tsx'
import { OwnerMark } from './owner-mark.tsx'
import { Reply } from './reply.tsx'
import { linesOf, type ThreadLine } from './thread-lines.ts'
import { LineTools } from './line-tools.tsx'
import { WindowMark } from './window-mark.tsx'
import { Sign } from './sign.tsx'

const ContactPanel = part(async () => (await import('./contact-panel.tsx')).ContactPanel)

const PAGE = 60

export function Thread({ channelId, contactId, back }: { channelId: number; contactId: number; back: string }) {
  const { t } = useWords()
  const pace = usePace(1_500)
  const me = useMe()
  const person = usePerson(channelId, contactId)
  const messages = useInfiniteQuery({
    queryKey: ['thread', channelId, contactId],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      api<Message[]>('GET', '/admin/messages/search', undefined, {
        channel_id: channelId,
        contact_id: contactId,
        last_id: pageParam,
        count: PAGE,
      }),
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.reference),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? pace : false),
  })
  const all = useMemo(() => messages.data?.pages.flat().reverse() ?? [], [messages.data])
  const lines = useMemo(() => linesOf(all), [all])
  const [quoted, setQuoted] = useState<Message>()
  // Where there is room the contact stands beside the thread.
  const isWide = useMediaQuery('(min-width: 1280px)') ?? false
  const [isPanelOpen, setPanelOpen] = useState(false)
  useSeen(person.data, all, mayAnswer(me))
  const { refetch } = messages
  const onSent = useCallback(() => {
    setQuoted(undefined)
    void refetch()
  }, [refetch])

  if (person.isPending || messages.isPending) return <Waiting />
  if (person.isLoadingError || isGone(person.error))
    return <Failed error={person.error} retry={() => void person.refetch()} />
  if (messages.isLoadingError) return <Failed error={messages.error} retry={() => void messages.refetch()} />
  const name = person.data.name ?? person.data.phone ?? person.data.user_id ?? t('Group')

  return (
    <>
      <div className="talk-main">
        <Head
          person={person.data}
          name={name}
          back={back}
          isPanelShown={isWide || isPanelOpen}
          onPanel={isWide ? undefined : () => setPanelOpen(!isPanelOpen)}
        />
        <Lines
          lines={lines}
          name={name}
          hasMore={messages.hasNextPage}
          isLoading={messages.isFetchingNextPage}
          onMore={() => void messages.fetchNextPage()}
          onQuote={mayAnswer(me) ? setQuoted : undefined}
          onSent={onSent}
        />
        {mayAnswer(me) && (
          <Reply
            person={person.data}
            quoted={quoted}
            quotedOf={quoted && { who: quoted.direction === 'outbound' ? t('You') : name, text: wordsOf(quoted) }}
            onUnquote={() => setQuoted(undefined)}
            onSent={onSent}
          />
        )}
      </div>
      {(isWide || isPanelOpen) && (
        <ContactPanel person={person.data} messages={all} onClose={isWide ? undefined : () => setPanelOpen(false)} />
      )}
    </>
  )
}

const wordsOf = ({ type, content }: Message): string => excerptOf(type, content) || type

/** Notes that a user has the newest message of the contact before them. */
function useSeen(person: WholePerson | undefined, messages: readonly Message[], may: boolean): void {
  const queries = useQueryClient()
  const newest = messages.findLast((one) => one.direction === 'inbound')?.reference
  const unread = person?.unread ?? 0
  const place = person && `/admin/conversations/${person.channel_id}/${person.contact_id}/seen`
  const told = useRef('')
  useEffect(() => {
    if (!may || unread === 0 || newest === undefined || place === undefined) return
    const tell = (): void => {
      if (document.visibilityState !== 'visible' || told.current === newest) return
      told.current = newest
      void api('POST', place, { reference: newest }).then(
        () => queries.invalidateQueries({ queryKey: ['conversations'] }),
        () => (told.current = ''),
      )
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [may, unread, newest, place, queries])
}

function Head(props: {
  person: WholePerson
  name: string
  back: string
  isPanelShown: boolean
  onPanel: (() => void) | undefined
}) {
  const { person, name, back, isPanelShown, onPanel } = props
  const { t } = useWords()
  const me = useMe()
  const queries = useQueryClient()
  const done = useAction({
    mutationFn: () => api('POST', `/admin/conversations/${person.channel_id}/${person.contact_id}/done`),
    onSuccess: () =>
      Promise.all(['person', 'conversations'].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
  return (
    <div className="talk-head">
      <Anchor component={Link} href={back} className="talk-back" aria-label={t('Back to the list')}>
        <Icon name="back" size={22} />
      </Anchor>
      <Avatar name={name} seed={person.contact_id} size={36} />
      <div className="talk-name">
        <strong dir="auto">{name}</strong>
        <bdi className="row-faint" dir="ltr">
          {person.phone ?? person.user_id ?? person.group_id}
        </bdi>
      </div>
      {!isPanelShown && (
        <span className="talk-marks">
          <MarketingMark person={person} /> <OwnerMark person={person} />{' '}
          {person.group_id === null && <WindowMark person={person} />}
        </span>
      )}
      {person.waiting_since !== null && mayAnswer(me) && (
        <Button size="compact-sm" variant="default" loading={done.isPending} onClick={() => done.mutate()}>
          {t('Done')}
        </Button>
      )}
      {onPanel && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('Contact')}
          aria-expanded={isPanelShown}
          onClick={onPanel}
        >
          <Sign name="user" />
        </ActionIcon>
      )}
    </div>
  )
}

function Lines(props: {
  lines: readonly ThreadLine[]
  name: string
  hasMore: boolean
  isLoading: boolean
  onMore: () => void
  onQuote: ((message: Message) => void) | undefined
  onSent: () => void
}) {
  const { lines, name, hasMore, isLoading, onMore, onQuote, onSent } = props
  const { t, locale } = useWords()
  const days = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const box = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLDivElement>(null)
  useStayAtEnd(box, inside, lines.at(-1)?.message.reference ?? '')
  return (
    <div
      className="talk-messages"
      ref={box}
      tabIndex={0}
      role="log"
      aria-label={t('Conversation with {name}', { name })}
    >
      <div ref={inside}>
        {hasMore && (
          <Button variant="subtle" fullWidth loading={isLoading} onClick={onMore}>
            {t('Earlier')}
          </Button>
        )}
        {lines.length === 0 && <Empty title={t('No messages yet')} />}
        {lines.map(({ message, quoted, reaction, day: isNewDay }) => (
          <Fragment key={message.reference}>
            {isNewDay && <div className="talk-day">{days.format(message.created_at * 1000)}</div>}
            <MessageBubble
              message={message}
              reaction={reaction}
              quote={quoted && { who: quoted.direction === 'outbound' ? t('You') : name, text: wordsOf(quoted) }}
            >
              <LineTools message={message} onQuote={onQuote} onSent={onSent} />
            </MessageBubble>
          </Fragment>
        ))}
      </div>
    </div>
  )
}
