import { useCallback, useEffect, useState } from 'react'
import { readDesk, writeDesk, type OnDesk } from './desk.ts'

const KEPT_AS = 'postern.phones'

/** The phones of the last visit, for an address that names none. */
function keptDesk(): OnDesk[] | null {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT_AS) ?? 'null') as unknown
    return Array.isArray(kept) ? readDesk(writeDesk(kept.map((one) => ({ number: String(one) })))) : null
  } catch {
    return null
  }
}

/** The phones on the page and what each shows. The address has them, so a link or a reload shows the same. */
export function useDesk(): { desk: OnDesk[] | null; setDesk: (next: OnDesk[]) => void } {
  const [desk, change] = useState(() => readDesk(location.hash) ?? keptDesk())
  useEffect(() => {
    const read = (): void => change((before) => readDesk(location.hash) ?? before)
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  const setDesk = useCallback((next: OnDesk[]) => {
    history.replaceState(null, '', `#${writeDesk(next)}`)
    localStorage.setItem(KEPT_AS, JSON.stringify(next.map((one) => one.number)))
    change(next)
  }, [])
  return { desk, setDesk }
}
