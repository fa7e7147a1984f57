import { Button, Select, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Auto, Ltr } from '../../../ui/src/direction.tsx'
import { api, type Message, type Person } from '../api.ts'
import { usePace } from '../live.ts'
import { excerptOf } from '../messages/excerpt.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { Thread } from './thread.tsx'
import { WindowMark } from './window-mark.tsx'

type Met = Person & { last: Message | null }
type Page = { conversations: Met[]; next_id: string | null }

export function Conversations({ channel, contact }: { channel?: string | undefined; contact?: string | undefined }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const channels = useChannels()
  if (channels.isPending) return <Waiting />
  if (channels.isLoadingError) return <Failed error={channels.error} retry={() => void channels.refetch()} />
  const [first] = channels.data
  if (!first) return <Empty title={t('No channels yet')} />
  const channelId = Number(channel ?? first.channel_id)

  return (
    <>
      <PageHead title={t('Conversations')}>
        {channels.data.length > 1 && (
          <Select
            aria-label={t('Channel')}
            data={channels.data.map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={String(channelId)}
            onChange={(id) => id && navigate(`/conversations/${id}`)}
            allowDeselect={false}
          />
        )}
      </PageHead>
      <div className="talk" data-open={contact !== undefined || undefined}>
        <People key={channelId} channelId={channelId} chosen={contact} />
        <div className="talk-thread">
          {contact === undefined ? (
            <Empty title={t('Choose a conversation')}>
              {t('The list has every contact with at least one message.')}
            </Empty>
          ) : (
            <Thread key={`${channelId} ${contact}`} channelId={channelId} contactId={Number(contact)} />
          )}
        </div>
      </div>
    </>
  )
}

function People({ channelId, chosen }: { channelId: number; chosen: string | undefined }) {
  const { t } = useWords()
  const times = useTimes()
  const [words, setWords] = useState('')
  const [q] = useDebouncedValue(words, 250)
  const pace = usePace(2_500)
  const list = useInfiniteQuery({
    queryKey: ['conversations', channelId, q],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      api<Page>('GET', '/admin/conversations', undefined, { channel_id: channelId, q, last_id: pageParam }),
    getNextPageParam: (last) => last.next_id ?? undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? pace : false),
    placeholderData: (before) => before,
  })
  // Older pages contain contacts of newer pages again. The first entry of a contact is the newest.
  const people = useMemo(() => {
    const met = new Map<number, Met>()
    for (const page of list.data?.pages ?? [])
      for (const person of page.conversations) if (!met.has(person.contact_id)) met.set(person.contact_id, person)
    return [...met.values()]
  }, [list.data])

  return (
    <nav className="talk-list" aria-label={t('Contacts')}>
      <TextInput
        p="xs"
        aria-label={t('Search by number or name')}
        placeholder={t('Search by number or name')}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      {list.isPending && <Waiting />}
      {list.isLoadingError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && people.length === 0 && (
        <Empty title={q === '' ? t('No contacts yet') : t('No matches')}>
          {q === '' && t('Contacts who write to this number appear here.')}
        </Empty>
      )}
      {people.map((person) => (
        <Link
          key={person.contact_id}
          className="talk-person"
          href={`/conversations/${person.channel_id}/${person.contact_id}`}
          aria-current={String(person.contact_id) === chosen ? 'true' : undefined}
        >
          <strong dir="auto">{person.name ?? person.phone ?? person.user_id ?? t('Group')}</strong>
          <small>{person.last ? times.short(person.last.created_at) : ''}</small>
          <small>
            {person.last ? (
              <>
                {person.last.direction === 'outbound' && '→ '}
                <Auto>{excerptOf(person.last.type, person.last.content) || person.last.type}</Auto>
              </>
            ) : (
              <Ltr>{person.phone ?? person.user_id ?? person.group_id}</Ltr>
            )}
          </small>
          <WindowMark person={person} brief />
        </Link>
      ))}
      {list.hasNextPage && (
        <Button variant="subtle" fullWidth loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('Earlier')}
        </Button>
      )}
    </nav>
  )
}
