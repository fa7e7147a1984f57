import { useEffect } from 'react'

const ROWS = '#main .row, #main .talk-person, #main .card-link, #main .template-card, #main tbody tr'
const SEARCH = '#main [role=search] input, #main .talk-list input'

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

/** `target` has the focus when the row has it: a link, the button that opens it, or the row itself. */
type Row = { box: HTMLElement; target: HTMLElement }

function rowOf(box: HTMLElement): Row | undefined {
  if (box.closest('.visually-hidden') !== null) return undefined
  if (box.matches('a, button')) return { box, target: box }
  // The details of the row above.
  if (box.querySelector(':scope > td[colspan]') !== null) return undefined
  const target = box.querySelector<HTMLElement>('[data-row]') ?? box.querySelector<HTMLElement>('a[href]') ?? box
  if (target === box) box.tabIndex = -1
  return { box, target }
}

/** Rows as they stand on the screen: a long list keeps its elements in another order. */
const rowsInOrder = (): Row[] =>
  [...document.querySelectorAll<HTMLElement>(ROWS)]
    .flatMap((box) => rowOf(box) ?? [])
    .map((row) => ({ row, place: row.box.getBoundingClientRect() }))
    .sort((a, b) => a.place.top - b.place.top || a.place.left - b.place.left)
    .map(({ row }) => row)

function move(step: 1 | -1): boolean {
  const rows = rowsInOrder()
  const at = rows.findIndex(({ box }) => box.contains(document.activeElement))
  const next = at === -1 ? rows[0] : rows[at + step]
  next?.target.focus()
  return next !== undefined
}

/** Puts the focus on the first row of the page, or on its content where it has no rows. */
export function toFirstRow(): void {
  const target = rowsInOrder()[0]?.target ?? document.getElementById('main')
  target?.focus()
}

/** A row without a link of its own: Enter leads into it. */
function enter(): boolean {
  const row = document.activeElement
  if (!(row instanceof HTMLElement) || row.tabIndex !== -1 || !row.matches(ROWS)) return false
  const inside = row.querySelector<HTMLElement>('a[href], button:not(:disabled), input:not(:disabled)')
  inside?.focus()
  return inside !== null
}

function find(): boolean {
  const field = document.querySelector<HTMLInputElement>(SEARCH)
  field?.focus()
  field?.select()
  return field !== null
}

const ACTS: Record<string, () => boolean> = { j: () => move(1), k: () => move(-1), Enter: enter, '/': find }

/** ⌘K or Ctrl K anywhere; j, k, Enter and / where nothing is being typed. */
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
      if (Object.hasOwn(ACTS, event.key) && ACTS[event.key]!()) event.preventDefault()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [openPalette])
}
