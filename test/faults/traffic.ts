import { setTimeout as after } from 'node:timers/promises'
import { longestWait, explainMissing } from './inventory.ts'
import type { Cluster } from './cluster.ts'
import { postWebhook, textWebhook } from './whatsapp.ts'

export type Verdict = {
  /** Webhooks that were answered 200: messages of contacts, and statuses. */
  events: number
  /** Messages of contacts that were answered 200. */
  acknowledged: number
  /** Sends that were answered 200. */
  sends: number
  /** Sends with another answer, by HTTP status and reason. */
  refused: Record<string, number>
  /** Posted webhooks, including repetitions. */
  posted: number
  /** Deliveries that arrived more than once. */
  duplicates: number
  /** Longest time from an acknowledgement to the customer, in ms. */
  latestMs: number
  /** At the end of the load: time until the last lane with waiting events was due. Known when the checker asked. */
  laneWaitMs?: number
  /** Every broken promise; empty when all were kept. */
  broken: string[]
}

/** What was acknowledged until a moment. */
export type Mark = { events: ReadonlySet<string>; sends: ReadonlySet<string> }

export type Traffic = {
  readonly acknowledged: number
  readonly sent: number
  /** What a backup that begins now must have. */
  mark(): Mark
  /**
   * The store is as it was at the mark, or a little later: what was acknowledged since may be missing. What was
   * acknowledged before may not, and may not be told under a second id.
   */
  wentBack(to: Mark): void
  /** WhatsApp repeats so many acknowledged webhooks of a mark. */
  repeat(mark: Mark, count: number): Promise<void>
  /** Ends the load, waits for all promised results, and reports them. */
  judge(withinMs?: number | 'as the schedule needs'): Promise<Verdict>
}

/** The parts of a cluster that the load needs. */
type TestServers = Pick<Cluster, 'whatsapp' | 'receiver' | 'code' | 'call' | 'origin' | 'allAlive'> &
  Partial<Pick<Cluster, 'inventory'>>

/**
 * Added to the longest wait in the store at the end of the load: the lease of a lane in progress, the longest rest of
 * an endpoint, and the deliveries themselves on a busy machine.
 */
const LEASE_MS = 60_000
const REST_MS = 360_000
const SLACK_MS = 120_000

/** People who write in Meta's way (each webhook is repeated until it is answered 200), and a business that sends. */
export function startTraffic(cluster: TestServers, size: { people?: number; senders?: number } = {}): Traffic {
  const people = size.people ?? 12
  const { receiver, whatsapp } = cluster
  const acknowledged: string[] = []
  const acknowledgedAt = new Map<string, number>()
  const sent: string[] = []
  const refused: Record<string, number> = {}
  const excused = { events: new Set<string>(), sends: new Set<string>() }
  const kept = new Set<string>()
  let posted = 0
  let over = false
  let recipient = 0

  async function oneContact(n: number): Promise<void> {
    const from = String(15_550_300_000 + n)
    for (let i = 0; !over; i++) {
      const id = `wamid.in${n}-${String(i).padStart(6, '0')}`
      const body = JSON.stringify(textWebhook(from, id, `message ${i}`))
      // Also at the end: the last one may have been stored although its answer was lost.
      while ((posted++, !(await postWebhook(cluster.origin(), body)))) await after(20)
      acknowledged.push(id)
      acknowledgedAt.set(id, Date.now())
      await after(4)
    }
  }

  async function sender(): Promise<void> {
    while (!over) {
      try {
        const answer = await cluster.call(
          'POST',
          '/external/messages/whatsapp',
          { to: String(15_550_400_000 + (++recipient % 2000)), type: 'text', text: 'Your parcel is on its way.' },
          { 'certification-code': cluster.code },
        )
        if (answer.http === 200) sent.push((answer.data as { msg_id: string }).msg_id)
        else {
          const reason = (answer.error as { reason?: string }).reason ?? ''
          const key = `${answer.http} ${reason}`.trim()
          refused[key] = (refused[key] ?? 0) + 1
          await after(20)
        }
      } catch {
        refused['no answer'] = (refused['no answer'] ?? 0) + 1
        await after(20)
      }
      await after(4)
    }
  }

  const work = [
    ...Array.from({ length: people }, (_, n) => oneContact(n)),
    ...Array.from({ length: size.senders ?? 8 }, () => sender()),
  ]

  const promised = (): Set<string> => new Set([...acknowledged, ...whatsapp.acknowledged])

  return {
    get acknowledged() {
      return acknowledged.length
    },
    get sent() {
      return sent.length
    },
    mark: () => ({ events: promised(), sends: new Set(sent) }),
    wentBack(to) {
      for (const name of promised()) if (!to.events.has(name)) excused.events.add(name)
      for (const wamid of sent) if (!to.sends.has(wamid)) excused.sends.add(wamid)
      for (const name of to.events) if (!excused.events.has(name)) kept.add(name)
    },
    async repeat(mark, count) {
      const names = [...mark.events].filter((name) => !excused.events.has(name))
      for (const name of pick(names, count)) {
        const inbound = /^wamid\.in(\d+)-(\d+)$/.exec(name)
        const body = inbound
          ? JSON.stringify(
              textWebhook(String(15_550_300_000 + Number(inbound[1])), name, `message ${Number(inbound[2])}`),
            )
          : whatsapp.webhookOf(name)!
        while (!(await postWebhook(cluster.origin(), body))) await after(20)
      }
    },
    async judge(withinMs = 100_000) {
      over = true
      await Promise.all(work)
      receiver.behaviour = 200
      const broken: string[] = []
      const laneWaitMs =
        withinMs === 'as the schedule needs' ? longestWait(await cluster.inventory!(), Date.now()) : undefined
      const wait = typeof withinMs === 'number' ? withinMs : laneWaitMs! + LEASE_MS + REST_MS + SLACK_MS
      const deadline = Date.now() + wait
      while (!whatsapp.isQuiet && Date.now() < deadline) await after(20)
      if (!whatsapp.isQuiet) broken.push('some statuses were never acknowledged')
      const owed = new Set([...promised()].filter((name) => !excused.events.has(name)))
      const missing = (): Set<string> => missingOf(owed, receiver.received)
      while (missing().size > 0 && Date.now() < deadline) await after(100)
      if (missing().size > 0) broken.push(...(await explain(cluster, missing(), wait)))
      broken.push(...disorder(receiver.received.filter(isCounted).map(({ body }) => nameOf(body))))
      broken.push(...toldTwice(kept, receiver.received))
      broken.push(
        ...(await unknownSends(
          cluster,
          sent.filter((wamid) => !excused.sends.has(wamid)),
        )),
      )
      const twice = [...whatsapp.taken].filter(([, times]) => times > 1).length
      if (twice > 0) broken.push(`${twice} messages were given to WhatsApp twice`)
      if (receiver.badSignatures > 0) broken.push(`${receiver.badSignatures} signatures did not hold`)
      if (!cluster.allAlive()) broken.push('a gateway ended by itself')
      if (acknowledged.length < people || sent.length < 5) {
        broken.push(
          `only ${acknowledged.length} webhooks and ${sent.length} sends were acknowledged: it proves nothing`,
        )
      }
      const duplicates = receiver.received.length - new Set(receiver.received.map(({ id }) => id)).size
      const latestMs = latestOf(acknowledgedAt, receiver.received)
      return {
        events: owed.size,
        acknowledged: acknowledged.length,
        sends: sent.length,
        refused,
        posted,
        duplicates,
        latestMs,
        ...(laneWaitMs !== undefined && { laneWaitMs }),
        broken,
      }
    },
  }
}

/** So many of them, from all over. */
const pick = (names: readonly string[], count: number): string[] =>
  Array.from({ length: Math.min(count, names.length) }, (_, i) => names[Math.floor((i * names.length) / count)]!)

/** Events that a customer got under two ids, and so cannot recognize as one. */
function toldTwice(names: ReadonlySet<string>, received: Cluster['receiver']['received']): string[] {
  const ids = new Map<string, Set<string>>()
  for (const { id, body } of received) {
    const name = nameOf(body)
    if (names.has(name)) ids.set(name, (ids.get(name) ?? new Set()).add(id))
  }
  const twice = [...ids].filter(([, of]) => of.size > 1).map(([name, of]) => `${name}: ${[...of].join(' and ')}`)
  return twice.length === 0 ? [] : [`${twice.length} events were told under two ids: ${twice.slice(0, 5).join(', ')}`]
}

/** An event that waits behind a retry is late and not lost; the report says so. */
async function explain(cluster: TestServers, missing: Set<string>, wait: number): Promise<string[]> {
  const { late, lost } = cluster.inventory
    ? explainMissing(missing, await cluster.inventory(), nameOf, Date.now())
    : { late: [], lost: [...missing] }
  const seconds = (wait / 1000).toFixed(0)
  const some = (lines: string[]): string => lines.slice(0, 10).join(', ') + (lines.length > 10 ? ', …' : '')
  return [
    ...(late.length > 0 ? [`${late.length} acknowledged events are late, after ${seconds} s (${some(late)})`] : []),
    ...(lost.length > 0 ? [`${lost.length} acknowledged events are lost, after ${seconds} s (${some(lost)})`] : []),
  ]
}

/** The longest time from an acknowledgement to the first delivery, in ms. */
function latestOf(acknowledgedAt: Map<string, number>, received: Cluster['receiver']['received']): number {
  const first = new Map<string, number>()
  for (const { body, at } of received) if (!first.has(nameOf(body))) first.set(nameOf(body), at)
  let latest = 0
  for (const [name, at] of acknowledgedAt) latest = Math.max(latest, (first.get(name) ?? at) - at)
  return latest
}

/** Other events, as those of broadcasts, have no place in the order of a message. */
const isCounted = ({ body }: Cluster['receiver']['received'][number]): boolean =>
  body.event === 'new_message' || body.message_status !== undefined

/** The name of a callback here: a message by its wamid, a status by wamid and word. */
function nameOf(body: Record<string, unknown>): string {
  if (body.event === 'new_message') return (body.message as { messages: { id: string }[] }).messages[0]!.id
  return `${String(body.message_id)} ${String(body.message_status)}`
}

function missingOf(promised: ReadonlySet<string>, received: Cluster['receiver']['received']): Set<string> {
  const missing = new Set(promised)
  for (const { body } of received) missing.delete(nameOf(body))
  return missing
}

/** Contacts whose events first arrived in another order than they were stored. */
function disorder(names: string[]): string[] {
  const last = new Map<string, number>()
  const wrong = new Set<string>()
  for (const name of new Set(names)) {
    const inbound = /^wamid\.in(\d+)-(\d+)$/.exec(name)
    const [contact, place] = inbound
      ? [`person ${inbound[1]}`, Number(inbound[2])]
      : [`message ${name.split(' ')[0]}`, name.endsWith(' sent') ? 0 : 1]
    if (place < (last.get(contact) ?? -1)) wrong.add(contact)
    last.set(contact, Math.max(place, last.get(contact) ?? -1))
  }
  return wrong.size === 0 ? [] : [`${wrong.size} contacts out of order: ${[...wrong].slice(0, 3).join(', ')}`]
}

/** Acknowledged sends whose message the gateway does not know. */
async function unknownSends(cluster: TestServers, sent: string[]): Promise<string[]> {
  let unknown = 0
  const queue = [...sent]
  const look = async (): Promise<void> => {
    for (let wamid = queue.pop(); wamid !== undefined; wamid = queue.pop()) {
      const answer = await cluster.call('GET', `/external/messages/${wamid}`, undefined, {
        'certification-code': cluster.code,
      })
      if (answer.http !== 200 || (answer.data as { msg_id: string }).msg_id !== wamid) unknown++
    }
  }
  await Promise.all(Array.from({ length: 8 }, look))
  return unknown === 0 ? [] : [`${unknown} acknowledged sends are not known`]
}
