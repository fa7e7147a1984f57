import { CloseButton } from '@mantine/core'
import { useContext, useEffect, useRef, useState, type ReactNode } from 'react'
import { createPortal } from 'react-dom'
import { useWords } from '../../ui/src/i18n.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'

/** A sheet that rises from the lower edge of the phone's screen. Escape and a click beside it close it. */
export function PhoneSheet(props: { title: string; onClose: () => void; children: ReactNode }) {
  const { t } = useWords()
  const place = useContext(SheetPlace)
  const sheet = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const before = document.activeElement
    // After the menu that led here has closed: it returns the focus to its button unless the focus has moved on.
    const timer = setTimeout(() => {
      const first = sheet.current?.querySelector<HTMLElement>('input, textarea, select, .phone-choice')
      ;(first ?? sheet.current)?.focus()
    })
    return () => {
      clearTimeout(timer)
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  if (!place) return null
  return createPortal(
    <div
      className="list-shade"
      onClick={(event) => event.target === event.currentTarget && props.onClose()}
      onKeyDown={(event) => event.key === 'Escape' && props.onClose()}
    >
      <div className="list-below" role="dialog" aria-modal aria-label={props.title} ref={sheet} tabIndex={-1}>
        <header className="list-head">
          <CloseButton aria-label={t('Close')} onClick={props.onClose} c="inherit" />
          <strong dir="auto">{props.title}</strong>
        </header>
        <div className="phone-sheet">{props.children}</div>
      </div>
    </div>,
    place,
  )
}

export type Question = {
  title: string
  label: string
  button: string
  start?: string
  /** Empty answers are allowed. */
  optional?: boolean
  onAnswer: (text: string) => void
}

/** Asks for one line of text. */
export function AskSheet({ question, onClose }: { question: Question; onClose: () => void }) {
  const [text, setText] = useState(question.start ?? '')
  const isEmpty = text.trim() === '' && !question.optional
  return (
    <PhoneSheet title={question.title} onClose={onClose}>
      <form
        className="phone-ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (isEmpty) return
          onClose()
          question.onAnswer(text.trim())
        }}
      >
        <label>
          {question.label}
          <input dir="auto" value={text} maxLength={1_000} onChange={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" className="phone-choice" data-main disabled={isEmpty}>
          {question.button}
        </button>
      </form>
    </PhoneSheet>
  )
}
