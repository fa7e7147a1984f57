import { Button, Group, Modal, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Delivery } from '../api.ts'
import { useAllEndpoints } from '../channels/endpoints.tsx'
import { useColumns } from '../list/columns.ts'
import { allRows, saveAs, textOf, type Format } from '../list/export-rows.ts'
import { listCall } from '../list/calls.ts'
import { ListTools } from '../list/list-tools.tsx'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Unready, Waiting } from '../states.tsx'
import { useAsked } from '../use-asked.ts'
import { AT_FIRST, COLUMNS, DeliveryTable } from './delivery-table.tsx'
import { EndpointBars } from './endpoint-bar.tsx'
import { ReplayMany } from './replay-many.tsx'
import { canReplay, rowOf, Selected } from './selected.tsx'
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
  useAsked('replay', replay.open)
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const pace = usePace(2_500)
  const asked = params.toString()
  const [columns, setColumns] = useColumns('deliveries', COLUMNS, AT_FIRST)
  // A list that was paused for one search follows again with the next.
  const [paused, setPaused] = useState<{ search: string; at: number }>()
  const pausedAt = paused?.search === asked ? paused.at : undefined
  const query = {
    id: eventId,
    channel_id: channelId,
    endpoint_id: endpointId,
    state: state === 'all' ? undefined : state,
    count: PAGE,
  }
  const pageOf = (last: string | undefined): Promise<Delivery[]> =>
    api<Delivery[]>('GET', '/admin/deliveries', undefined, { ...query, last_id: last })
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', channelId, endpointId, state, eventId],
    enabled: pausedAt === undefined,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam }) => pageOf(pageParam),
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
  const rows = deliveries.data?.pages.flat() ?? []
  // A row that left the list, or waits again, is not chosen any more: what is counted is what is seen.
  const selected = rows.filter((one) => ticked.has(rowOf(one)) && canReplay(one))
  if (!channels.data) return <Unready title={t('Deliveries')} term="delivery" query={channels} />

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
      <EndpointBars
        channels={chosen}
        endpoints={endpoints.filter((one) => endpointId === null || one.endpoint_id === endpointId)}
      />
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
          <ListTools
            list="deliveries"
            columns={COLUMNS}
            shown={columns}
            onShown={setColumns}
            pausedAt={pausedAt}
            onPause={(at) => setPaused(at === undefined ? undefined : { search: asked, at })}
            onExport={(format, signal) => exportDeliveries(pageOf, format, signal)}
            call={listCall(location.origin, '/admin/deliveries', query)}
          />
          <Selected chosen={selected} endpoints={endpoints} onClear={() => setTicked(new Set())} />
          <DeliveryTable
            deliveries={rows}
            selected={new Set(selected.map(rowOf))}
            onSelected={setTicked}
            channels={channels.data}
            endpoints={endpoints}
            columns={columns}
          />
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

async function exportDeliveries(
  pageOf: (last: string | undefined) => Promise<Delivery[]>,
  format: Format,
  signal: AbortSignal,
): Promise<{ rows: number; isCut: boolean }> {
  const { rows, isCut } = await allRows<Delivery>((last) => pageOf(last?.id), PAGE, signal)
  const text = textOf(format, rows, {
    time: ({ created_at }) => new Date(created_at * 1000).toISOString(),
    id: ({ id }) => id,
    event: ({ event }) => event,
    channel_id: ({ channel_id }) => channel_id,
    endpoint_id: ({ endpoint_id }) => endpoint_id,
    state: ({ state }) => state,
    attempts: ({ attempts }) => attempts.length,
    last_status: ({ attempts }) => attempts.at(-1)?.status,
    last_ms: ({ attempts }) => attempts.at(-1)?.duration_ms,
    reference: ({ reference }) => reference,
  })
  saveAs('deliveries', format, text)
  return { rows: rows.length, isCut }
}
