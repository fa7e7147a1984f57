import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import {
  api,
  type Channel,
  type Delivery,
  type Found as FoundWords,
  type Hit,
  type Message,
  type Person,
} from '../api.ts'
import type { Broadcast } from '../broadcasts/types.ts'
import { isSearchable, searchOf } from '../conversations/inbox-filter.ts'
import { useChannels } from '../queries.ts'
import { useTimes } from '../time.ts'
import { isNamed, meaningsOf, type Meaning } from './meaning.ts'

export type Entry = {
  key: string
  title: string
  note: string
  act: string | (() => void)
  /** Instead of the title: with the words that were found. */
  pieces?: Hit['excerpt']
}

const MOST_CHANNELS = 8
const MOST_CONTACTS = 6
const MOST_HITS = 5

const MOST_BROADCASTS = 4
/** The newest of each channel are looked through. */
const BROADCASTS_OF_EACH = 100

type Found = {
  messages: Message[]
  events: Delivery[]
  people: Person[]
  hits: Hit[]
  broadcasts: (Broadcast & { channel_id: number })[]
}

async function broadcastsNamed(words: string, channels: readonly Channel[]): Promise<Found['broadcasts']> {
  const of = async ({ channel_id }: Channel): Promise<Found['broadcasts']> => {
    const path = `/admin/channels/${channel_id}/broadcasts`
    const all = await api<Broadcast[]>('GET', path, undefined, { count: BROADCASTS_OF_EACH })
    return all
      .filter(({ id, name }) => id === words || (name !== null && isNamed(words, name)))
      .map((one) => ({ ...one, channel_id }))
  }
  return (await Promise.all(channels.slice(0, MOST_CHANNELS).map(of))).flat().slice(0, MOST_BROADCASTS)
}

async function find(meanings: readonly Meaning[], channels: readonly Channel[]): Promise<Found> {
  const found: Found = { messages: [], events: [], people: [], hits: [], broadcasts: [] }
  for (const meaning of meanings) {
    if (meaning.kind === 'message')
      found.messages = await api<Message[]>('GET', '/admin/messages/search', undefined, { id: meaning.id })
    if (meaning.kind === 'event')
      found.events = await api<Delivery[]>('GET', '/admin/deliveries', undefined, { id: meaning.id }).catch(() => [])
    if (meaning.kind === 'contact') {
      found.broadcasts = await broadcastsNamed(meaning.words, channels)
      const of = (channel: Channel): Promise<Person[]> =>
        api<{ conversations: Person[] }>('GET', '/admin/conversations', undefined, {
          channel_id: channel.channel_id,
          q: meaning.words,
        }).then(({ conversations }) => conversations)
      if (isSearchable(meaning.words))
        found.hits = await api<FoundWords>('GET', '/admin/conversations/search', undefined, {
          q: meaning.words,
          count: MOST_HITS,
        }).then(({ messages }) => messages)
      found.people = (await Promise.all(channels.slice(0, MOST_CHANNELS).map(of))).flat().slice(0, MOST_CONTACTS)
    }
  }
  return found
}

/** What the gateway has under the typed text: a message, an event, an error code, contacts and channels. */
export function useFound(text: string): { entries: Entry[]; isAsking: boolean } {
  const { t } = useWords()
  const times = useTimes()
  const [settled] = useDebouncedValue(text, 150)
  const channels = useChannels().data ?? []
  const meanings = meaningsOf(settled)
  const found = useQuery({
    queryKey: ['palette', settled, channels.length],
    queryFn: () => find(meanings, channels),
    enabled: meanings.length > 0,
  })
  const { messages = [], events = [], people = [], hits = [], broadcasts = [] } = found.data ?? {}
  const nameOf = (id: number): string => channels.find((one) => one.channel_id === id)?.name ?? ''
  const code = meanings.find((one) => one.kind === 'code')
  const words = meanings.find((one) => one.kind === 'contact')?.words
  const entries: Entry[] = [
    ...messages.map((one) => ({
      key: one.reference,
      title: `${t('Message')} ${one.type} · ${t(one.status)}`,
      note: one.reference,
      act: `/messages/${one.reference}`,
    })),
    ...events.slice(0, 1).map((one) => ({
      key: one.id,
      title: `${t('Event')} ${one.event}`,
      note: one.id,
      act: `/deliveries?id=${encodeURIComponent(one.id)}`,
    })),
    ...broadcasts.map((one) => ({
      key: one.id,
      title: one.name ?? one.id,
      note: `${t('Broadcast')} · ${t(one.state)}`,
      act: `/broadcasts/${one.channel_id}/${one.id}`,
    })),
    ...people.map((one) => ({
      key: `${one.channel_id} ${one.contact_id}`,
      title: one.name ?? one.phone ?? one.user_id ?? t('Group'),
      note: [one.phone && `+${one.phone}`, nameOf(one.channel_id)].filter(Boolean).join(' · '),
      act: `/conversations/${one.channel_id}/${one.contact_id}`,
    })),
    ...hits.map((one) => ({
      key: one.reference,
      title: one.excerpt.map(({ text: words }) => words).join(''),
      pieces: one.excerpt,
      note: [one.name ?? one.phone ?? one.user_id, times.day(one.created_at)].filter(Boolean).join(' · '),
      act: `/conversations/${one.channel_id}/${one.contact_id}?at=${one.reference}`,
    })),
    ...(words !== undefined
      ? [
          {
            key: 'words',
            title: t('Search all conversations for “{words}”', { words }),
            note: t('Conversations'),
            act: `/conversations${searchOf({ channels: [], show: undefined, words: words.slice(0, 100) })}`,
          },
        ]
      : []),
    ...(code
      ? [
          {
            key: `code ${code.code}`,
            title: t('Failures with code {code}', { code: code.code }),
            note: t('Messages'),
            act: `/messages?error=${code.code}`,
          },
        ]
      : []),
  ]
  return { entries, isAsking: text !== settled || found.isFetching }
}
