import { useContext, useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from '../../ui/src/i18n.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'

export type Picture = { source: string; name: string; caption?: string | undefined }

/** A picture on the whole screen of the phone. Escape closes it, and the focus returns to where it was. */
export function PictureView({ picture, onClose }: { picture: Picture; onClose: () => void }) {
  const { t } = useWords()
  const place = useContext(SheetPlace)
  const close = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    const before = document.activeElement
    close.current?.focus()
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  if (!place) return null
  return createPortal(
    <div
      className="picture-view"
      role="dialog"
      aria-modal
      aria-label={t('Picture')}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
        // The button is all that can have the focus here.
        if (event.key === 'Tab') event.preventDefault()
      }}
    >
      <button type="button" ref={close} aria-label={t('Close')} onClick={onClose}>
        ×
      </button>
      <img src={picture.source} alt={picture.name} />
      {picture.caption && <p dir="auto">{picture.caption}</p>}
    </div>,
    place,
  )
}
