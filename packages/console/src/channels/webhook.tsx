import { Alert, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { EndpointBar } from '../deliveries/endpoint-bar.tsx'
import { SecretOnce } from './secret-once.tsx'

/** The URL that gets a channel's events, and the secret that signs them. */
export function Webhook({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  // Null until the user types: a URL that was set elsewhere meanwhile is shown, and not overwritten.
  const [typed, setTyped] = useState<string | null>(null)
  const url = typed ?? channel.webhook_url ?? ''
  const [secret, setSecret] = useState<string | null>(null)
  const at = `/admin/channels/${channel.channel_id}/webhook`
  const done = async ({ webhook_secret }: { webhook_secret: string }): Promise<void> => {
    setSecret(webhook_secret)
    await queries.invalidateQueries({ queryKey: ['channels'] })
  }
  const save = useMutation({
    mutationFn: () => api<{ webhook_secret: string }>('PUT', at, { url }),
    onSuccess: async (answer) => {
      await done(answer)
      setTyped(null)
    },
  })
  const rotate = useMutation({
    mutationFn: () => api<{ webhook_secret: string }>('POST', `${at}/rotate-secret`),
    onSuccess: done,
  })
  const error = save.error ?? rotate.error
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Endpoint')}
      </Title>
      <Stack gap="sm">
        {channel.webhook_url && <EndpointBar channel={channel} />}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            save.mutate()
          }}
        >
          <Group align="flex-end" gap="xs">
            <TextInput
              className="grow"
              label={t('Webhook URL')}
              placeholder="https://…"
              value={url}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button
              type="submit"
              variant="default"
              loading={save.isPending}
              disabled={url === '' || url === channel.webhook_url}
            >
              {t('Save')}
            </Button>
          </Group>
        </form>
        {error && (
          <Alert color="red" variant="light" role="alert">
            {says(error.message)}
          </Alert>
        )}
        {secret !== null && (
          <SecretOnce key={secret} name={t('Webhook secret')} value={secret} onPutAway={() => setSecret(null)} />
        )}
        {channel.webhook_url && (
          <div>
            <Button size="compact-sm" variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>
              {t('Rotate the secret')}
            </Button>
            <Text size="xs" c="dimmed" mt={4}>
              {t('For 24 hours each delivery has two signatures, one for each secret.')}
            </Text>
          </div>
        )}
      </Stack>
    </section>
  )
}
