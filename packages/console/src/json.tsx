import { Button, CopyButton } from '@mantine/core'
import { JsonText } from '../../ui/src/direction.tsx'
import { useWords } from '../../ui/src/i18n.tsx'

/** Formatted JSON, to read and to copy. */
export function Json({ value, label }: { value: unknown; label: string }) {
  return <CodeText text={JSON.stringify(value, null, 2)} label={label} />
}

export function CodeText({ text, label }: { text: string; label: string }) {
  const { t } = useWords()
  return (
    <div className="code-text">
      <pre className="json" dir="ltr" tabIndex={0} aria-label={label}>
        <JsonText text={text} />
      </pre>
      <CopyButton value={text}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy}>
            {copied ? t('Copied') : t('Copy')}
          </Button>
        )}
      </CopyButton>
    </div>
  )
}
