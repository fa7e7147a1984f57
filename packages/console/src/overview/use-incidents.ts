import { useQuery } from '@tanstack/react-query'
import { api, type Incident } from '../api.ts'

const LOOK_EVERY_MS = 5_000
const MOST = 100

/** The open incidents, the worst first. */
export const useIncidents = () =>
  useQuery({
    queryKey: ['incidents'],
    queryFn: () => api<Incident[]>('GET', '/admin/incidents', undefined, { state: 'open', count: MOST }),
    refetchInterval: LOOK_EVERY_MS,
  })
