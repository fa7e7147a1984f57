import { Anchor, Button } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Fragment, useMemo, useRef } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useStayAtEnd } from '../../../ui/src/stay-at-end.ts'
import { api, type Message, type Person } from '../api.ts'
import { usePace } from '../live.ts'
import { excerptOf } from '../messages/excerpt.ts'
import { MessageBubble } from '../messages/message-bubble.tsx'
import { Empty, Failed, isGone, Waiting } from '../states.tsx'
import { MarketingMark } from './marketing-mark.tsx'
import { OwnerMark } from './owner-mark.tsx'
import { Reply } from './reply.tsx'
import { linesOf } from './thread-lines.ts'
import { WindowMark } from './window-mark.tsx'

const PAGE = 60

export function Thread({ channelId, contactId }: { channelId: number; contactId: number }) {
  const { t, locale } = useWords()
  const days = new Intl.DateTimeFormat(locale, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' })
  const pace = usePace(1_500)
  const person = useQuery({
    queryKey: ['person', channelId, contactId],
    queryFn: () => api<Person>('GET', `/admin/conversations/${channelId}/${contactId}`),
    refetchInterval: usePace(3_000),
  })
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
  const lines = useMemo(() => linesOf(messages.data?.pages.flat().reverse() ?? []), [messages.data])
  const box = useRef<HTMLDivElement>(null)
  const newest = lines.at(-1)?.message.reference
  const inside = useRef<HTMLDivElement>(null)
  useStayAtEnd(box, inside, newest ?? '')

  if (person.isPending || messages.isPending) return <Waiting />
  if (person.isLoadingError || isGone(person.error))
    return <Failed error={person.error} retry={() => void person.refetch()} />
  if (messages.isLoadingError) return <Failed error={messages.error} retry={() => void messages.refetch()} />
  const name = person.data.name ?? person.data.phone ?? person.data.user_id ?? t('Group')

  return (
    <>
      <div className="talk-head">
        <div>
          <Anchor component={Link} href={`/conversations/${channelId}`} size="sm" hiddenFrom="sm">
            ← {t('Contacts')}
          </Anchor>
          <strong dir="auto">{name}</strong>{' '}
          <bdi className="row-faint" dir="ltr">
            {person.data.phone ?? person.data.user_id ?? person.data.group_id}
          </bdi>
        </div>
        <span>
          <MarketingMark person={person.data} /> <OwnerMark person={person.data} /> <WindowMark person={person.data} />
        </span>
      </div>
      <div
        className="talk-messages"
        ref={box}
        tabIndex={0}
        role="log"
        aria-label={t('Conversation with {name}', { name: name ?? '' })}
      >
        <div ref={inside}>
          {messages.hasNextPage && (
            <Button
              variant="subtle"
              fullWidth
              loading={messages.isFetchingNextPage}
              onClick={() => void messages.fetchNextPage()}
            >
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
                quote={
                  quoted && {
                    who: quoted.direction === 'outbound' ? t('You') : name,
                    text: excerptOf(quoted.type, quoted.content) || quoted.type,
                  }
                }
              >
                <Link className="bubble-more" href={`/messages/${message.reference}`} aria-label={t('Details')}>
                  ⋯
                </Link>
              </MessageBubble>
            </Fragment>
          ))}
        </div>
      </div>
      <Reply person={person.data} onSent={() => void messages.refetch()} />
    </>
  )
}
