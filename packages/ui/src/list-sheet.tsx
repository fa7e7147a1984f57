import { CloseButton } from '@mantine/core'
import { createContext, useContext, useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from './i18n.tsx'
import type { Row, Shown } from './shown.ts'

/** The screen on which a list opens, at its lower edge. Without a screen, as in a preview, the list opens in place. */
export const SheetPlace = createContext<HTMLElement | null>(null)

type ListSheetProps = { list: NonNullable<Shown['list']>; onPick: (row: Row) => void; onClose: () => void }

/** The rows of a list message, to choose one. */
export function ListSheet(props: ListSheetProps) {
  const place = useContext(SheetPlace)
  return place ? createPortal(<FromBelow {...props} />, place) : <Rows {...props} />
}

function FromBelow(props: ListSheetProps) {
  const { t } = useWords()
  const sheet = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement
    sheet.current?.querySelector<HTMLElement>('.bubble-list-row')?.focus()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  return (
    <div
      className="list-shade"
      onClick={(event) => event.target === event.currentTarget && props.onClose()}
      onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
    >
      <div className="list-below" role="dialog" aria-modal aria-label={props.list.button} ref={sheet}>
        <header className="list-head">
          <CloseButton aria-label={t('Close')} onClick={props.onClose} c="inherit" />
          <strong dir="auto">{props.list.button}</strong>
        </header>
        <Rows {...props} />
      </div>
    </div>
  )
}

function Rows({ list, onPick }: ListSheetProps) {
  return (
    <div className="bubble-sheet" role="group" aria-label={list.button}>
      {list.sections.map((section, i) => (
        <div key={i} className="bubble-section">
          {section.title && (
            <div className="bubble-section-title" dir="auto">
              {section.title}
            </div>
          )}
          {section.rows.map((row) => (
            <button type="button" key={row.id} className="bubble-list-row" onClick={() => onPick(row)}>
              <span dir="auto">{row.title}</span>
              {row.description && <small dir="auto">{row.description}</small>}
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}
