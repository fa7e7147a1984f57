import { Button, Center, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { TermKey } from '../../ui/src/glossary.ts'
import { useWords } from '../../ui/src/i18n.tsx'
import { ApiError } from './api.ts'
import { PageHead } from './page-head.tsx'

/** Shown while data is loading: the place of the lines that come. */
export function Waiting({ lines = 6 }: { lines?: number }) {
  const { t } = useWords()
  return (
    <div className="waiting" role="status" aria-label={t('Loading')}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  )
}

/** Shown when loading failed. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t, says } = useWords()
  const message = says(error instanceof Error ? error.message : String(error))
  const id = error instanceof ApiError ? error.details.request_id : undefined
  return (
    <div className="failed" role="alert">
      <Title order={2} size="h4">
        {t('Loading failed')}
      </Title>
      <Text size="sm">{message}</Text>
      {typeof id === 'string' && (
        <Text size="sm" c="dimmed">
          {t('The gateway’s log says more, at this id:')} <span className="mono">{id}</span>
        </Text>
      )}
      {retry && (
        <Button size="xs" variant="default" onClick={retry}>
          {t('Try again')}
        </Button>
      )}
    </div>
  )
}

/** A page without its first data: the heading, and the place of the data or why there are none. */
export function Unready(props: {
  title: string
  term?: TermKey
  query: { isLoadingError: boolean; error: unknown; refetch: () => unknown }
}) {
  const { title, term, query } = props
  return (
    <>
      <PageHead title={title} {...(term !== undefined && { term })} />
      {query.isLoadingError ? <Failed error={query.error} retry={() => void query.refetch()} /> : <Waiting />}
    </>
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
        <Title order={2} size="h4">
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
