import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'

/** Distance in pixels that counts as the end of the chat. */
const NEAR = 80

/**
 * Keeps a chat at its newest message, also while pictures load. A reader who has scrolled up stays there, unless the newest
 * message is the reader's own. `elsewhere`: the chat begins at another place.
 */
export function useStayAtEnd(
  box: RefObject<HTMLElement | null>,
  inside: RefObject<HTMLElement | null>,
  newest: string,
  { isOwn = true, elsewhere = false }: { isOwn?: boolean; elsewhere?: boolean } = {},
): void {
  const isAtEnd = useRef(!elsewhere)
  const jumps = isOwn && !elsewhere

  useLayoutEffect(() => {
    if (box.current && (isAtEnd.current || jumps)) box.current.scrollTop = box.current.scrollHeight
    // Only a new message moves the chat.
  }, [box, newest])

  useEffect(() => {
    const outer = box.current
    if (!outer || !inside.current) return
    const note = (): void => {
      isAtEnd.current = outer.scrollHeight - outer.scrollTop - outer.clientHeight < NEAR
    }
    const observer = new ResizeObserver(() => {
      if (isAtEnd.current) outer.scrollTop = outer.scrollHeight
    })
    outer.addEventListener('scroll', note, { passive: true })
    observer.observe(inside.current)
    // The box shrinks when the composer grows.
    observer.observe(outer)
    return () => {
      outer.removeEventListener('scroll', note)
      observer.disconnect()
    }
  })
}
