import { useState } from 'react'

/** A value that this browser remembers. What cannot be read (another version wrote it) counts as nothing. */
export function useKept<T>(key: string, read: (stored: unknown) => T): [T, (next: T) => void] {
  const [value, setValue] = useState<T>(() => {
    try {
      return read(JSON.parse(localStorage.getItem(key) ?? 'null'))
    } catch {
      return read(null)
    }
  })
  return [
    value,
    (next) => {
      setValue(next)
      try {
        localStorage.setItem(key, JSON.stringify(next))
      } catch {
        // No room, or no permission: the choice lasts as long as the page.
      }
    },
  ]
}
