import { useSyncExternalStore } from 'react'

/** The ids of the messages under the pointer: bubbles and lines of the wire that are about them stand out. */
let lit: ReadonlySet<string> = new Set()
const hearers = new Set<() => void>()

function subscribe(hear: () => void): () => void {
  hearers.add(hear)
  return () => hearers.delete(hear)
}

/** An empty list ends it. */
export function light(ids: readonly string[]): void {
  if (ids.length === 0 && lit.size === 0) return
  lit = new Set(ids)
  for (const hear of [...hearers]) hear()
}

export const useIsLit = (ids: readonly string[]): boolean =>
  useSyncExternalStore(subscribe, () => ids.some((id) => lit.has(id)))

/** Handlers of an element that is about these messages. */
export const lights = (ids: readonly string[]) => ({
  onPointerEnter: () => light(ids),
  onPointerLeave: () => light([]),
  onFocus: () => light(ids),
  onBlur: () => light([]),
})
