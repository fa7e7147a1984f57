import { useEffect, useRef, type KeyboardEvent } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

/** Those that people write most. Every system has a keyboard for the others. */
const EMOJI = [
  ...['😀', '😂', '🤣', '😊', '😍', '😘', '😎', '🤔', '😅', '🙄', '😴', '😢', '😭', '😡', '😱', '🥳'],
  ...['👍', '👎', '👏', '🙏', '🤝', '💪', '👋', '👌', '❤️', '💔', '✨', '🔥', '🎉', '🎁', '✅', '❓'],
]
const COLUMNS = 8

/** One emoji is in the order of the Tab key; the arrow keys go to the others. */
export function EmojiPanel({ onPick, onClose }: { onPick: (emoji: string) => void; onClose: () => void }) {
  const { t } = useWords()
  const box = useRef<HTMLDivElement>(null)
  const at = useRef(0)

  function go(to: number): void {
    const buttons = [...(box.current?.querySelectorAll('button') ?? [])]
    at.current = Math.max(0, Math.min(to, buttons.length - 1))
    for (const [i, button] of buttons.entries()) button.tabIndex = i === at.current ? 0 : -1
    buttons[at.current]?.focus()
  }
  useEffect(() => go(0), [])

  function press(event: KeyboardEvent): void {
    if (event.key === 'Escape') return onClose()
    // In Arabic the grid runs from right to left, and so do the keys.
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1
    const steps: Record<string, number> = {
      ArrowRight: forward,
      ArrowLeft: -forward,
      ArrowDown: COLUMNS,
      ArrowUp: -COLUMNS,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    const to = at.current + step
    if (to >= 0 && to < EMOJI.length) go(to)
  }

  return (
    <div className="emoji-panel" role="group" aria-label={t('Emoji')} ref={box} onKeyDown={press}>
      {EMOJI.map((emoji, i) => (
        <button
          type="button"
          key={emoji}
          onClick={() => {
            onPick(emoji)
            go(i)
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  )
}
