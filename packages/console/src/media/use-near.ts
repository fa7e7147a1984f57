import { useEffect, useRef, useState, type RefObject } from 'react'

/**
 * True once the element is close to the visible area, so that a long conversation fetches only the files that the user
 * sees.
 */
export function useNear(): [RefObject<HTMLDivElement | null>, boolean] {
  const box = useRef<HTMLDivElement>(null)
  const [near, setNear] = useState(false)
  useEffect(() => {
    const element = box.current
    if (!element || near) return
    const watch = new IntersectionObserver(
      (entries) => {
        if (entries.some((one) => one.isIntersecting)) setNear(true)
      },
      { rootMargin: '400px' },
    )
    watch.observe(element)
    return () => watch.disconnect()
  }, [near])
  return [box, near]
}
