import { useQuery } from '@tanstack/react-query'
import { api, type Endpoint, type Incident } from '../api.ts'

const LOOK_EVERY_MS = 5_000
const MOST = 100

/** The open incidents, the worst first. */
export const useIncidents = () =>
  useQuery({
    queryKey: ['incidents'],
    queryFn: () => api<Incident[]>('GET', '/admin/incidents', undefined, { state: 'open', count: MOST }),
    refetchInterval: LOOK_EVERY_MS,
  })

/** When the open incident of an endpoint that takes nothing began. */
export function useFailingSince({ endpoint_id: id }: Pick<Endpoint, 'endpoint_id'>): number | undefined {
  const { data = [] } = useIncidents()
  return data.find((one) => one.kind === 'endpoint_failing' && one.endpoint_id === id)?.since
}
