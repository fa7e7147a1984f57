import { Anchor, Button, Group, Modal, SegmentedControl, Select, Table, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { Fragment, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Auto } from '../../../ui/src/direction.tsx'
import { api, type Channel, type Delivery, type Endpoint } from '../api.ts'
import { useAllEndpoints } from '../channels/endpoints.tsx'
import { Json } from '../json.tsx'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { Term } from '../term.tsx'
import { useTimes } from '../time.ts'
import { useAsked } from '../use-asked.ts'
import { EndpointBar } from './endpoint-bar.tsx'
import { ReplayFrom } from './replay-from.tsx'
import { ReplayMany } from './replay-many.tsx'
import { VerifyHelp } from './verify-help.tsx'

const PAGE = 50

export function Deliveries() {
  const [params] = useSearchParams()
  const channelId = params.get('channel')
  // The dialogs act on one channel. The key closes them when the address names another channel.
  return (
    <DeliveriesOf
      key={channelId ?? 'all'}
      channelId={channelId}
      endpointId={params.get('endpoint')}
      eventId={params.get('id')}
    />
  )
}

/** Long: filters, list and drawer show one selection. */
function DeliveriesOf(props: { channelId: string | null; endpointId: string | null; eventId: string | null }) {
  const { channelId, endpointId, eventId } = props
  const { t } = useWords()
  const channels = useChannels()
  const [params, setParams] = useSearchParams()
  const state = params.get('state') ?? 'all'
  const [verifying, verify] = useDisclosure()
  useAsked('verify', verify.open)
  const [replaying, replay] = useDisclosure()
  const pace = usePace(2_500)
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', channelId, endpointId, state, eventId],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) =>
      api<Delivery[]>('GET', '/admin/deliveries', undefined, {
        id: eventId,
        channel_id: channelId,
        endpoint_id: endpointId,
        state: state === 'all' ? undefined : state,
        last_id: pageParam,
        count: PAGE,
      }),
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.id),
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) <= 1 ? pace : false),
    placeholderData: (before) => before,
  })
  const set = (change: Record<string, string | null>): void => {
    const next = { state, channel: channelId, endpoint: endpointId, id: eventId, ...change }
    setParams(
      Object.fromEntries(Object.entries(next).filter((one): one is [string, string] => !!one[1] && one[1] !== 'all')),
    )
  }
  const chosen = (channels.data ?? []).filter((one) => channelId === null || String(one.channel_id) === channelId)
  const endpoints = useAllEndpoints(chosen.map((one) => one.channel_id))
  if (channels.isPending) return <Waiting />
  if (channels.isLoadingError) return <Failed error={channels.error} retry={() => void channels.refetch()} />

  return (
    <>
      <PageHead title={t('Deliveries')} term="delivery">
        <Group gap="xs">
          <Button variant="default" size="sm" onClick={verify.open}>
            {t('Verify a signature')}
          </Button>
          <Button variant="default" size="sm" onClick={replay.open} disabled={!chosen.some((one) => one.webhook_url)}>
            {t('Replay many')}
          </Button>
        </Group>
      </PageHead>
      {chosen.map((channel) => (
        <EndpointBar key={channel.channel_id} channel={channel} />
      ))}
      <Group my="md" gap="sm" role="search">
        <TextInput
          aria-label={t('Event id')}
          placeholder="evt_…"
          value={eventId ?? ''}
          onChange={(event) => set({ id: event.currentTarget.value })}
          w={200}
        />
        <SegmentedControl
          value={state}
          onChange={(value) => set({ state: value })}
          aria-label={t('State')}
          data={[
            { value: 'all', label: t('All') },
            { value: 'pending', label: t('Pending') },
            { value: 'delivered', label: t('Delivered') },
            { value: 'dead', label: t('Dead') },
          ]}
        />
        {channels.data.length > 1 && (
          <Select
            aria-label={t('Channel')}
            placeholder={t('All channels')}
            data={channels.data.map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={channelId}
            onChange={(id) => set({ channel: id, endpoint: null })}
            clearable
          />
        )}
        {(endpoints.length > chosen.length || endpointId !== null) && (
          <Select
            aria-label={t('Endpoint')}
            placeholder={t('All endpoints')}
            data={endpoints.map((one) => ({ value: one.endpoint_id, label: one.name }))}
            value={endpointId}
            onChange={(id) => set({ endpoint: id })}
            clearable
          />
        )}
      </Group>
      {deliveries.isPending ? (
        <Waiting />
      ) : deliveries.isLoadingError ? (
        <Failed error={deliveries.error} retry={() => void deliveries.refetch()} />
      ) : deliveries.data.pages[0]!.length === 0 ? (
        <Empty title={eventId === null ? t('No deliveries') : t('No matches')}>
          {eventId !== null
            ? t('Clear a filter or change the dates.')
            : chosen.some((one) => one.webhook_url)
              ? t('Events appear as messages come and go. A test event shows whether the endpoint answers.')
              : t('No channel has an endpoint yet. Set one on the channel’s page, and its events are delivered there.')}
        </Empty>
      ) : (
        <>
          <DeliveryTable deliveries={deliveries.data.pages.flat()} channels={channels.data} endpoints={endpoints} />
          {deliveries.hasNextPage && (
            <Button
              variant="subtle"
              fullWidth
              loading={deliveries.isFetchingNextPage}
              onClick={() => void deliveries.fetchNextPage()}
            >
              {t('Earlier')}
            </Button>
          )}
        </>
      )}
      <Modal opened={verifying} onClose={verify.close} title={t('Verify a signature')} size="lg">
        <VerifyHelp />
      </Modal>
      <Modal opened={replaying} onClose={replay.close} title={t('Replay many')}>
        <ReplayMany channels={chosen.filter((one) => one.webhook_url)} endpointId={endpointId} onDone={replay.close} />
      </Modal>
    </>
  )
}

function DeliveryTable({
  deliveries,
  channels,
  endpoints,
}: {
  deliveries: Delivery[]
  channels: Channel[]
  endpoints: Endpoint[]
}) {
  const { t } = useWords()
  const times = useTimes()
  const [open, setOpen] = useState<string | null>(null)
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Deliveries')}>
      <Table verticalSpacing="xs" className="stacked">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{`${t('Time')} (${times.zone})`}</Table.Th>
            <Table.Th>
              <Term of="event">{t('Event')}</Term>
            </Table.Th>
            <Table.Th>
              <Term of="channel">{t('Channel')}</Term>
            </Table.Th>
            <Table.Th>
              <Term of="endpoint">{t('Endpoint')}</Term>
            </Table.Th>
            <Table.Th>{t('State')}</Table.Th>
            <Table.Th>{t('Last answer')}</Table.Th>
            <Table.Th ta="right">
              <Term of="attempt">{t('Attempts')}</Term>
            </Table.Th>
            <Table.Th />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {deliveries.map((delivery) => {
            const last = delivery.attempts.at(-1)
            // One event has a delivery for each endpoint.
            const row = `${delivery.id} ${delivery.endpoint_id}`
            const isOpen = open === row
            return (
              <Fragment key={row}>
                <Table.Tr>
                  <Table.Td className="row-time">{times.row(delivery.created_at)}</Table.Td>
                  <Table.Td className="mono">{eventOf(delivery)}</Table.Td>
                  <Table.Td data-label={t('Channel')}>
                    <Auto>{channels.find((one) => one.channel_id === delivery.channel_id)?.name}</Auto>
                  </Table.Td>
                  <Table.Td data-label={t('Endpoint')}>
                    <Auto>{endpoints.find((one) => one.endpoint_id === delivery.endpoint_id)?.name}</Auto>
                  </Table.Td>
                  <Table.Td data-label={t('State')}>
                    <Status value={delivery.state} />
                  </Table.Td>
                  <Table.Td data-label={t('Last answer')}>
                    {last ? `${last.status ?? t('no answer')} · ${last.duration_ms} ms` : '—'}
                  </Table.Td>
                  <Table.Td ta="right" data-label={t('Attempts')}>
                    {delivery.attempts.length}
                  </Table.Td>
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
                    <Table.Td colSpan={8}>
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

function eventOf(delivery: Delivery): string {
  const status = (delivery.body as { message_status?: string } | null)?.message_status
  return status === undefined ? delivery.event : `${delivery.event}: ${status}`
}

function Replay({ delivery: { id, endpoint_id } }: { delivery: Delivery }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const replay = useMutation({
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
          webhook-id: {delivery.id}
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
      </div>
      <Json value={delivery.body} label={delivery.event} />
    </div>
  )
}
