import { Anchor, Button, Checkbox, Group, Table, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Auto } from '../../../ui/src/direction.tsx'
import { api, type Channel, type Delivery, type Endpoint } from '../api.ts'
import { Json } from '../json.tsx'
import type { Column } from '../list/columns.ts'
import { Status } from '../status.tsx'
import { Term } from '../term.tsx'
import { useTimes } from '../time.ts'
import { DeliveryRequest } from './delivery-request.tsx'
import { ReplayFrom } from './replay-from.tsx'
import { canReplay, rowOf } from './selected.tsx'
import { useAction } from '../use-action.ts'

export type DeliveryColumn = 'time' | 'event' | 'channel' | 'endpoint' | 'state' | 'answer' | 'attempts' | 'id'

const word = (text: string): string => text

export const COLUMNS: readonly Column<DeliveryColumn>[] = [
  { key: 'time', label: word('Time') },
  { key: 'event', label: word('Event') },
  { key: 'channel', label: word('Channel') },
  { key: 'endpoint', label: word('Endpoint') },
  { key: 'state', label: word('State') },
  { key: 'answer', label: word('Last answer') },
  { key: 'attempts', label: word('Attempts') },
  { key: 'id', label: word('Event id') },
]

export const AT_FIRST: readonly DeliveryColumn[] = [
  'time',
  'event',
  'channel',
  'endpoint',
  'state',
  'answer',
  'attempts',
]

/** The words of the glossary in a header. */
const TERMS = { event: 'event', channel: 'channel', endpoint: 'endpoint', attempts: 'attempt' } as const

export function DeliveryTable({
  deliveries,
  channels,
  endpoints,
  columns,
  selected,
  onSelected,
}: {
  deliveries: Delivery[]
  channels: Channel[]
  endpoints: Endpoint[]
  columns: readonly DeliveryColumn[]
  /** Rows by `rowOf`. */
  selected: ReadonlySet<string>
  onSelected: (next: ReadonlySet<string>) => void
}) {
  const { t } = useWords()
  const times = useTimes()
  const [open, setOpen] = useState<string | null>(null)
  const able = deliveries.filter(canReplay).map(rowOf)
  const isAll = able.length > 0 && able.every((row) => selected.has(row))
  const tick = (row: string, isTicked: boolean): void =>
    onSelected(new Set(isTicked ? [...selected, row] : [...selected].filter((one) => one !== row)))
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Deliveries')}>
      <Table verticalSpacing="xs" className="stacked delivery-rows">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>
              <Checkbox
                size="xs"
                aria-label={t('Select all rows')}
                checked={isAll}
                indeterminate={!isAll && selected.size > 0}
                disabled={able.length === 0}
                onChange={() => onSelected(new Set(isAll ? [] : able))}
              />
            </Table.Th>
            {COLUMNS.filter(({ key }) => columns.includes(key)).map(({ key, label }) => (
              <Table.Th key={key} ta={key === 'attempts' ? 'right' : undefined}>
                {key in TERMS ? (
                  <Term of={TERMS[key as keyof typeof TERMS]}>{t(label)}</Term>
                ) : key === 'time' ? (
                  `${t(label)} (${times.zone})`
                ) : (
                  t(label)
                )}
              </Table.Th>
            ))}
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map((delivery) => {
            const row = rowOf(delivery)
            const isOpen = open === row
            return (
              <Fragment key={row}>
                <Table.Tr>
                  <Table.Td>
                    <Checkbox
                      size="xs"
                      aria-label={t('Select {id}', { id: delivery.id })}
                      checked={selected.has(row)}
                      disabled={!canReplay(delivery)}
                      onChange={(event) => tick(row, event.currentTarget.checked)}
                    />
                  </Table.Td>
                  {columns.map((key) => (
                    <Cell key={key} column={key} delivery={delivery} channels={channels} endpoints={endpoints} />
                  ))}
                  <Table.Td>
                    <Group gap={4} wrap="nowrap" justify="flex-end">
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        data-row
                        aria-expanded={isOpen}
                        onClick={() => setOpen(isOpen ? null : row)}
                      >
                        {isOpen ? t('Less') : t('More')}
                      </Button>
                      {delivery.state !== 'pending' && <Replay delivery={delivery} />}
                    </Group>
                  </Table.Td>
                </Table.Tr>
                {isOpen && (
                  <Table.Tr>
                    <Table.Td colSpan={columns.length + 2}>
                      <Details delivery={delivery} />
                    </Table.Td>
                  </Table.Tr>
                )}
              </Fragment>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** Why an event has had no attempt yet. */
function Waits({ delivery, endpoint }: { delivery: Delivery; endpoint: Endpoint | undefined }) {
  const { t } = useWords()
  const times = useTimes()
  if (delivery.state !== 'pending') return '—'
  const why =
    endpoint?.state === 'paused'
      ? t('waits: the endpoint is paused')
      : endpoint?.state === 'resting' && endpoint.next_attempt_at !== null
        ? t('waits: the endpoint fails, next try {time}', { time: times.second(endpoint.next_attempt_at) })
        : t('waits its turn')
  return (
    <span className="row-faint" title={t('Events of one contact are delivered in order.')}>
      {why}
    </span>
  )
}

function Cell(props: { column: DeliveryColumn; delivery: Delivery; channels: Channel[]; endpoints: Endpoint[] }) {
  const { t } = useWords()
  const times = useTimes()
  const { column, delivery } = props
  const last = delivery.attempts.at(-1)
  switch (column) {
    case 'time':
      return (
        <Table.Td className="row-time" data-cell="time">
          {times.row(delivery.created_at)}
        </Table.Td>
      )
    case 'event':
      return (
        <Table.Td className="mono" data-cell="event">
          {eventOf(delivery)}
        </Table.Td>
      )
    case 'channel':
      return (
        <Table.Td data-label={t('Channel')} data-cell="channel">
          <Anchor component={Link} href={`/channels/${delivery.channel_id}`} size="sm" c="inherit">
            <Auto>{props.channels.find((one) => one.channel_id === delivery.channel_id)?.name}</Auto>
          </Anchor>
        </Table.Td>
      )
    case 'endpoint':
      return (
        <Table.Td data-label={t('Endpoint')} data-cell="endpoint">
          <Anchor
            component={Link}
            href={`/channels/${delivery.channel_id}?endpoint=${delivery.endpoint_id}`}
            size="sm"
            c="inherit"
          >
            <Auto>{props.endpoints.find((one) => one.endpoint_id === delivery.endpoint_id)?.name}</Auto>
          </Anchor>
        </Table.Td>
      )
    case 'state':
      return (
        <Table.Td data-label={t('State')} data-cell="state">
          <Status value={delivery.state} />
        </Table.Td>
      )
    case 'answer':
      return (
        <Table.Td data-label={t('Last answer')} data-cell="answer">
          {last ? (
            `${last.status ?? t('no answer')} · ${last.duration_ms} ms`
          ) : (
            <Waits
              delivery={delivery}
              endpoint={props.endpoints.find((one) => one.endpoint_id === delivery.endpoint_id)}
            />
          )}
        </Table.Td>
      )
    case 'attempts':
      return (
        <Table.Td ta="right" data-label={t('Attempts')} data-cell="attempts">
          {delivery.attempts.length}
        </Table.Td>
      )
    case 'id':
      return (
        <Table.Td className="mono" data-label={t('Event id')} data-cell="id">
          <Anchor component={Link} href={`/deliveries?id=${delivery.id}`} size="xs">
            {delivery.id}
          </Anchor>
        </Table.Td>
      )
  }
}

function eventOf(delivery: Delivery): string {
  const status = (delivery.body as { message_status?: string } | null)?.message_status
  return status === undefined ? delivery.event : `${delivery.event}: ${status}`
}

function Replay({ delivery: { id, endpoint_id } }: { delivery: Delivery }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const replay = useAction({
    mutationFn: () => api<{ replayed: number }>('POST', `/admin/deliveries/${id}/replay`, undefined, { endpoint_id }),
    onSuccess: () => {
      notifications.show({ message: t('Replaying…') })
      return queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })
  return (
    <Button size="compact-xs" variant="light" loading={replay.isPending} onClick={() => replay.mutate()}>
      {t('Replay')}
    </Button>
  )
}

function Details({ delivery }: { delivery: Delivery }) {
  const { t } = useWords()
  const times = useTimes()
  return (
    <div className="two">
      <div>
        <Text size="sm" className="mono">
          webhook-id:{' '}
          <Anchor component={Link} href={`/deliveries?id=${delivery.id}`} size="xs">
            {delivery.id}
          </Anchor>
        </Text>
        {delivery.reference && (
          <Anchor component={Link} href={`/messages/${delivery.reference}`} size="sm">
            {t('View message')}
          </Anchor>
        )}
        {delivery.attempts.map((attempt) => (
          <div key={attempt.number} className="attempt">
            <strong>
              {t('Attempt {n}', { n: attempt.number })} · {attempt.status ?? t('no answer')} · {attempt.duration_ms} ms
            </strong>{' '}
            <Status value={attempt.outcome} />
            <Text size="xs" c="dimmed">
              {times.full(attempt.at)}
            </Text>
            {attempt.answer && (
              <pre className="json" dir="auto">
                {attempt.answer}
              </pre>
            )}
          </div>
        ))}
        <ReplayFrom delivery={delivery} />
        <DeliveryRequest delivery={delivery} />
      </div>
      <Json value={delivery.body} label={delivery.event} />
    </div>
  )
}
