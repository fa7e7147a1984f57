import { useQuery } from '@tanstack/react-query'
import type { CatalogEntry } from '../../gateway/src/domain/templates/catalog-entry.ts'
import { api, type Channel } from './api.ts'
import { usePace } from './live.ts'

export function useChannels() {
  const pace = usePace(10_000)
  return useQuery({
    queryKey: ['channels'],
    queryFn: () => api<Channel[]>('GET', '/admin/channels'),
    refetchInterval: pace,
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
