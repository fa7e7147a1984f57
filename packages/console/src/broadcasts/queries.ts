import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { api } from '../api.ts'
import { isMoving, type Broadcast, type BroadcastDetail, type RecipientsFile, type Report } from './types.ts'

/** A check of a million rows takes up to a minute; on a busy machine longer. */
const CHECK_MS = 280_000
const MOVING_MS = 1_000
const RESTING_MS = 8_000

/** Statuses of the last messages come soon after the end. */
const SETTLES_FOR_S = 120

const isChanging = ({ state, finished_at: at, counts }: BroadcastDetail): boolean =>
  isMoving(state) ||
  (at !== null && Date.now() / 1000 - at < SETTLES_FOR_S && counts.delivered + counts.undelivered < counts.accepted)

export const placeOf = (channelId: number | string, id?: string): string =>
  `/admin/channels/${channelId}/broadcasts${id === undefined ? '' : `/${id}`}`

export function useBroadcasts(channelId: number | undefined) {
  return useQuery({
    queryKey: ['broadcasts', channelId],
    queryFn: () => api<Broadcast[]>('GET', placeOf(channelId!), undefined, { count: 100 }),
    enabled: channelId !== undefined,
    refetchInterval: ({ state }) => (state.data?.some((one) => isMoving(one.state)) ? MOVING_MS : RESTING_MS),
  })
}

export function useBroadcast(channelId: number, id: string) {
  return useQuery({
    queryKey: ['broadcast', channelId, id],
    queryFn: () => api<BroadcastDetail>('GET', placeOf(channelId, id)),
    refetchInterval: ({ state }) => (state.data && isChanging(state.data) ? MOVING_MS : RESTING_MS),
  })
}

export function useFile(channelId: number | undefined, fileId: string | null) {
  return useQuery({
    queryKey: ['recipients-file', channelId, fileId],
    queryFn: () => api<RecipientsFile>('GET', `/admin/channels/${channelId}/broadcast-files/${fileId}`),
    enabled: channelId !== undefined && fileId !== null,
    staleTime: Infinity,
  })
}

/** The report of the last check. A draft is checked first. */
export function useReport(channelId: number, draft: Pick<Broadcast, 'id' | 'state' | 'checked_at' | 'skip_bad'>) {
  const queries = useQueryClient()
  return useQuery({
    queryKey: ['broadcast-report', channelId, draft.id, draft.state === 'draft' ? null : draft.checked_at],
    queryFn: async () => {
      if (draft.state !== 'draft') return api<Report>('GET', `${placeOf(channelId, draft.id)}/check`)
      return runCheck(channelId, draft.id).finally(
        () => void queries.invalidateQueries({ queryKey: ['broadcast', channelId, draft.id] }),
      )
    },
    retry: false,
    staleTime: Infinity,
    placeholderData: (before) => before,
  })
}

export const runCheck = (channelId: number, id: string): Promise<Report> =>
  api<Report>('POST', `${placeOf(channelId, id)}/check`, {}, {}, AbortSignal.timeout(CHECK_MS))

/** A change that runs once, however often its button is pressed before the page is drawn again. */
export function useOnce<Given, Answer>(
  change: (given: Given) => Promise<Answer>,
  onSuccess: (answer: Answer, given: Given) => unknown,
) {
  const running = useRef(false)
  const mutation = useMutation({
    mutationFn: change,
    onSuccess,
    onSettled: () => {
      running.current = false
    },
  })
  return {
    ...mutation,
    run(given: Given): void {
      if (running.current) return
      running.current = true
      mutation.mutate(given)
    },
  }
}

export function useRefresh(channelId: number, id: string): () => Promise<unknown> {
  const queries = useQueryClient()
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['broadcast', channelId, id] }),
      queries.invalidateQueries({ queryKey: ['broadcasts', channelId] }),
    ])
}
