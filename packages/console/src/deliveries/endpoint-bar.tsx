import { Anchor, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { type Tested, useTestResult } from './test-result.ts'
import { useAction } from '../use-action.ts'

/** One endpoint: its URL, its state, and the actions on it. */
export function EndpointBar({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const showTest = useTestResult()
  const fail = (error: Error): unknown => notifications.show({ color: 'red', message: says(error.message) })
  const state = useAction({
    mutationFn: (next: 'active' | 'paused') =>
      api('PATCH', `/admin/channels/${channel.channel_id}`, { webhook_state: next }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['channels'] }),
    onError: fail,
  })
  const test = useAction({
    mutationFn: () => api<Tested>('POST', `/admin/channels/${channel.channel_id}/webhook/test`),
    onSuccess: (tested) => {
      showTest(tested)
      return queries.invalidateQueries({ queryKey: ['channels'] })
    },
    onError: fail,
  })
  const retry = useAction({
    mutationFn: () => api('POST', `/admin/channels/${channel.channel_id}/webhook/retry`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['channels'] }),
    onError: fail,
  })
  return (
    <div className="card endpoint">
      <div className="endpoint-words">
        <strong dir="auto">{channel.name}</strong>
        {channel.webhook_url ? (
          <span className="mono">{channel.webhook_url}</span>
        ) : (
          <Text size="sm" c="dimmed">
            {t('no endpoint')} ·{' '}
            <Anchor component={Link} href={`/channels/${channel.channel_id}`} size="sm">
              {t('Set endpoint')}
            </Anchor>
          </Text>
        )}
        {channel.webhook_state_reason && (
          <Text size="xs" c="dimmed">
            {says(channel.webhook_state_reason)}
          </Text>
        )}
        {channel.webhook_state === 'resting' && channel.webhook_next_attempt_at !== null && (
          <Text size="xs" c="dimmed">
            {t('Resting since {since}. Next attempt: {next}.', {
              since: times.short(channel.webhook_state_since ?? 0),
              next: times.full(channel.webhook_next_attempt_at),
            })}
          </Text>
        )}
      </div>
      {channel.webhook_url && (
        <Group gap="xs">
          <Status value={channel.webhook_state ?? 'none'} />
          <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('Send a test event')}
          </Button>
          {channel.webhook_state === 'resting' && (
            <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
              {t('Try now')}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            loading={state.isPending}
            onClick={() => state.mutate(channel.webhook_state === 'paused' ? 'active' : 'paused')}
          >
            {channel.webhook_state === 'paused' ? t('Resume') : t('Pause')}
          </Button>
        </Group>
      )}
    </div>
  )
}
