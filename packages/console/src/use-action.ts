import { useMutation, type UseMutationOptions } from '@tanstack/react-query'
import { useRef } from 'react'

/**
 * A mutation that a double click starts once. The mutation's own state says so only after the page was drawn again, when
 * the second click has already come.
 */
export function useAction<Data, Given = void>(options: UseMutationOptions<Data, Error, Given>) {
  const mutation = useMutation(options)
  const isRunning = useRef(false)
  return {
    ...mutation,
    mutate(given: Given): void {
      if (isRunning.current) return
      isRunning.current = true
      mutation
        .mutateAsync(given)
        // The mutation's own state has the error, which its place shows.
        .catch(() => undefined)
        .finally(() => (isRunning.current = false))
    },
  }
}
