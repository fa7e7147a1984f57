import { Alert, Button, Group, Text } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useWords } from './i18n.tsx'

/** Catches an error of one part of the page, so that the rest of the page still works. */
export class Guard extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  /** A change of address tries again. */
  readonly #again = (): void => {
    if (this.state.error !== null) this.setState({ error: null })
  }

  override componentDidMount(): void {
    addEventListener('hashchange', this.#again)
  }

  override componentWillUnmount(): void {
    removeEventListener('hashchange', this.#again)
  }

  override render(): ReactNode {
    const { error } = this.state
    if (error === null) return this.props.children
    return <Broken retry={this.#again} />
  }
}

function Broken({ retry }: { retry: () => void }) {
  const { t } = useWords()
  return (
    <Alert color="red" variant="light" m="md" role="alert" title={t('This part of the page failed')}>
      <Text size="sm">{t('The other parts still work. Your drafts are kept in this browser.')}</Text>
      <Group gap="xs" mt="sm">
        <Button size="xs" variant="default" onClick={retry}>
          {t('Try again')}
        </Button>
        <Button size="xs" variant="default" onClick={() => location.reload()}>
          {t('Reload')}
        </Button>
      </Group>
    </Alert>
  )
}

/** Shown when the files of a part cannot be loaded. */
export function Unloaded({ isOutdated }: { isOutdated: boolean }) {
  const { t } = useWords()
  if (!isOutdated)
    return (
      <Alert color="yellow" variant="light" m="md" role="alert" title={t('This part of the page did not load')}>
        <Text size="sm">{t('No connection. It is loaded when the connection is back.')}</Text>
      </Alert>
    )
  return (
    <Alert color="yellow" variant="light" m="md" role="alert" title={t('A new version is available')}>
      <Text size="sm">
        {t('This page is from the previous version, and this part no longer exists. Your drafts are kept.')}
      </Text>
      <Button size="xs" mt="sm" onClick={() => location.reload()}>
        {t('Reload')}
      </Button>
    </Alert>
  )
}

/** Shown when the gateway was upgraded under an open page. The page works as long as its parts do. */
export function NewVersion() {
  const { t } = useWords()
  return (
    <div className="not-connected" role="status">
      {t('A new version is available')}{' '}
      <Button size="compact-xs" variant="default" onClick={() => location.reload()}>
        {t('Reload')}
      </Button>
    </div>
  )
}
