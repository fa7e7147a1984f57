import { LRUCache } from 'lru-cache'
import type { EndpointFilter } from '../../domain/channels/endpoint.ts'
import type { EndpointRow } from './rows.ts'

/** An endpoint's row as the engines read it. */
export type StoredEndpoint = Omit<EndpointRow, 'filter'> & { filter: string | null }

export const endpointOf = ({ filter, ...row }: StoredEndpoint): EndpointRow => ({
  ...row,
  filter: filter === null ? null : filterOf(filter),
})

// Each batch reads its endpoints anew, and filters seldom change.
const filters = new LRUCache<string, EndpointFilter>({ max: 1000 })

function filterOf(text: string): EndpointFilter {
  let filter = filters.get(text)
  if (!filter) filters.set(text, (filter = JSON.parse(text) as EndpointFilter))
  return filter
}
