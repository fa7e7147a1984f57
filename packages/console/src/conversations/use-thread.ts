import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, type Message } from '../api.ts'
import { usePace } from '../live.ts'
import { joinedMessages, type ThreadPage } from './thread-pages.ts'

const PAGE = 60

type Place = { before?: string; since?: string; around?: string }

/**
 * The messages of a contact: the newest ones, or those around one message (`at`). Both grow towards older messages, the
 * second towards newer ones, too.
 */
export function useThread(channelId: number, contactId: number, at: string | undefined) {
  const queries = useQueryClient()
  const pace = usePace(1_500)
  const read = (more: Record<string, string | number>): Promise<Message[]> =>
    api<Message[]>('GET', '/admin/messages/search', undefined, {
      channel_id: channelId,
      contact_id: contactId,
      count: PAGE,
      ...more,
    })

  const pages = useInfiniteQuery({
    queryKey: ['thread', channelId, contactId, at],
    initialPageParam: (at === undefined ? {} : { around: at }) as Place,
    queryFn: async ({ pageParam: { before, since, around } }): Promise<ThreadPage> => {
      if (around !== undefined) {
        const [newer, older] = await Promise.all([
          read({ since_id: around, count: PAGE / 2 }),
          read({ last_id: around, count: PAGE / 2 }),
        ])
        // A message that was erased has no place: the newest ones are shown.
        if (newer.at(-1)?.reference !== around) return { messages: await read({}), newer: false, older: true }
        return { messages: [...newer, ...older], newer: newer.length >= PAGE / 2, older: older.length >= PAGE / 2 }
      }
      const messages = await read({ ...(before && { last_id: before }), ...(since && { since_id: since }) })
      const isFull = messages.length >= PAGE
      return { messages, newer: since !== undefined && isFull, older: since === undefined && isFull }
    },
    getNextPageParam: (last): Place | undefined =>
      last.older && last.messages.length > 0 ? { before: last.messages.at(-1)!.reference } : undefined,
    getPreviousPageParam: (first): Place | undefined =>
      first.newer ? { since: first.messages[0]!.reference } : undefined,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? pace : false),
  })
  const { data, hasPreviousPage } = pages
  const count = data?.pages.length ?? 0

  // Several pages are not asked for again. What is new is.
  const key = ['thread', channelId, contactId, 'newest', at]
  const newest = useQuery({
    queryKey: key,
    enabled: count > 0 && !hasPreviousPage && (count > 1 || at !== undefined),
    refetchInterval: pace,
    queryFn: async () => joinedMessages([queries.getQueryData<Message[]>(key) ?? [], await read({})]),
  })
  const head = newest.data
  const all = useMemo(
    () => joinedMessages([...(data?.pages.map(({ messages }) => messages) ?? []), head ?? []]),
    [data, head],
  )
  return { ...pages, all }
}
