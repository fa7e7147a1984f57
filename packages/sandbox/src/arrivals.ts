import type { Cloud } from './cloud.ts'
import { linesOf } from './message-lines.ts'
import { textOf } from './message-view.ts'
import type { Contact, Message } from './world.ts'

export type Match = string | RegExp | ((message: Message) => boolean)

export const hasArrived = (m: Message): boolean =>
  m.status === 'delivered' ||
  m.status === 'read' ||
  m.status === 'played' ||
  (m.type === 'reaction' && m.status === 'sent')

/** A text matches the readable text of a message. */
export function matcher(match: Match): (message: Message) => boolean {
  if (typeof match === 'function') return match
  if (typeof match === 'string') return (m) => textOf(m).includes(match)
  return (m) => match.test(textOf(m))
}

export const describeMatch = (match: Match): string =>
  typeof match === 'function' ? 'a fitting message' : typeof match === 'string' ? JSON.stringify(match) : String(match)

/**
 * Resolves with the newest matching message at this phone, or with the next one that arrives. Rejects after `withinMs`
 * of real time.
 */
export function awaitArrival(
  cloud: Cloud,
  phone: string,
  fits: (message: Message) => boolean,
  withinMs: number,
  what: string,
): Promise<Message> {
  const mine = (m: Message): boolean => m.phone === phone && m.direction === 'out' && hasArrived(m) && fits(m)
  const here = cloud.world.thread(phone).findLast(mine)
  if (here) return Promise.resolve(here)
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer)
      cloud.arrivals.delete(listener)
    }
    const timer = setTimeout(() => {
      done()
      reject(new Error(`phone ${phone} did not see ${what} within ${withinMs} ms; ${summary(cloud, phone)}`))
    }, withinMs)
    const listener = (message: Message): void => {
      if (!mine(message)) return
      done()
      resolve(message)
    }
    cloud.arrivals.add(listener)
  })
}

/** The phone's messages, for the error of a failed test. */
function summary(cloud: Cloud, phone: string): string {
  const out = cloud.world.thread(phone).filter((m) => m.direction === 'out')
  const got = out.filter(hasArrived)
  const failed = out.filter((m) => m.status === 'failed')
  const texts = got.slice(-3).map((m) => JSON.stringify(textOf(m) || m.type))
  return (
    (got.length === 0 ? 'it has received nothing' : `it has received ${got.length}, last ${texts.join(', ')}`) +
    (failed.length === 0 ? '' : `; ${failed.length} failed, last with ${failed.at(-1)?.error?.code ?? 'no code'}`)
  )
}

/** Tells everybody who waits that a message is on the phone. */
export function arrive(cloud: Cloud, message: Message): void {
  cloud.events.emit('message', cloud.clock.now(), () => ({
    direction: 'out',
    message: structuredClone(message),
    lines: linesOf(message),
  }))
  for (const listener of cloud.arrivals) listener(message)
}

/**
 * Puts a message on a phone that did not come by a send of this app. It waits while the phone is offline, and stays
 * away when the person has blocked the business.
 */
export function place(cloud: Cloud, contact: Contact, message: Message): void {
  const arrives = contact.online && !contact.blocks.includes(message.numberId)
  message.status = arrives ? 'delivered' : 'sent'
  cloud.world.addMessage(message)
  if (arrives) arrive(cloud, message)
}
