import { Alert, Button, Group, Modal, MultiSelect, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type User } from '../api.ts'
import { useChannels } from '../queries.ts'
import { useAction } from '../use-action.ts'

type Props = { user: User; onSettled: () => unknown }

/** Which channels a user sees. */
export function UserChannels({ user, onSettled }: Props) {
  const { t, says } = useWords()
  const [opened, { open, close }] = useDisclosure()
  const channels = useChannels()
  const [chosen, setChosen] = useState<string[]>([])
  const change = useAction({
    mutationFn: () =>
      api('PATCH', `/admin/users/${user.user_id}`, { channels: chosen.length === 0 ? null : chosen.map(Number) }),
    onSuccess: close,
    onSettled,
  })
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        onClick={() => {
          setChosen((user.channels ?? []).map(String))
          open()
        }}
      >
        {t('Change channels')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('Channels of {name}', { name: user.name })}>
        <Stack>
          <MultiSelect
            label={t('Channels')}
            description={t('None: all channels, also later ones.')}
            data={(channels.data ?? []).map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={chosen}
            onChange={setChosen}
          />
          <Problem error={change.error} says={says} />
          <Group justify="flex-end">
            <Button loading={change.isPending} onClick={() => change.mutate()}>
              {t('Save')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

export function RemoveUser({ user, onSettled }: Props) {
  const { t, says } = useWords()
  const [opened, { open, close }] = useDisclosure()
  const remove = useAction({ mutationFn: () => api('DELETE', `/admin/users/${user.user_id}`), onSettled })
  return (
    <>
      <Button size="compact-xs" variant="default" color="red" onClick={open}>
        {t('Remove')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('Remove {name}?', { name: user.name })}>
        <Stack>
          <Text size="sm">{t('Remove this user? Open sessions end. What the user did stays in the audit log.')}</Text>
          <Problem error={remove.error} says={says} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {t('Cancel')}
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t('Remove')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function Problem({ error, says }: { error: Error | null; says: (text: string) => string }) {
  return (
    error && (
      <Alert color="red" variant="light" role="alert">
        {says(error.message)}
      </Alert>
    )
  )
}
