import { Alert, Button, Center, Loader, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { ApiError } from './api.ts'

/** Shown while data is loading. */
export function Waiting() {
  const { t } = useWords()
  return (
    <Center mih={180} role="status" aria-label={t('Loading')}>
      <Loader type="dots" />
    </Center>
  )
}

/** Shown when loading failed. */
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

/** True when the object no longer exists: then old data is not kept visible, as it is after a failed request. */
export const isGone = (error: unknown): boolean => error instanceof ApiError && error.http === 404

/** Shown when there is no data, with the next step. */
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
