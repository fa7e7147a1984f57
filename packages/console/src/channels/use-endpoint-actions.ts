import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Endpoint } from '../api.ts'
import { type Tested, useTestResult } from '../deliveries/test-result.ts'
import { useAction } from '../use-action.ts'

/** What an operator does to an endpoint at any of its places: pause or resume, try now, send a test event. */
export function useEndpointActions(endpoint: Endpoint) {
  const { says } = useWords()
  const queries = useQueryClient()
  const showTest = useTestResult()
  const at = `/admin/channels/${endpoint.channel_id}/endpoints/${endpoint.endpoint_id}`
  const refresh = () =>
    Promise.all(['endpoints', 'channels'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
  const onError = (error: Error): unknown => notifications.show({ color: 'red', message: says(error.message) })
  const isPaused = endpoint.state === 'paused'
  const turn = useAction({
    mutationFn: () => api('PATCH', at, { state: isPaused ? 'active' : 'paused' }),
    onSuccess: refresh,
    onError,
  })
  const retry = useAction({ mutationFn: () => api('POST', `${at}/retry`), onSuccess: refresh, onError })
  const test = useAction({
    mutationFn: () => api<Tested>('POST', `${at}/test`),
    onSuccess: (tested) => {
      showTest(tested)
      return refresh()
    },
    onError,
  })
  return { at, refresh, onError, isPaused, turn, retry, test }
}
