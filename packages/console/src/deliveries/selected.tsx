import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Auto } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Delivery, type Endpoint } from '../api.ts'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'

/** What one row of the list is: one event has a delivery for each endpoint. */
export const rowOf = ({ id, endpoint_id }: Delivery): string => `${id} ${endpoint_id}`

/** What waits is sent anyway, and what no endpoint gets has nowhere to go. */
export const canReplay = ({ state, endpoint_id }: Delivery): boolean => state !== 'pending' && endpoint_id !== null

/** The chosen rows, and the one thing that is done with them. Nothing is sent before its number was confirmed. */
export function Selected(props: { chosen: readonly Delivery[]; endpoints: readonly Endpoint[]; onClear: () => void }) {
  const { chosen, endpoints, onClear } = props
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const [asking, ask] = useDisclosure()
  const [done, setDone] = useState(0)
  const n = times.number(chosen.length)
  const replay = useAction({
    mutationFn: async () => {
      setDone(0)
      const problems: string[] = []
      // The oldest first, as they happened.
      for (const { id, endpoint_id } of [...chosen].reverse()) {
        await api('POST', `/admin/deliveries/${id}/replay`, undefined, { endpoint_id }).catch((error: Error) =>
          problems.push(error.message),
        )
        setDone((before) => before + 1)
      }
      return problems
    },
    onSuccess: (problems) => {
      const [problem] = problems
      if (problem === undefined) notifications.show({ message: t('Replaying {n} events…', { n }) })
      else
        notifications.show({
          color: 'red',
          message: t('{m} of {n} events could not be replayed: {problem}', {
            m: problems.length,
            n,
            problem: says(problem),
          }),
        })
      ask.close()
      onClear()
      return queries.invalidateQueries({ queryKey: ['deliveries'] })
    },
  })
  if (chosen.length === 0) return null
  const counts = new Map<string, number>()
  for (const { endpoint_id } of chosen) counts.set(endpoint_id ?? '', (counts.get(endpoint_id ?? '') ?? 0) + 1)
  return (
    <Group gap="xs" mb="xs" role="region" aria-label={t('Selected rows')} className="selected-rows">
      <Text size="sm" fw={600} role="status">
        {t('{n} selected', { n })}
      </Text>
      <Button size="compact-sm" onClick={ask.open}>
        {t('Replay selected…')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={onClear}>
        {t('Clear the selection')}
      </Button>
      <Modal opened={asking} onClose={ask.close} title={t('Replay {n} events', { n })}>
        <Stack>
          <Alert color="yellow" variant="light">
            {t('{n} events would be sent again.', { n })}
          </Alert>
          <ul className="plain-list">
            {[...counts].map(([id, count]) => (
              <li key={id}>
                <Auto>{endpoints.find((one) => one.endpoint_id === id)?.name ?? id}</Auto>: {times.number(count)}
              </li>
            ))}
          </ul>
          <Text size="sm" c="dimmed">
            {t('Each event keeps its webhook-id, so a receiver can drop duplicates.')}
          </Text>
          <Button onClick={() => replay.mutate()} disabled={replay.isPending}>
            {replay.isPending ? t('{m} of {n}', { m: times.number(done), n }) : t('Replay {n} events', { n })}
          </Button>
        </Stack>
      </Modal>
    </Group>
  )
}
