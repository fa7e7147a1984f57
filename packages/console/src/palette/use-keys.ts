import { useEffect } from 'react'

const ROWS = '#main .row, #main .talk-person, #main [data-row]'
const SEARCH = '#main [role=search] input, #main .talk-list input'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** Rows as they stand on the screen: a long list keeps its elements in another order. */
const rowsInOrder = (): HTMLElement[] =>
  [...document.querySelectorAll<HTMLElement>(ROWS)].sort(
    (a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top,
  )

function move(step: 1 | -1): boolean {
  const rows = rowsInOrder()
  const at = rows.findIndex((row) => row === document.activeElement)
  const next = at === -1 ? rows[0] : rows[at + step]
  next?.focus()
  return next !== undefined
}

function find(): boolean {
  const field = document.querySelector<HTMLInputElement>(SEARCH)
  field?.focus()
  field?.select()
  return field !== null
}

/** ⌘K or Ctrl K anywhere; j, k and / where nothing is being typed. */
export function useKeys(openPalette: () => void): void {
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      if (event.key.toLowerCase() === 'k' && (event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault()
        openPalette()
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || isTyping(event.target)) return
      // A dialog has the keys to itself.
      if (document.querySelector('[role=dialog]') !== null) return
      const done = event.key === 'j' ? move(1) : event.key === 'k' ? move(-1) : event.key === '/' ? find() : false
      if (done) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [openPalette])
}
