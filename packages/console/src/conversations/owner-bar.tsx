import { Alert, Button, Group, Text } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Person } from '../api.ts'
import { useAction } from '../use-action.ts'

/** Takes a conversation from another program, or gives it back. */
export function useThreadControl(person: Person) {
  const queries = useQueryClient()
  return useAction({
    mutationFn: (action: 'take' | 'pass') =>
      api('POST', `/admin/conversations/${person.channel_id}/${person.contact_id}/thread`, { action }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['person', person.channel_id, person.contact_id] }),
  })
}

/** Above the composer: another program answers, and how to take over. Nothing where nobody else answers. */
export function OwnerBar({ person }: { person: Person }) {
  const { t, says } = useWords()
  const control = useThreadControl(person)
  const { owner } = person
  if (!owner || (owner.owner === 'us' && !control.isError)) return null
  if (owner.owner === 'idle' && !control.isError) return null
  return (
    <Alert color="yellow" variant="light" p="xs" mb="xs" role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm">
          {t('Another program answers this contact.')} {owner.role}
        </Text>
        <Button size="compact-sm" loading={control.isPending} onClick={() => control.mutate('take')}>
          {t('Take over')}
        </Button>
      </Group>
      {control.isError && (
        <Text size="sm" c="red" mt={4}>
          {says(control.error.message)}
        </Text>
      )}
    </Alert>
  )
}
