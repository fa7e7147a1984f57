import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { placeOf, useOnce, useRefresh } from './queries.ts'
import type { Broadcast } from './types.ts'

/** A change of a broadcast that says first how many people it is about. */
export function ConfirmChange(props: {
  channel: Channel
  broadcast: Broadcast
  verb: 'pause' | 'resume' | 'cancel'
  label: string
  question: string
}) {
  const { t, says } = useWords()
  const [isAsking, asking] = useDisclosure()
  const { channel, broadcast, verb, label } = props
  const refresh = useRefresh(channel.channel_id, broadcast.id)
  const change = useOnce(
    () => api('POST', `${placeOf(channel.channel_id, broadcast.id)}/${verb}`, {}),
    async () => {
      asking.close()
      await refresh()
    },
  )
  const color = verb === 'cancel' ? 'red' : undefined
  return (
    <>
      <Button
        size="sm"
        variant={verb === 'resume' ? 'filled' : 'default'}
        className={verb === 'cancel' ? 'danger' : undefined}
        onClick={asking.open}
      >
        {label}
      </Button>
      <Modal opened={isAsking} onClose={asking.close} title={label}>
        <Text size="sm">{props.question}</Text>
        {change.isError && (
          <Alert color="red" variant="light" role="alert" mt="sm">
            {says(change.error.message)}
          </Alert>
        )}
        <Group mt="md">
          <Button
            {...(color && { color })}
            loading={change.isPending}
            onClick={() => change.run(undefined)}
            data-autofocus
          >
            {label}
          </Button>
          <Button variant="default" onClick={asking.close}>
            {t('Leave it as it is')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
