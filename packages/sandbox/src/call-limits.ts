import type { VoiceCall } from './calls.ts'
import { isObject, type Json } from './checker.ts'
import { DAY_MS, contactOf, type Cloud } from './cloud.ts'
import { GraphError } from './graph-error.ts'
import type { BusinessNumber, Contact } from './world.ts'

/*
 * Limits of a pair of number and person: one request for permission in a day and two in a week, and five connected calls
 * of the business in a day. They hold when `limits({ calls: true })` says so.
 */

/** The calling settings of `POST /{number}/settings`. Without any, calls work. */
export function callingOf(number: BusinessNumber): Json {
  const settings = number.settings['settings']
  const calling = isObject(settings) ? settings['calling'] : undefined
  return isObject(calling) ? calling : {}
}

type CallLog = { asked: number[]; connected: number[] }

const logOf = (contact: Contact, numberId: string): CallLog =>
  contact.callLog?.[numberId] ?? { asked: [], connected: [] }

function saveLog(cloud: Cloud, contact: Contact, numberId: string, log: CallLog): void {
  const since = cloud.clock.now() - 7 * DAY_MS
  const recent = (times: number[]): number[] => times.filter((at) => at > since).slice(-10)
  const kept = { asked: recent(log.asked), connected: recent(log.connected) }
  contact.callLog = { ...contact.callLog, [numberId]: kept }
  cloud.world.saveContact(contact)
}

const within = (cloud: Cloud, times: number[], ms: number): number[] =>
  times.filter((at) => at > cloud.clock.now() - ms)

/** Requests of a day and of a week, and connected calls of a day, with the time when the next call is allowed. */
export function usageOf(cloud: Cloud, contact: Contact, number: BusinessNumber) {
  const log = logOf(contact, number.id)
  const connected = within(cloud, log.connected, DAY_MS)
  return {
    askedInDay: within(cloud, log.asked, DAY_MS).length,
    askedInWeek: within(cloud, log.asked, 7 * DAY_MS).length,
    connectedInDay: connected.length,
    ...(connected[0] !== undefined && { nextAt: connected[0] + DAY_MS }),
  }
}

/** A send asks for permission. Refused with 138009 above the limit. */
export function askToCall(cloud: Cloud, contact: Contact, number: BusinessNumber): void {
  const { askedInDay, askedInWeek } = usageOf(cloud, contact, number)
  if (cloud.limits.settings.calls && (askedInDay >= 1 || askedInWeek >= 2)) throw new GraphError(138009)
  const log = logOf(contact, number.id)
  saveLog(cloud, contact, number.id, { ...log, asked: [...log.asked, cloud.clock.now()] })
}

/** A connected call of the business counts, and resets the count of requests. */
export function noteConnected(cloud: Cloud, call: VoiceCall): void {
  const contact = contactOf(cloud, call.phone)
  const log = logOf(contact, call.numberId)
  saveLog(cloud, contact, call.numberId, { asked: [], connected: [...log.connected, cloud.clock.now()] })
}

/** Why the business may not call this person now. */
export function checkCall(cloud: Cloud, contact: Contact, number: BusinessNumber): void {
  if (callingOf(number)['status'] === 'DISABLED') throw new GraphError(138000)
  if (!contact.onWhatsApp) throw new GraphError(138001)
  if ((contact.callsAllowed?.[number.id] ?? 0) <= cloud.clock.now()) throw new GraphError(138006)
  const isOpen = (call: VoiceCall): boolean =>
    call.phone === contact.number && call.numberId === number.id && call.state !== 'over'
  if ([...cloud.calls.values()].some(isOpen)) throw new GraphError(138003)
  if (!cloud.limits.settings.calls) return
  const { connectedInDay, nextAt } = usageOf(cloud, contact, number)
  if (connectedInDay >= 5)
    throw new GraphError(138012, { details: `The next call is allowed at ${new Date(nextAt ?? 0).toISOString()}.` })
}
