import { useEffect } from 'react'
import { useSearchParams } from 'wouter'

/**
 * Opens a dialog that a link asks for, such as `/channels?add=1`, and takes the wish out of the address: a reload does
 * not open the dialog again, and the same link does.
 */
export function useAsked(name: string, open: () => void): void {
  const [params, setParams] = useSearchParams()
  const isAsked = params.has(name)
  useEffect(() => {
    if (!isAsked) return
    open()
    setParams(
      (before) => {
        const rest = new URLSearchParams(before)
        rest.delete(name)
        return rest
      },
      { replace: true },
    )
  }, [isAsked, name, open, setParams])
}
