import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { CatalogEntry } from '../../gateway/src/domain/templates/catalog-entry.ts'
import { api, type Channel, type Session, type WholePerson } from './api.ts'
import { usePace } from './live.ts'

export function useChannels() {
  const pace = usePace(10_000)
  return useQuery({
    queryKey: ['channels'],
    queryFn: () => api<Channel[]>('GET', '/admin/channels'),
    refetchInterval: pace,
  })
}

/** The signed-in user. */
export function useMe(): NonNullable<Session['user']> | undefined {
  return useQueryClient().getQueryData<Session>(['session'])?.user
}

/** True for a user who may answer. */
export const mayAnswer = (user: Session['user']): boolean => user !== undefined && user.role !== 'viewer'

export function usePerson(channelId: number, contactId: number) {
  return useQuery({
    queryKey: ['person', channelId, contactId],
    queryFn: () => api<WholePerson>('GET', `/admin/conversations/${channelId}/${contactId}`),
    refetchInterval: usePace(3_000),
  })
}

export function useTemplates(channelId: number | undefined) {
  const pace = usePace(10_000)
  return useQuery({
    queryKey: ['templates', channelId],
    queryFn: () =>
      api<{ synced_at: number; templates: CatalogEntry[] }>('GET', `/admin/channels/${channelId}/templates`),
    enabled: channelId !== undefined,
    refetchInterval: pace,
  })
}
