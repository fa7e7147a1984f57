import { Anchor, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useWords } from '../../shared/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { Status } from '../status.tsx'

/** One endpoint: where it is, how it fares, and the three things one can do to it. */
export function EndpointBar({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const fail = (error: Error): unknown => notifications.show({ color: 'red', message: says(error.message) })
  const state = useMutation({
    mutationFn: (next: 'active' | 'paused') =>
      api('PATCH', `/admin/channels/${channel.channel_id}`, { webhook_state: next }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['channels'] }),
    onError: fail,
  })
  const test = useMutation({
    mutationFn: () => api('POST', `/admin/channels/${channel.channel_id}/webhook/test`),
    onSuccess: () => {
      notifications.show({ message: t('A test event is on its way.') })
      return queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
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
              {t('Set one')}
            </Anchor>
          </Text>
        )}
        {channel.webhook_state_reason && (
          <Text size="xs" c="dimmed">
            {says(channel.webhook_state_reason)}
          </Text>
        )}
      </div>
      {channel.webhook_url && (
        <Group gap="xs">
          <Status value={channel.webhook_state ?? 'none'} />
          <Button size="compact-sm" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
            {t('Send a test event')}
          </Button>
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
