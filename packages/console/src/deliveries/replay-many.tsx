import { Alert, Button, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { useEndpoints } from '../channels/endpoints.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'

/** The gateway counts no further. */
const MOST_COUNTED = 10_000

/** Replays all dead (or delivered) events of an endpoint within a time span. */
export function ReplayMany({
  channels,
  endpointId,
  onDone,
}: {
  channels: Channel[]
  /** The endpoint that the list shows. */
  endpointId: string | null
  onDone: () => void
}) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [channel, setChannel] = useState(String(channels[0]?.channel_id ?? ''))
  const [chosen, setChosen] = useState(endpointId)
  const endpoints = useEndpoints(channel === '' ? undefined : Number(channel))
  const endpoint = endpoints.data?.find((one) => one.endpoint_id === chosen) ?? endpoints.data?.[0]
  const [state, setState] = useState('dead')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const times = useTimes()
  const { ask, counted } = useReplay({ channel, endpointId: endpoint?.endpoint_id, state, from, to })
  const found = counted.data
  const replay = useAction({
    mutationFn: () => ask(false),
    onSuccess: ({ replayed }) => {
      notifications.show({ message: t('Replaying {n} events…', { n: replayed }) })
      onDone()
      return queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
  return (
    <Stack>
      <Select
        label={t('Channel')}
        data={channels.map((one) => ({ value: String(one.channel_id), label: one.name }))}
        value={channel}
        onChange={(id) => id && setChannel(id)}
        allowDeselect={false}
      />
      {(endpoints.data?.length ?? 0) > 1 && (
        <Select
          label={t('Endpoint')}
          data={endpoints.data!.map((one) => ({ value: one.endpoint_id, label: one.name }))}
          value={endpoint?.endpoint_id ?? null}
          onChange={setChosen}
          allowDeselect={false}
        />
      )}
      <Select
        label={t('Which')}
        data={[
          { value: 'dead', label: t('Dead events') },
          { value: 'delivered', label: t('Events that were delivered before') },
        ]}
        value={state}
        onChange={(value) => value && setState(value)}
        allowDeselect={false}
      />
      <TextInput
        type="datetime-local"
        label={t('From')}
        value={from}
        onChange={(e) => setFrom(e.currentTarget.value)}
      />
      <TextInput type="datetime-local" label={t('Until')} value={to} onChange={(e) => setTo(e.currentTarget.value)} />
      <Text size="sm" c="dimmed">
        {t('Each event keeps its webhook-id, so a receiver can drop duplicates.')}
      </Text>
      {replay.isError && (
        <Alert color="red" variant="light" role="alert">
          {says(replay.error.message)}
        </Alert>
      )}
      <Counted found={found} problem={counted.isError ? says(counted.error.message) : undefined} />
      <Button onClick={() => replay.mutate()} loading={replay.isPending} disabled={!found || counted.isFetching}>
        {found === undefined || found === 0 ? t('Replay') : t('Replay {n} events', { n: times.number(found) })}
      </Button>
    </Stack>
  )
}

function Counted({ found, problem }: { found: number | undefined; problem: string | undefined }) {
  const { t } = useWords()
  const times = useTimes()
  const n = times.number(found ?? 0)
  return (
    <Text size="sm" role="status">
      {problem ??
        (found === undefined
          ? t('Counting…')
          : found === 0
            ? t('No event fits: nothing would be sent.')
            : found >= MOST_COUNTED
              ? t('{n} events or more would be sent again.', { n })
              : t('{n} events would be sent again.', { n }))}
    </Text>
  )
}

/** A replay of many, and how many it would be. */
function useReplay(which: {
  channel: string
  endpointId: string | undefined
  state: string
  from: string
  to: string
}) {
  const { channel, endpointId, state, from, to } = which
  const ask = (dryRun: boolean): Promise<{ replayed: number; matching?: number }> =>
    api(
      'POST',
      `/admin/channels/${channel}/deliveries/replay`,
      {
        state,
        ...(from !== '' && { from: Math.floor(new Date(from).getTime() / 1000) }),
        ...(to !== '' && { to: Math.floor(new Date(to).getTime() / 1000) }),
        ...(dryRun && { dry_run: true }),
      },
      { endpoint_id: endpointId },
    )
  const counted = useQuery({
    queryKey: ['replay-count', channel, endpointId, state, from, to],
    queryFn: async () => (await ask(true)).matching ?? 0,
    enabled: endpointId !== undefined,
  })
  return { ask, counted }
}
