import { useEffect, useLayoutEffect, useRef, type RefObject } from 'react'

/** Close enough to the end to count as being there. Pixels. */
const NEAR = 80

/** Keeps a chat at its newest message, also while pictures load; who has scrolled up to read is left there. */
export function useStayAtEnd(
  box: RefObject<HTMLElement | null>,
  inside: RefObject<HTMLElement | null>,
  newest: string,
): void {
  const isAtEnd = useRef(true)

  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
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
    return () => {
      outer.removeEventListener('scroll', note)
      observer.disconnect()
    }
  })
}
