import { Alert, Button, Group, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { useAction } from '../use-action.ts'
import { CheckList, type Step } from './check-list.tsx'

/** Asks WhatsApp whether the channel works: token, number, account, subscription and callback. */
export function ChannelCheck({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const check = useAction({
    mutationFn: () => api<{ steps: Step[] }>('POST', `/admin/channels/${channel.channel_id}/check`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['channels'] }),
  })
  return (
    <section className="card spaced" aria-label={t('Check')}>
      <Group justify="space-between">
        <Title order={2} size="h4">
          {t('Check')}
        </Title>
        <Button size="compact-sm" variant="default" loading={check.isPending} onClick={() => check.mutate()}>
          {t('Check with WhatsApp')}
        </Button>
      </Group>
      {check.isError && (
        <Alert color="red" variant="light" role="alert" mt="xs">
          {says(check.error.message)}
        </Alert>
      )}
      {check.data ? (
        <CheckList steps={check.data.steps} />
      ) : (
        <Text size="sm" c="dimmed" mt="xs">
          {t('Token, number, account, subscription and callback. Changes no setting.')}
        </Text>
      )}
    </section>
  )
}
