import { Alert, Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { ApiError } from './api.ts'

/** While something is on its way. */
export function Waiting() {
  const { t } = useWords()
  return (
    <Center mih={180} role="status" aria-label={t('Loading')}>
      <Loader type="dots" />
    </Center>
  )
}

/** When it did not come. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, says } = useWords()
  const message = says(error instanceof Error ? error.message : String(error))
  return (
    <Alert color="red" variant="light" title={t('Loading failed')} m="md" role="alert">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">{message}</Text>
        {error instanceof ApiError && typeof error.details.request_id === 'string' && (
          <Text size="xs" ff="monospace">
            {error.details.request_id}
          </Text>
        )}
        {retry && (
          <Button size="xs" variant="default" onClick={retry}>
            {t('Try again')}
          </Button>
        )}
      </Stack>
    </Alert>
  )
}

/** What is gone is not kept in view, as what only could not be fetched again is. */
export const isGone = (error: unknown): boolean => error instanceof ApiError && error.http === 404

/** When there is nothing, and what could be done about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <Center mih={200} p="lg">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <div className="empty-arch" aria-hidden />
        <Title order={3} size="h4">
          {title}
        </Title>
        {children && (
          <Text component="div" c="dimmed" size="sm">
            {children}
          </Text>
        )}
      </Stack>
    </Center>
  )
}
