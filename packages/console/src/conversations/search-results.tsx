import { Button, Loader } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { memo, useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Found, type Hit, type Talk } from '../api.ts'
import { Empty, Failed } from '../states.tsx'
import { useTimes } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { type InboxFilter, isSearchable, searchOf } from './inbox-filter.ts'
import { InboxRow } from './inbox-row.tsx'
import { Pieces } from './pieces.tsx'

const PEOPLE_AT_FIRST = 5
const PER_PAGE = 20
/** A search goes on by itself until so much is found, or for so long. */
const ENOUGH = 20
const BY_ITSELF_MS = 4_000

/** What was found: contacts by name or number, and messages by their words. */
export function SearchResults(props: {
  people: Talk[]
  filter: InboxFilter
  names: ReadonlyMap<number, string> | undefined
  chosen: string | undefined
}) {
  const { people, filter, names, chosen } = props
  const { t } = useWords()
  const [all, showAll] = useState(false)
  const search = searchOf(filter)
  const shown = all ? people : people.slice(0, PEOPLE_AT_FIRST)
  return (
    <div className="talk-rows" tabIndex={0} role="region" aria-label={t('Search results')}>
      {people.length > 0 && (
        <>
          <h2 className="talk-part">{t('Contacts')}</h2>
          {shown.map((talk) => (
            <InboxRow
              key={`${talk.channel_id} ${talk.contact_id}`}
              talk={talk}
              isChosen={`${talk.channel_id} ${talk.contact_id}` === chosen}
              search={search}
              channel={names?.get(talk.channel_id)}
            />
          ))}
          {shown.length < people.length && (
            <Button variant="subtle" fullWidth onClick={() => showAll(true)}>
              {t('All {n} contacts', { n: people.length })}
            </Button>
          )}
        </>
      )}
      {isSearchable(filter.words) ? (
        <FoundMessages filter={filter} names={names} isAlone={people.length === 0} />
      ) : (
        people.length === 0 && <Empty title={t('No matches')}>{t('Type a second letter to search in messages.')}</Empty>
      )}
    </div>
  )
}

/** A message with the words that were searched for. The search goes back in time, some thousand messages at a time. */
function FoundMessages(props: {
  filter: InboxFilter
  names: ReadonlyMap<number, string> | undefined
  isAlone: boolean
}) {
  const { filter, names, isAlone } = props
  const { t } = useWords()
  const times = useTimes()
  const found = useInfiniteQuery({
    queryKey: ['words', filter.words, filter.channels],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      api<Found>('GET', '/admin/conversations/search', undefined, {
        q: filter.words,
        channels: filter.channels.join(','),
        last_id: pageParam,
        count: PER_PAGE,
      }),
    getNextPageParam: (last) => last.next_id ?? undefined,
  })
  const { data, hasNextPage, isFetching, isError, fetchNextPage } = found
  const hits = data?.pages.flatMap(({ messages }) => messages) ?? []
  const to = data?.pages.at(-1)?.searched_to
  const until = useRef(0)
  until.current ||= Date.now() + BY_ITSELF_MS
  const wanted = useRef(ENOUGH)
  const goesOn = hasNextPage && hits.length < wanted.current && Date.now() < until.current
  useEffect(() => {
    if (goesOn && !isFetching && !isError) void fetchNextPage()
  }, [goesOn, isFetching, isError, fetchNextPage])
  const further = (): void => {
    until.current = Date.now() + BY_ITSELF_MS
    wanted.current = hits.length + ENOUGH
    void fetchNextPage()
  }
  if (found.isLoadingError) return <Failed error={found.error} retry={() => void found.refetch()} />
  const isOver = data !== undefined && !hasNextPage
  if (isOver && hits.length === 0 && isAlone) return <Empty title={t('No matches')} />
  return (
    <>
      <h2 className="talk-part">{t('Messages')}</h2>
      {hits.map((hit) => (
        <HitRow
          key={hit.reference}
          hit={hit}
          href={`/conversations/${hit.channel_id}/${hit.contact_id}${searchOf(filter, hit.reference)}`}
          channel={names?.get(hit.channel_id)}
        />
      ))}
      <p className="talk-searched" role="status">
        {isFetching && <Loader size={12} />}{' '}
        {isOver
          ? hits.length === 0
            ? t('No message has these words.')
            : t('All messages were searched.')
          : to
            ? t('Searched back to {time}.', { time: times.short(to) })
            : ''}
      </p>
      {hasNextPage && !goesOn && (
        <Button variant="subtle" fullWidth loading={isFetching} onClick={further}>
          {t('Search further back')}
        </Button>
      )}
    </>
  )
}

const HitRow = memo(function HitRow({ hit, href, channel }: { hit: Hit; href: string; channel: string | undefined }) {
  const { t } = useWords()
  const times = useTimes()
  const name = hit.name ?? hit.phone ?? hit.user_id ?? t('Group')
  const isToday = new Date(hit.created_at * 1000).toDateString() === new Date().toDateString()
  return (
    <Link className="talk-person talk-hit" href={href}>
      <Avatar name={name} seed={hit.contact_id} />
      <strong dir="auto">{name}</strong>
      <small className="talk-when">{isToday ? times.clock(hit.created_at) : times.day(hit.created_at)}</small>
      <span className="talk-excerpt" dir="auto">
        {hit.direction === 'outbound' && <span className="talk-us">{t('Us:')} </span>}
        <Pieces pieces={hit.excerpt} />
      </span>
      {channel !== undefined && (
        <small className="talk-of" dir="auto">
          {channel}
        </small>
      )}
    </Link>
  )
})
