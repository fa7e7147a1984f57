import type { Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import type { BusinessNumber, Message } from '../world.ts'

/** A message costs when it arrives. A reaction has no status but `sent`. */
function billedAt({ type, steps }: Message): number | undefined {
  const wanted = type === 'reaction' ? ['sent'] : ['delivered', 'read']
  return steps?.find(({ status }) => wanted.includes(status))?.at
}

/**
 * What a number's deliveries of this month cost, in numbers of messages: by category, and by the type of the price. Of
 * the messages that are still kept; the count of the free tier is of all.
 */
export function viewBill(cloud: Cloud, number: BusinessNumber): Json {
  const month = new Date(cloud.clock.now()).toISOString().slice(0, 7)
  const rows = new Map<string, { category: string; type: string; billable: boolean; count: number }>()
  for (const thread of cloud.world.threads.values()) {
    for (const message of thread) {
      const at = billedAt(message)
      if (message.numberId !== number.id || !message.pricing || at === undefined) continue
      if (new Date(at).toISOString().slice(0, 7) !== month) continue
      const { category, type, billable } = message.pricing
      const row = rows.get(`${category} ${type}`) ?? { category, type, billable, count: 0 }
      rows.set(`${category} ${type}`, { ...row, count: row.count + 1 })
    }
  }
  return {
    month,
    service: {
      delivered: number.serviceMonth?.month === month ? number.serviceMonth.count : 0,
      free: cloud.pace.freeServiceMessages,
    },
    rows: [...rows.values()].sort((a, b) => b.count - a.count),
  }
}
