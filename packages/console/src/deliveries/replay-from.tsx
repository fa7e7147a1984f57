import { Alert, Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Delivery } from '../api.ts'
import { useEndpoints } from '../channels/endpoints.tsx'
import { useAction } from '../use-action.ts'

/** Delivers an event, and all events after it, to one endpoint again. */
export function ReplayFrom({ delivery }: { delivery: Delivery }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const endpoints = useEndpoints(delivery.channel_id)
  const [asking, ask] = useDisclosure()
  const [chosen, setChosen] = useState<string | null>(null)
  const id = chosen ?? delivery.endpoint_id ?? endpoints.data?.[0]?.endpoint_id
  const replay = useAction({
    mutationFn: () =>
      api<{ replayed: number }>('POST', `/admin/channels/${delivery.channel_id}/endpoints/${id}/replay`, {
        from_event_id: delivery.id,
      }),
    onSuccess: ({ replayed }) => {
      notifications.show({ message: t('Replaying {n} events…', { n: replayed }) })
      ask.close()
      return queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
  if (!endpoints.data || endpoints.data.length === 0) return null
  return (
    <>
      <Button mt="sm" size="compact-sm" variant="default" onClick={ask.open}>
        {t('Replay from here')}
      </Button>
      <Modal opened={asking} onClose={ask.close} title={t('Replay from here')}>
        <Stack>
          <Text size="sm">{t('This event and all events after it are delivered to the endpoint again.')}</Text>
          <Select
            label={t('Endpoint')}
            data={endpoints.data.map((one) => ({ value: one.endpoint_id, label: one.name }))}
            value={id ?? null}
            onChange={setChosen}
            allowDeselect={false}
          />
          <Text size="sm" c="dimmed">
            {t('Each event keeps its webhook-id, so a receiver can drop duplicates.')}
          </Text>
          {replay.isError && (
            <Alert color="red" variant="light" role="alert">
              {says(replay.error.message)}
            </Alert>
          )}
          <Button onClick={() => replay.mutate()} loading={replay.isPending}>
            {t('Replay')}
          </Button>
        </Stack>
      </Modal>
    </>
  )
}
