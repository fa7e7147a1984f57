import { useQuery } from '@tanstack/react-query'
import type { CatalogEntry } from '../../src/templates/catalog-entry.ts'
import { api, type Channel } from './api.ts'

export function useChannels() {
  return useQuery({
    queryKey: ['channels'],
    queryFn: () => api<Channel[]>('GET', '/admin/channels'),
    refetchInterval: 10_000,
  })
}

export function useTemplates(channelId: number | undefined) {
  return useQuery({
    queryKey: ['templates', channelId],
    queryFn: () =>
      api<{ synced_at: number; templates: CatalogEntry[] }>('GET', `/admin/channels/${channelId}/templates`),
    enabled: channelId !== undefined,
    refetchInterval: 10_000,
  })
}
