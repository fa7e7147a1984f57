import { Button, CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel, type Talk } from '../api.ts'
import { usePace } from '../live.ts'
import { useMe } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { ChannelChoice } from './channel-choice.tsx'
import { type InboxFilter, queryOf, searchOf, type Show } from './inbox-filter.ts'
import { InboxRow, ROW_HEIGHT } from './inbox-row.tsx'
import { SearchResults } from './search-results.tsx'
import { Sign } from './sign.tsx'

type Page = { conversations: Talk[]; next_id: string | null }

const PER_PAGE = 100
const DEEP_PACE_MS = 15_000
/** Pages of a list that are all read again. */
const MOST_REFRESHED = 10
const word = (text: string): string => text
const CHIPS: { show: Show | undefined; label: string }[] = [
  { show: undefined, label: word('All') },
  { show: 'unread', label: word('Unread') },
  { show: 'waiting', label: word('Waiting') },
  { show: 'open', label: word('Window open') },
  { show: 'mine', label: word('Mine') },
  { show: 'unassigned', label: word('Nobody’s') },
  { show: 'opted_out', label: word('Opted out') },
]

/** The list of conversations with its search and filters. */
export function InboxList(props: {
  filter: InboxFilter
  channels: Channel[]
  chosen: string | undefined
  change: (filter: InboxFilter, options?: { replace: boolean }) => void
}) {
  const { filter, channels, chosen, change } = props
  const { t } = useWords()
  const q = filter.words
  const me = useMe()
  const queries = useQueryClient()
  /** A filter that is chosen begins at its top. Back leads to the place where it was left. */
  const choose = (next: InboxFilter): void => {
    leftAt.delete(searchOf(next))
    const queryKey = ['conversations', next]
    const was = queries.getQueryData<InfiniteData<Page>>(queryKey)
    if (was && was.pages.length > 1) {
      queries.setQueryData(queryKey, { pages: was.pages.slice(0, 1), pageParams: was.pageParams.slice(0, 1) })
      // What was set counts as new, and is not.
      void queries.invalidateQueries({ queryKey, exact: true, refetchType: 'none' })
    }
    change(next)
  }
  const pace = usePace(2_500)
  const read = (lastId: string | undefined): Promise<Page> =>
    api<Page>('GET', '/admin/conversations', undefined, {
      // A search is over all conversations of the channels.
      ...queryOf(q === '' ? filter : { ...filter, show: undefined }, me?.id),
      q,
      last_id: lastId,
      count: PER_PAGE,
    })
  const list = useInfiniteQuery({
    queryKey: ['conversations', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => read(pageParam),
    getNextPageParam: (last) => last.next_id ?? undefined,
    refetchInterval: (query) => {
      const pages = query.state.data?.pages.length ?? 0
      return pages <= 1 ? pace : pages <= MOST_REFRESHED ? DEEP_PACE_MS : false
    },
    refetchOnMount: (query) => (query.state.data?.pages.length ?? 0) <= MOST_REFRESHED,
    // Not the contacts of another channel.
    placeholderData: (before, query) =>
      String((query?.queryKey[1] as InboxFilter | undefined)?.channels) === String(filter.channels)
        ? before
        : undefined,
  })
  const isLong = (list.data?.pages.length ?? 0) > 1
  // A long list is read again now and then. Who writes stands on top at once.
  const first = useQuery({
    queryKey: ['conversations', filter, 'first'],
    enabled: isLong,
    queryFn: () => read(undefined),
    refetchInterval: pace,
  })
  const news = isLong ? first.data : undefined
  const people = useMemo(() => joined([...(news ? [news] : []), ...(list.data?.pages ?? [])]), [news, list.data])
  const names = useMemo(
    () => (channels.length > 1 && filter.channels.length !== 1 ? namesOf(channels) : undefined),
    [channels, filter.channels.length],
  )
  return (
    <nav className="talk-list" aria-label={t('Contacts')}>
      <div className="talk-list-head">
        <div className="talk-search">
          <SearchField words={q} change={(words) => change({ ...filter, words }, { replace: true })} />
          {channels.length > 1 && (
            <ChannelChoice
              channels={channels}
              chosen={filter.channels}
              change={(next) => choose({ ...filter, channels: next })}
            />
          )}
        </div>
        {q === '' && <Chips chosen={filter.show} choose={(show) => choose({ ...filter, show })} />}
      </div>
      {list.isPending && <Waiting />}
      {list.isLoadingError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && q !== '' && <SearchResults key={q} people={people} filter={filter} names={names} chosen={chosen} />}
      {list.data && q === '' && people.length === 0 && !list.hasNextPage && (
        <NoPeople isFiltered={filter.show !== undefined} show={filter.show} />
      )}
      {list.data && q === '' && (people.length > 0 || list.hasNextPage) && (
        <Rows
          key={searchOf(filter)}
          people={people}
          names={names}
          chosen={chosen}
          search={searchOf(filter)}
          hasMore={list.hasNextPage}
          isLoading={list.isFetchingNextPage}
          onEnd={() => void list.fetchNextPage()}
        />
      )}
    </nav>
  )
}

function Chips({ chosen, choose }: { chosen: Show | undefined; choose: (show: Show | undefined) => void }) {
  const { t } = useWords()
  const me = useMe()
  // The token is no user, and nothing is assigned to it.
  const chips = CHIPS.filter(({ show }) => show !== 'mine' || me?.kind === 'user')
  return (
    <div className="chips" role="group" aria-label={t('Filter')}>
      {chips.map(({ show, label }) => (
        <button key={label} type="button" className="chip" aria-pressed={chosen === show} onClick={() => choose(show)}>
          {t(label)}
        </button>
      ))}
    </div>
  )
}

const SETTLED_MS = 250

/** The words of a search. They go to the address when the reader pauses. */
function SearchField({ words, change }: { words: string; change: (words: string) => void }) {
  const { t } = useWords()
  const [typed, setTyped] = useState(words)
  const [known, setKnown] = useState(words)
  // The address changed by itself: Back, or a link.
  if (words !== known) {
    setKnown(words)
    setTyped(words)
  }
  const settle = useDebouncedCallback((next: string) => {
    setKnown(next)
    change(next)
  }, SETTLED_MS)
  return (
    <TextInput
      aria-label={t('Search people and messages')}
      placeholder={t('Search people and messages')}
      leftSection={<Sign name="search" size={16} />}
      rightSection={
        typed !== '' && (
          <CloseButton
            size="sm"
            aria-label={t('Clear the search')}
            onClick={() => {
              setTyped('')
              settle('')
              settle.flush()
            }}
          />
        )
      }
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value)
        settle(event.currentTarget.value.trim().slice(0, 100))
      }}
    />
  )
}

/** A contact who wrote between two pages is in both. The first entry is the newest. */
function joined(pages: Page[]): Talk[] {
  const met = new Map<number, Talk>()
  for (const page of pages)
    for (const talk of page.conversations) {
      if (!met.has(talk.contact_id)) met.set(talk.contact_id, talk)
    }
  return [...met.values()]
}

const keyOf = ({ channel_id: channel, contact_id: contact }: Talk): string => `${channel} ${contact}`

const namesOf = (channels: Channel[]): ReadonlyMap<number, string> =>
  new Map(channels.map((channel) => [channel.channel_id, channel.name]))

function NoPeople({ isFiltered, show }: { isFiltered: boolean; show: Show | undefined }) {
  const { t } = useWords()
  if (show === 'unread' || show === 'waiting')
    return <Empty title={t('All answered')}>{t('Nobody waits for an answer.')}</Empty>
  return (
    <Empty title={isFiltered ? t('No matches') : t('No contacts yet')}>
      {!isFiltered && t('Contacts who write to this number appear here.')}
    </Empty>
  )
}

/** How far down a list was left, by its filter. Held while the page is open. */
const leftAt = new Map<string, number>()

/** A list of any length that renders only its visible rows. */
function Rows(props: {
  people: Talk[]
  names: ReadonlyMap<number, string> | undefined
  chosen: string | undefined
  search: string
  hasMore: boolean
  isLoading: boolean
  onEnd: () => void
}) {
  const { people, names, chosen, search, hasMore, isLoading, onEnd } = props
  const { t } = useWords()
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: people.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (i) => people[i]!.contact_id,
    overscan: 6,
    // Back on the page, the reader finds the row again.
    initialOffset: () => leftAt.get(search) ?? 0,
  })
  const items = rows.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  // A page that brought nothing is not followed by itself: the index may go on for long.
  const asked = useRef(-1)
  useEffect(() => {
    if (!hasMore || isLoading || lastShown < people.length - 40 || asked.current === people.length) return
    asked.current = people.length
    onEnd()
  }, [hasMore, isLoading, onEnd, lastShown, people.length])
  return (
    <div
      className="talk-rows"
      ref={box}
      tabIndex={0}
      role="region"
      aria-label={t('Conversations')}
      onScroll={({ currentTarget: { scrollTop, clientHeight } }) => {
        if (clientHeight > 0) leftAt.set(search, scrollTop)
      }}
    >
      <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const talk = people[item.index]!
          return (
            <div role="listitem" key={item.key} className="talk-place" style={{ top: item.start }}>
              <InboxRow
                talk={talk}
                isChosen={keyOf(talk) === chosen}
                search={search}
                channel={names?.get(talk.channel_id)}
              />
            </div>
          )
        })}
      </div>
      {hasMore && (
        <Button variant="subtle" fullWidth loading={isLoading} onClick={onEnd}>
          {t('Earlier')}
        </Button>
      )}
    </div>
  )
}
