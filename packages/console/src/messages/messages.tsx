import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel, type Message } from '../api.ts'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { useColumns } from '../list/columns.ts'
import { allRows, saveAs, textOf, type Format } from '../list/export-rows.ts'
import { listCall } from '../list/calls.ts'
import { ListTools } from '../list/list-tools.tsx'
import { excerptOf } from './excerpt.ts'
import { leaveList, leftAt } from './left-list.ts'
import { AT_FIRST, COLUMNS } from './message-columns.ts'
import { MessageRows } from './message-rows.tsx'

const PAGE = 100
const NONE: Channel[] = []
const word = (text: string): string => text
const STATUSES = [
  word('received'),
  word('sending'),
  word('unknown'),
  word('accepted'),
  word('sent'),
  word('delivered'),
  word('read'),
  word('played'),
  word('failed'),
]
/** A message that came at least this far: the overview's numbers count so. */
const REACHED: Record<string, string> = {
  'sent+': word('sent or further'),
  'delivered+': word('delivered or further'),
  'read+': word('read or further'),
}

type Filter = { words: string; status: string; error: string; channel: string; from: string; to: string }
const KEYS = ['words', 'status', 'error', 'channel', 'from', 'to'] as const

/** Long: filters, list and drawer show one selection. */
export function Messages() {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const channels = useChannels()
  const [filter, setState] = useState<Filter>(
    () => Object.fromEntries(KEYS.map((key) => [key, params.get(key) ?? ''])) as Filter,
  )
  const [settled] = useDebouncedValue(filter, 250)

  function setFilter(change: Partial<Filter>): void {
    const next = { ...filter, ...change }
    setState(next)
    // The address contains the search, so that it can be shared and the browser's Back finds it.
    setParams(Object.fromEntries(KEYS.flatMap((key) => (next[key] === '' ? [] : [[key, next[key]]]))), {
      replace: true,
    })
  }

  const pace = usePace(3_000)
  const asked = params.toString()
  const [columns, setColumns] = useColumns('messages', COLUMNS, AT_FIRST)
  // A list that was paused for one search follows again with the next.
  const [paused, setPaused] = useState<{ search: string; at: number }>()
  const pausedAt = paused?.search === asked ? paused.at : undefined
  const messages = useInfiniteQuery({
    queryKey: ['messages', settled],
    enabled: pausedAt === undefined,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => pageOf(settled, pageParam),
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.reference),
    // A user far down the list reads old messages. Only the newest page is refreshed.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? pace : false),
    placeholderData: (before) => before,
    // Comparing all pages with each new one would cost more than it saves.
    structuralSharing: false,
  })
  // A link into this page has a search of its own. A search that was typed here is already in the form.
  useEffect(() => {
    leaveList(asked, leftAt(asked))
    setState(Object.fromEntries(KEYS.map((key) => [key, new URLSearchParams(asked).get(key) ?? ''])) as Filter)
  }, [asked])
  const times = useTimes()
  const count = messages.data?.pages.reduce((sum, page) => sum + page.length, 0) ?? 0
  const isFiltered = KEYS.some((key) => filter[key] !== '')

  return (
    <>
      <PageHead title={t('Messages')} term="message" />
      <Group gap="sm" mb="md" align="flex-end" role="search">
        <TextInput
          className="grow"
          label={t('Number, name, business-scoped id or wamid')}
          placeholder="85268411234, wamid.…, msg_…"
          value={filter.words}
          onChange={(event) => setFilter({ words: event.currentTarget.value })}
        />
        <Select
          label={t('Status')}
          data={[
            ...STATUSES.map((status) => ({ value: status, label: t(status) })),
            ...Object.entries(REACHED).map(([value, label]) => ({ value, label: t(label) })),
          ]}
          value={filter.status || null}
          onChange={(value) => setFilter({ status: value ?? '' })}
          clearable
          w={170}
        />
        <TextInput
          label={t('Error code')}
          inputMode="numeric"
          value={filter.error}
          onChange={(event) => setFilter({ error: event.currentTarget.value.replace(/\D/g, '') })}
          w={110}
        />
        {(channels.data?.length ?? 0) > 1 && (
          <Select
            label={t('Channel')}
            data={channels.data!.map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={filter.channel || null}
            onChange={(value) => setFilter({ channel: value ?? '' })}
            clearable
            w={160}
          />
        )}
        <TextInput
          type="datetime-local"
          label={t('From')}
          value={filter.from}
          onChange={(event) => setFilter({ from: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t('Until')}
          value={filter.to}
          onChange={(event) => setFilter({ to: event.currentTarget.value })}
        />
        {isFiltered && (
          <Button
            variant="default"
            onClick={() => setFilter({ words: '', status: '', error: '', channel: '', from: '', to: '' })}
          >
            {t('Clear')}
          </Button>
        )}
      </Group>
      {messages.isPending ? (
        <Waiting />
      ) : messages.isLoadingError ? (
        <Failed error={messages.error} retry={() => void messages.refetch()} />
      ) : messages.data.pages[0]!.length === 0 ? (
        <Empty title={isFiltered ? t('No matches') : t('No messages yet')}>
          {isFiltered
            ? t('Clear a filter or change the dates.')
            : t('Send the first message from the composer, or write from a phone.')}
        </Empty>
      ) : (
        <>
          <Text size="sm" c="dimmed" mb={6} role="status">
            {messages.hasNextPage
              ? t('The newest {n} messages; more while you scroll', { n: times.number(count) })
              : count === 1
                ? t('1 message')
                : t('{n} messages', { n: times.number(count) })}
            {' · '}
            {t('times in {zone}', { zone: times.zone })}
          </Text>
          <ListTools
            list="messages"
            columns={COLUMNS}
            shown={columns}
            onShown={setColumns}
            pausedAt={pausedAt}
            onPause={(at) => setPaused(at === undefined ? undefined : { search: asked, at })}
            onExport={(format, signal) => exportMessages(settled, format, signal)}
            call={listCall(location.origin, '/admin/messages/search', { ...queryOf(settled), count: PAGE })}
          />
          <MessageRows
            search={asked}
            columns={columns}
            channels={channels.data ?? NONE}
            pages={messages.data.pages}
            hasMore={messages.hasNextPage}
            onEnd={() => {
              if (!messages.isFetchingNextPage) void messages.fetchNextPage()
            }}
          />
        </>
      )}
    </>
  )
}

const pageOf = (filter: Filter, last: string | undefined): Promise<Message[]> =>
  api<Message[]>('GET', '/admin/messages/search', undefined, { ...queryOf(filter), last_id: last, count: PAGE })

async function exportMessages(
  filter: Filter,
  format: Format,
  signal: AbortSignal,
): Promise<{ rows: number; isCut: boolean }> {
  const { rows, isCut } = await allRows<Message>((last) => pageOf(filter, last?.reference), PAGE, signal)
  const text = textOf(format, rows, {
    time: ({ created_at }) => new Date(created_at * 1000).toISOString(),
    direction: ({ direction }) => direction,
    channel_id: ({ channel_id }) => channel_id,
    contact: ({ contact }) => contact,
    name: ({ name }) => name,
    type: ({ type }) => type,
    text: ({ type, content }) => excerptOf(type, content),
    status: ({ status }) => status,
    error_code: ({ error }) => error?.code,
    error: ({ error }) => error?.error_data?.details ?? error?.title,
    msg_id: ({ msg_id }) => msg_id,
    reference: ({ reference }) => reference,
  })
  saveAs('messages', format, text)
  return { rows: rows.length, isCut }
}

function queryOf(filter: Filter): Record<string, string | number | undefined> {
  const words = filter.words.trim()
  const isId = /^(wamid\.|msg_)/.test(words)
  return {
    id: isId ? words : undefined,
    contact: isId ? undefined : words,
    ...(filter.status in REACHED ? { reached: filter.status.slice(0, -1) } : { status: filter.status }),
    error: filter.error,
    channel_id: filter.channel,
    from: secondsOf(filter.from),
    to: secondsOf(filter.to),
  }
}

function secondsOf(local: string): number | undefined {
  const ms = local === '' ? Number.NaN : new Date(local).getTime()
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000)
}
