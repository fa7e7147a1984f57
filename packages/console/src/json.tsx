import { Button, CopyButton } from '@mantine/core'
import { Fragment, memo } from 'react'
import { Link } from 'wouter'
import { isRightToLeft, JsonText } from '../../ui/src/direction.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { piecesOf } from './json-pieces.ts'

/** Beyond this, the pieces would be so many elements that the page stops for a moment. */
const MOST_COLOURED = 60_000

/** Formatted JSON, in colour, to read and to copy. Ids and numbers lead to their pages. */
export function Json({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2) ?? ''
  return <Code text={text} label={label} isJson={text.length <= MOST_COLOURED} />
}

export function CodeText({ text, label }: { text: string; label: string }) {
  return <Code text={text} label={label} isJson={false} />
}

function Code({ text, label, isJson }: { text: string; label: string; isJson: boolean }) {
  const { t } = useWords()
  return (
    <div className="code-text">
      <pre className="json" dir="ltr" tabIndex={0} aria-label={label}>
        {isJson ? <Coloured text={text} /> : <JsonText text={text} />}
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

const Coloured = memo(function Coloured({ text }: { text: string }) {
  return text.split('\n').map((line, i) => (
    <Fragment key={i}>
      {i > 0 && '\n'}
      {piecesOf(line).map(({ text: piece, kind, href }, j) => {
        if (kind === undefined) return piece
        const shown = isRightToLeft(piece) ? <bdi>{piece}</bdi> : piece
        return (
          <span key={j} className={`json-${kind}`}>
            {href === undefined ? shown : <Link href={href}>{shown}</Link>}
          </span>
        )
      })}
    </Fragment>
  ))
})
