import { DAY_MS, type Cloud } from './cloud.ts'
import type { Diary, Entry } from './diary.ts'
import { deliver, launch } from './journey.ts'
import { review } from './moderation.ts'
import type { Update } from './webhooks.ts'
import type { World, WorldState } from './world.ts'

type Things = Record<string, unknown[]>

/** Fills the world from the diary. False when the diary is empty. */
export function recall(cloud: Cloud, entries: readonly Entry[]): boolean {
  if (entries.length === 0) return false
  const things: Things = {}
  for (const { kind, value } of entries) (things[kind] ??= []).push(value)
  const counters = things['counters']?.[0]
  if (counters) cloud.source.restore(counters as Record<string, number>)
  // What was given at start stands over what was remembered; the callback is remembered unless given.
  const remembered = things['app']?.[0] as WorldState['app'] | undefined
  const { app } = cloud.world
  const callbackUrl = app.callbackUrl ?? remembered?.callbackUrl
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

/** Puts back on its way what was on its way when the process ended. */
export function resume(cloud: Cloud): void {
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

/** Everything that changes is noted, and the counters with it. */
export function remember(cloud: Cloud, world: World, diary: Diary): void {
  let counted = ''
  world.witness = (kind, id, value) => diary.note(kind, id, value)
  diary.before = () => {
    const counters = cloud.source.state()
    const text = JSON.stringify(counters)
    if (text === counted) return
    counted = text
    diary.note('counters', 'all', counters)
  }
}
