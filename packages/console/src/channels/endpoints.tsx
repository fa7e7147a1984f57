import { Button, Group, Modal, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel, type Endpoint } from '../api.ts'
import { usePace } from '../live.ts'
import { Failed, Waiting } from '../states.tsx'
import { EndpointCard } from './endpoint-card.tsx'
import { EndpointForm } from './endpoint-form.tsx'
import { SecretOnce } from './secret-once.tsx'

const MOST_ENDPOINTS = 20

const endpointsOf = (channelId: number | undefined) => ({
  queryKey: ['endpoints', channelId],
  queryFn: () => api<Endpoint[]>('GET', `/admin/channels/${channelId}/endpoints`),
})

export function useEndpoints(channelId: number | undefined) {
  const pace = usePace(10_000)
  return useQuery({ ...endpointsOf(channelId), enabled: channelId !== undefined, refetchInterval: pace })
}

/** The endpoints of several channels, as far as they are known. */
export function useAllEndpoints(channelIds: readonly number[]): Endpoint[] {
  const pace = usePace(10_000)
  return useQueries({
    queries: channelIds.map((id) => ({ ...endpointsOf(id), refetchInterval: pace })),
    combine: (found) => found.flatMap(({ data }) => data ?? []),
  })
}

/** The endpoints of a channel: where its events go, how each one does, and the actions on it. */
export function Endpoints({ channel }: { channel: Channel }) {
  const { t } = useWords()
  const endpoints = useEndpoints(channel.channel_id)
  const [adding, add] = useDisclosure()
  const [secret, setSecret] = useState<string | null>(null)
  return (
    <section className="card spaced" aria-label={t('Endpoints')}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {t('Endpoints')}
        </Title>
        <Button
          size="compact-sm"
          variant="default"
          onClick={add.open}
          disabled={(endpoints.data?.length ?? 0) >= MOST_ENDPOINTS}
        >
          {t('Add endpoint')}
        </Button>
      </Group>
      {secret !== null && (
        <SecretOnce key={secret} name={t('Endpoint secret')} value={secret} onPutAway={() => setSecret(null)} />
      )}
      {endpoints.isPending ? (
        <Waiting />
      ) : endpoints.isLoadingError ? (
        <Failed error={endpoints.error} retry={() => void endpoints.refetch()} />
      ) : endpoints.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('No endpoint yet: the events are stored, and your software can poll them.')}
        </Text>
      ) : (
        endpoints.data.map((endpoint) => (
          <EndpointCard key={endpoint.endpoint_id} endpoint={endpoint} onSecret={setSecret} />
        ))
      )}
      <Modal opened={adding} onClose={add.close} title={t('Add endpoint')}>
        <EndpointForm
          channelId={channel.channel_id}
          onDone={(made) => {
            if (made !== undefined) setSecret(made)
            add.close()
          }}
        />
      </Modal>
    </section>
  )
}
