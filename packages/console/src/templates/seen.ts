import { useEffect, useMemo } from 'react'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { asObject } from '../../../ui/src/shown.ts'
import { useKept } from '../list/use-kept.ts'

/** What this user last saw of each template, by its id. Null before the first visit. */
type Seen = { at: number; of: Record<string, string> } | null
/** A template that is new, or a word of it that was another one. */
export type Change = { isNew: true } | { isNew: false; before: string; now: string }

export function snapshotOf(all: readonly CatalogEntry[]): Record<string, string> {
  return Object.fromEntries(all.map((one) => [one.id, FIELDS.map((field) => one[field]).join('|')]))
}
const FIELDS = ['status', 'category', 'quality'] as const

export function changesSince(seen: Record<string, string>, all: readonly CatalogEntry[]): Map<string, Change[]> {
  const changes = new Map<string, Change[]>()
  for (const entry of all) {
    const before = seen[entry.id]?.split('|')
    const found: Change[] = before
      ? FIELDS.flatMap((field, i) =>
          before[i] === entry[field] ? [] : [{ isNew: false as const, before: before[i] ?? '', now: entry[field] }],
        )
      : [{ isNew: true }]
    if (found.length > 0) changes.set(entry.id, found)
  }
  return changes
}

function readSeen(stored: unknown): Seen {
  const { at, of } = asObject(stored)
  if (typeof at !== 'number') return null
  const known = Object.entries(asObject(of)).filter((one): one is [string, string] => typeof one[1] === 'string')
  return { at, of: Object.fromEntries(known) }
}

/** What changed since the user last said that all was seen, or since the first visit. Kept in this browser. */
export function useChanges(channelId: number, all: readonly CatalogEntry[] | undefined) {
  const [seen, keep] = useKept<Seen>(`postern.templates.${channelId}`, readSeen)
  const isFirst = seen === null
  useEffect(() => {
    if (isFirst && all) keep({ at: Date.now(), of: snapshotOf(all) })
  }, [isFirst, all, keep])
  const changes = useMemo(() => (seen && all ? changesSince(seen.of, all) : new Map<string, Change[]>()), [seen, all])
  return { changes, since: seen?.at, seeAll: () => all && keep({ at: Date.now(), of: snapshotOf(all) }) }
}
