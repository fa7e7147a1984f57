import { useEffect, useRef, useState, type RefObject } from 'react'

/** True from the moment the element comes near what can be seen, so that a long conversation fetches what is looked at. */
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
