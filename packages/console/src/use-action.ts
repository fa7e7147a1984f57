import { useMutation, type UseMutationOptions } from '@tanstack/react-query'
import { useRef } from 'react'

/** 2 and more while the second click of a double click is handled. */
let clicks = 0
addEventListener(
  'click',
  ({ detail }) => {
    clicks = detail
    // What a key starts later is no click.
    setTimeout(() => (clicks = 0))
  },
  true,
)

/**
 * A mutation that a double click starts once. The mutation's own state says so only after the page was drawn again, when
 * the second click may have come; and when the answer was faster than the second click, that click would undo a pause,
 * or send a second test.
 */
export function useAction<Data, Given = void>(options: UseMutationOptions<Data, Error, Given>) {
  const mutation = useMutation(options)
  const isRunning = useRef(false)
  return {
    ...mutation,
    mutate(given: Given): void {
      if (isRunning.current || clicks > 1) return
      isRunning.current = true
      mutation
        .mutateAsync(given)
        // The mutation's own state has the error, which its place shows.
        .catch(() => undefined)
        .finally(() => (isRunning.current = false))
    },
  }
}
