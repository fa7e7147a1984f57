import { Alert, Button, CopyButton, Group, Text } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'

/** Shows a secret for the only time. The user copies it and closes it; then the page forgets it. */
export function SecretOnce({ name, value, onPutAway }: { name: string; value: string; onPutAway?: () => void }) {
  const { t } = useWords()
  const [gone, setGone] = useState(false)
  if (gone) return null
  return (
    <Alert color="yellow" variant="light" title={t('{name}: shown only once', { name })} role="status" mb="md">
      <Text className="mono secret" component="code">
        {value}
      </Text>
      <Group mt="sm" gap="xs">
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button size="compact-sm" onClick={copy}>
              {copied ? t('Copied') : t('Copy')}
            </Button>
          )}
        </CopyButton>
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setGone(true)
            onPutAway?.()
          }}
        >
          {t('Done, I saved it')}
        </Button>
      </Group>
    </Alert>
  )
}
