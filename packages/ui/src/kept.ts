import { useCallback, useSyncExternalStore } from 'react'

/**
 * A draft of a form, kept in this browser until it is sent. It survives leaving the page, the end of a session, and a
 * closed dialog. The form decides which part may be stored; secrets stay in memory and go with the form.
 */
export type Kept<T> = {
  start: () => T
  /** Reads a stored draft, perhaps of another version of the page. Undefined when it does not have this form. */
  read: (stored: unknown) => T | undefined
  /** Returns the part to store. Undefined when there is nothing to store. */
  keep: (value: T) => unknown
}

const PREFIX = 'postern.draft.'
const LONGEST = 200_000
const MOST = 50
const DAYS_KEPT = 30

/** Drafts whose forms are on the page. */
const open = new Map<string, { value: unknown; hearers: Set<() => void> }>()

function stored(name: string): unknown {
  try {
    const { at, value } = JSON.parse(localStorage.getItem(PREFIX + name) ?? '{}') as { at?: number; value?: unknown }
    return Date.now() - Number(at) < DAYS_KEPT * 86_400_000 ? value : undefined
  } catch {
    return undefined
  }
}

export const isKept = (name: string): boolean => stored(name) !== undefined

function store(name: string, value: unknown): void {
  try {
    const text = value === undefined ? '' : JSON.stringify({ at: Date.now(), value })
    if (text === '' || text.length > LONGEST) localStorage.removeItem(PREFIX + name)
    else {
      if (localStorage.getItem(PREFIX + name) === null) makeRoom()
      localStorage.setItem(PREFIX + name, text)
    }
  } catch {
    // A browser that stores nothing keeps a draft as long as its form is open.
  }
}

/** Removes old drafts, and the oldest when there are too many. */
function makeRoom(): void {
  const kept = Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => ({ key, at: Number(/^\{"at":(\d+)/.exec(localStorage.getItem(key) ?? '')?.[1] ?? 0) }))
    .sort((a, b) => b.at - a.at)
  const oldest = Date.now() - DAYS_KEPT * 86_400_000
  for (const [i, { key, at }] of kept.entries()) if (i >= MOST - 1 || at < oldest) localStorage.removeItem(key)
}

function entryOf<T>(name: string, form: Kept<T>): { value: T; hearers: Set<() => void> } {
  let entry = open.get(name)
  if (!entry) {
    const found = stored(name)
    entry = { value: (found === undefined ? undefined : form.read(found)) ?? form.start(), hearers: new Set() }
    open.set(name, entry)
  }
  return entry as { value: T; hearers: Set<() => void> }
}

/** The draft of a form by its name: the value, a function that changes it, and one that removes it from the storage. */
export function useKept<T>(name: string, form: Kept<T>) {
  const subscribe = useCallback(
    (hear: () => void) => {
      const { hearers } = entryOf(name, form)
      hearers.add(hear)
      return () => {
        hearers.delete(hear)
        if (hearers.size === 0) open.delete(name)
      }
    },
    [name, form],
  )
  const value = useSyncExternalStore(subscribe, () => entryOf(name, form).value)
  // Also for a form that has left the page, when the answer to its request comes late.
  const change = useCallback(
    (next: (before: T) => T) => {
      const entry = entryOf(name, form)
      entry.value = next(entry.value)
      store(name, form.keep(entry.value))
      if (entry.hearers.size === 0) open.delete(name)
      for (const hear of [...entry.hearers]) hear()
    },
    [name, form],
  )
  const forget = useCallback(() => store(name, undefined), [name])
  return { value, change, forget }
}

/** True when a value has the shape of the model. Items of a list are compared with the model's first item. */
export function isLike<T>(value: unknown, model: T): value is T {
  if (Array.isArray(model))
    return Array.isArray(value) && (model.length === 0 || value.every((one) => isLike(one, model[0])))
  if (typeof model !== 'object' || model === null) return typeof value === typeof model
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return Object.entries(model).every(([key, one]) => isLike((value as Record<string, unknown>)[key], one))
}
