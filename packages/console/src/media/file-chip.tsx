import { useState, type MouseEvent } from 'react'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { lookFor, type Found } from './media-source.ts'

/** A document with its name and a download button. A failed download shows its reason here. */
export function FileChip({ source, name }: { source: string; name: string | undefined }) {
  const { t, says } = useWords()
  const [state, setState] = useState<Found | { kind: 'idle' } | { kind: 'looking' }>({ kind: 'idle' })

  async function save(event: MouseEvent): Promise<void> {
    event.preventDefault()
    setState({ kind: 'looking' })
    const found = await lookFor(source)
    setState(found)
    if (found.kind !== 'there') return
    const link = document.createElement('a')
    Object.assign(link, { href: source, download: name ?? '' })
    link.click()
  }

  return (
    <div className="media-file">
      <a href={source} download={name ?? ''} onClick={(event) => void save(event)} aria-busy={state.kind === 'looking'}>
        <Icon name="document" size={22} />
        <span className="media-name" dir="auto">
          {name ?? t('document')}
        </span>
        <span className="media-save">{state.kind === 'looking' ? t('Loading') : t('Download')}</span>
      </a>
      {state.kind === 'gone' && (
        <p role="status">
          {t('WhatsApp no longer has this file. It keeps received files for 7 days and sent ones for 30.')}
        </p>
      )}
      {state.kind === 'failed' && <p role="status">{state.why === '' ? t('Loading failed.') : says(state.why)}</p>}
    </div>
  )
}
