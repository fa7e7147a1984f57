import { Button, Group, Modal, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect, useRef } from 'react'
import { Link, useSearchParams } from 'wouter'
import { auto } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Endpoint } from '../api.ts'
import { useFailingSince } from '../overview/use-incidents.ts'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'
import { EndpointForm } from './endpoint-form.tsx'
import { useEndpointActions } from './use-endpoint-actions.ts'

/** One endpoint: its settings, its state, its last hour, and the actions on it. */
export function EndpointCard({ endpoint, onSecret }: { endpoint: Endpoint; onSecret: (secret: string) => void }) {
  const { t, says } = useWords()
  const [editing, edit] = useDisclosure()
  const named = { name: auto(endpoint.name) }
  const [params] = useSearchParams()
  const isAsked = params.get('endpoint') === endpoint.endpoint_id
  const card = useRef<HTMLElement>(null)
  // A link to an endpoint, as of an incident, shows it and puts the focus there.
  useEffect(() => {
    if (isAsked) card.current?.focus()
  }, [isAsked])
  return (
    <article className="endpoint-card" aria-label={endpoint.name} ref={card} tabIndex={-1}>
      <Group gap="xs" justify="space-between" wrap="nowrap">
        <Title order={3} size="h5" className="endpoint-name" dir="auto">
          {endpoint.name}
        </Title>
        <Status value={endpoint.state} />
      </Group>
      <Text size="sm" className="mono endpoint-url" dir="ltr">
        {masked(endpoint.url)}
      </Text>
      {endpoint.state_reason && (
        <Text size="xs" c="dimmed">
          {says(endpoint.state_reason)}
        </Text>
      )}
      <Facts endpoint={endpoint} />
      <Actions endpoint={endpoint} onEdit={edit.open} onSecret={onSecret} />
      <Modal opened={editing} onClose={edit.close} title={t('Edit {name}', named)}>
        <EndpointForm channelId={endpoint.channel_id} endpoint={endpoint} onDone={edit.close} />
      </Modal>
    </article>
  )
}

/** An address without what may be a secret in it: a password, and the values of its query. */
export function masked(text: string): string {
  if (!URL.canParse(text)) return text
  const url = new URL(text)
  const user = url.username === '' ? '' : `${url.username}${url.password === '' ? '' : ':***'}@`
  return `${url.protocol}//${user}${url.host}${url.pathname}${url.search === '' ? '' : '?…'}`
}

function Facts({ endpoint }: { endpoint: Endpoint }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { last_answer: last, last_hour: hour } = endpoint
  const failingSince = useFailingSince(endpoint)
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`
  const filters = [...(endpoint.events ?? []), ...(endpoint.types ?? []), ...(endpoint.statuses ?? [])]
  const facts: [string, string | null][] = [
    [t('Format'), endpoint.format === 'meta' ? t('Meta’s webhooks') : 'Postern'],
    [t('Filters'), filters.length === 0 ? t('all events') : filters.join(', ')],
    [t('Headers'), endpoint.headers.length === 0 ? null : endpoint.headers.join(', ')],
    [t('Since'), times.short(endpoint.since)],
    [t('Failing since'), failingSince === undefined ? null : times.short(failingSince)],
    [t('Next attempt'), endpoint.next_attempt_at === null ? null : times.full(endpoint.next_attempt_at)],
    [
      t('Last answer'),
      last === null
        ? '—'
        : `${last.status ?? (last.problem === null ? t('no answer') : says(last.problem))} · ${last.duration_ms} ms · ${times.short(last.at)}`,
    ],
    [
      t('Last hour'),
      hour.success_rate === null
        ? t('no attempts')
        : t('{rate} of {n} succeeded', { rate: percent(hour.success_rate), n: times.number(hour.attempts) }),
    ],
    [
      t('Latency'),
      hour.latency_ms === null
        ? null
        : t('{half} ms for half, {most} ms for 95 %', { half: hour.latency_ms.p50, most: hour.latency_ms.p95 }),
    ],
    [
      t('Waiting'),
      endpoint.oldest_waiting_at === null || endpoint.waiting === 0
        ? times.number(endpoint.waiting)
        : t('{n}, the oldest since {time}', {
            n: times.number(endpoint.waiting),
            time: times.short(endpoint.oldest_waiting_at),
          }),
    ],
    [t('Dead'), endpoint.dead === 0 ? null : times.number(endpoint.dead)],
  ]
  return (
    <dl className="facts endpoint-facts">
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd dir="auto">{value}</dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Actions(props: { endpoint: Endpoint; onEdit: () => void; onSecret: (secret: string) => void }) {
  const { endpoint, onEdit, onSecret } = props
  const { t } = useWords()
  const [removing, remove] = useDisclosure()
  const { at, refresh, onError, isPaused, turn, retry, test } = useEndpointActions(endpoint)
  const rotate = useAction({
    mutationFn: () => api<{ secret: string }>('POST', `${at}/rotate-secret`),
    onSuccess: ({ secret }) => onSecret(secret),
    onError,
  })
  const drop = useAction({ mutationFn: () => api('DELETE', at), onSuccess: refresh, onError })
  const button = { size: 'compact-sm', variant: 'default' } as const
  return (
    <Group gap="xs" mt="sm">
      <Button {...button} onClick={onEdit}>
        {t('Edit')}
      </Button>
      <Button {...button} loading={test.isPending} onClick={() => test.mutate()}>
        {t('Send a test event')}
      </Button>
      {!isPaused && (
        <Button {...button} loading={retry.isPending} onClick={() => retry.mutate()}>
          {t('Try now')}
        </Button>
      )}
      <Button {...button} loading={turn.isPending} onClick={() => turn.mutate()}>
        {isPaused ? t('Resume') : t('Pause')}
      </Button>
      <Button {...button} loading={rotate.isPending} onClick={() => rotate.mutate()}>
        {t('Rotate the secret')}
      </Button>
      <Button
        {...button}
        component={Link}
        href={`/deliveries?channel=${endpoint.channel_id}&endpoint=${endpoint.endpoint_id}`}
      >
        {t('Deliveries')}
      </Button>
      <Button
        {...button}
        component={Link}
        href={`/deliveries?channel=${endpoint.channel_id}&endpoint=${endpoint.endpoint_id}&replay=1`}
      >
        {t('Replay…')}
      </Button>
      <Button size="compact-sm" variant="subtle" color="red" onClick={remove.open}>
        {t('Remove')}
      </Button>
      <Modal opened={removing} onClose={remove.close} title={t('Remove {name}', { name: auto(endpoint.name) })}>
        <Text size="sm" mb="md">
          {t('Events that wait for it are not delivered. The events stay, also for other endpoints.')}
        </Text>
        <Button color="red" loading={drop.isPending} onClick={() => drop.mutate()}>
          {t('Remove endpoint')}
        </Button>
      </Modal>
    </Group>
  )
}
