import { Anchor, Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { Auto } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel, Endpoint } from '../api.ts'
import { masked } from '../channels/endpoint-card.tsx'
import { useEndpointActions } from '../channels/use-endpoint-actions.ts'
import { useFailingSince } from '../overview/use-incidents.ts'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'

/** With more endpoints than this, those without a problem fold away: the list below is what one came for. */
const FEW = 4

const isWell = ({ state, dead, waiting, last_hour: { success_rate: rate } }: Endpoint): boolean =>
  state === 'active' && dead === 0 && waiting === 0 && (rate === null || rate === 1)

/** The endpoints of the channels, each with how it does and the actions on it. */
export function EndpointBars({
  channels,
  endpoints,
}: {
  channels: readonly Channel[]
  endpoints: readonly Endpoint[]
}) {
  const { t } = useWords()
  const [all, setAll] = useState(false)
  const isFolded = endpoints.length > FEW && !all
  const shown = isFolded ? endpoints.filter((one) => !isWell(one)) : endpoints
  return (
    <>
      {channels
        .filter((channel) => channel.webhook_url === null)
        .map((channel) => (
          <NoEndpoint key={channel.channel_id} channel={channel} />
        ))}
      {channels
        .filter((one) => one.webhook_url !== null && !endpoints.some(({ channel_id }) => channel_id === one.channel_id))
        .slice(0, FEW)
        .map((channel) => (
          // Its endpoints are being loaded: the list below keeps its place.
          <div key={channel.channel_id} className="card endpoint endpoint-coming" aria-hidden />
        ))}
      {shown.map((endpoint) => (
        <EndpointBar
          key={endpoint.endpoint_id}
          endpoint={endpoint}
          channel={channels.find((one) => one.channel_id === endpoint.channel_id)}
        />
      ))}
      {endpoints.length > FEW && (
        <Button size="compact-sm" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('Show only endpoints with a problem') : t('Show all {n} endpoints', { n: endpoints.length })}
        </Button>
      )}
    </>
  )
}

function NoEndpoint({ channel }: { channel: Channel }) {
  const { t } = useWords()
  return (
    <div className="card endpoint">
      <div className="endpoint-words">
        <strong dir="auto">{channel.name}</strong>
        <Text size="sm" c="dimmed">
          {t('no endpoint')} ·{' '}
          <Anchor component={Link} href={`/channels/${channel.channel_id}`} size="sm">
            {t('Set endpoint')}
          </Anchor>
        </Text>
      </div>
    </div>
  )
}

function EndpointBar({ endpoint, channel }: { endpoint: Endpoint; channel: Channel | undefined }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { channel_id: channelId, endpoint_id: id } = endpoint
  return (
    <article className="card endpoint" aria-label={endpoint.name}>
      <div className="endpoint-words">
        <strong>
          <Anchor component={Link} href={`/channels/${channelId}?endpoint=${id}`} inherit>
            <Auto>{endpoint.name}</Auto>
          </Anchor>{' '}
          ·{' '}
          <Anchor component={Link} href={`/channels/${channelId}`} inherit>
            <Auto>{channel?.name ?? channelId}</Auto>
          </Anchor>
        </strong>
        <span className="mono" dir="ltr">
          {masked(endpoint.url)}
        </span>
        {endpoint.state_reason && (
          <Text size="xs" c="dimmed">
            {says(endpoint.state_reason)}
          </Text>
        )}
        {endpoint.state === 'resting' && endpoint.next_attempt_at !== null && (
          <Text size="xs" c="dimmed">
            {t('Resting since {since}. Next attempt: {next}.', {
              since: times.short(endpoint.since),
              next: times.full(endpoint.next_attempt_at),
            })}
          </Text>
        )}
        <LastHour endpoint={endpoint} />
      </div>
      <Actions endpoint={endpoint} />
    </article>
  )
}

/** The last hour over all nodes, and what waits. */
function LastHour({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useWords()
  const times = useTimes()
  const failingSince = useFailingSince(endpoint)
  const { last_hour: hour, waiting, dead, oldest_waiting_at: oldest } = endpoint
  const there = `channel=${endpoint.channel_id}&endpoint=${endpoint.endpoint_id}`
  const n = times.number(waiting)
  return (
    <Group gap="4px 14px" mt={4} className="endpoint-hour">
      <Text size="sm" component="span">
        {hour.success_rate === null
          ? t('Last hour: no attempts')
          : t('Last hour: {rate} of {n} succeeded', {
              rate: `${Math.round(hour.success_rate * 1000) / 10} %`,
              n: times.number(hour.attempts),
            })}
      </Text>
      {hour.latency_ms !== null && (
        <Text size="sm" component="span">
          {t('{half} ms for half, {most} ms for 95 %', { half: hour.latency_ms.p50, most: hour.latency_ms.p95 })}
        </Text>
      )}
      {failingSince !== undefined && (
        <span className="status" data-tone="bad">
          {t('Failing since {time}', { time: times.short(failingSince) })}
        </span>
      )}
      {waiting > 0 && (
        <Anchor component={Link} href={`/deliveries?state=pending&${there}`} size="sm">
          {oldest === null
            ? t('{n} waiting', { n })
            : t('{n} waiting, the oldest since {time}', { n, time: times.short(oldest) })}
        </Anchor>
      )}
      {dead > 0 && (
        <Anchor component={Link} href={`/deliveries?state=dead&${there}`} size="sm">
          {t('{n} dead', { n: times.number(dead) })}
        </Anchor>
      )}
    </Group>
  )
}

function Actions({ endpoint }: { endpoint: Endpoint }) {
  const { t } = useWords()
  const { isPaused, turn, retry, test } = useEndpointActions(endpoint)
  const button = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Group gap="xs">
      <Status value={endpoint.state} />
      <Button {...button} loading={test.isPending} onClick={() => test.mutate()}>
        {t('Send a test event')}
      </Button>
      {endpoint.state === 'resting' && (
        <Button {...button} loading={retry.isPending} onClick={() => retry.mutate()}>
          {t('Try now')}
        </Button>
      )}
      <Button {...button} loading={turn.isPending} onClick={() => turn.mutate()}>
        {isPaused ? t('Resume') : t('Pause')}
      </Button>
    </Group>
  )
}
