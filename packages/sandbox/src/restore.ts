import { DAY_MS, type Cloud } from './cloud.ts'
import type { SnapshotStore, SnapshotRow } from './snapshot-store.ts'
import { deliver, launch } from './journey.ts'
import { review } from './moderation.ts'
import type { Update } from './webhooks.ts'
import type { World, WorldState } from './world.ts'

type Things = Record<string, unknown[]>

/** Restores the world from stored snapshots. Returns false when none are stored. */
export function restoreWorld(cloud: Cloud, entries: readonly SnapshotRow[]): boolean {
  if (entries.length === 0) return false
  const things: Things = {}
  for (const { kind, value } of entries) (things[kind] ??= []).push(value)
  const counters = things['counters']?.[0]
  if (counters) cloud.source.restore(counters as Record<string, number>)
  // The options override the stored snapshot. The stored callback counts unless the options have one.
  const stored = things['app']?.[0] as WorldState['app'] | undefined
  const { app } = cloud.world
  const callbackUrl = app.callbackUrl ?? stored?.callbackUrl
  cloud.world.restore({
    app: { ...app, ...(callbackUrl !== undefined && { callbackUrl }) },
    accounts: list(things, 'accounts'),
    numbers: list(things, 'numbers'),
    tokens: list(things, 'tokens'),
    contacts: list(things, 'contacts'),
    templates: list(things, 'templates'),
    media: list(things, 'media'),
    messages: list(things, 'messages'),
  })
  for (const update of list<Update>(things, 'updates')) cloud.webhooks.push(update)
  return true
}

const list = <T>(things: Things, kind: string): T[] => (things[kind] ?? []) as T[]

/** Continues the messages and reviews that were pending when the process ended. */
export function resumePending(cloud: Cloud): void {
  for (const message of cloud.world.messages.values()) {
    const number = cloud.world.numbers.get(message.numberId)
    if (!number || message.direction !== 'out') continue
    if (message.status === 'accepted') launch(cloud, number, message)
    else if (message.status === 'sent' && message.type !== 'reaction' && cloud.clock.now() - message.at < 31 * DAY_MS) {
      cloud.timerQueue.in(cloud.pace.statusDelayMs, () => deliver(cloud, number, message))
    }
  }
  for (const template of cloud.world.templates.values()) if (template.status === 'PENDING') review(cloud, template)
}

/** Stores a snapshot of every changed object, and of the counters with it. */
export function keepSnapshots(cloud: Cloud, world: World, snapshots: SnapshotStore): void {
  let counted = ''
  world.onChange = (kind, id, value) => snapshots.note(kind, id, value)
  snapshots.before = () => {
    const counters = cloud.source.state()
    const text = JSON.stringify(counters)
    if (text === counted) return
    counted = text
    snapshots.note('counters', 'all', counters)
  }
}
