import { newMessageId } from '../../ids.ts'
import { WINDOW_MARGIN_MS, WINDOW_MS, windowOf } from '../../messages/window.ts'
import type {
  Applied,
  AttemptRecord,
  ClosedWindow,
  Fact,
  LeasedLane,
  LeaseOffer,
  NewMessage,
  PendingEvent,
  Person,
  Settlement,
} from '../store.ts'

/** One write of the hot path, as it waits for its commit. */
export type Op =
  | { kind: 'begin'; message: NewMessage }
  | { kind: 'settle'; settlement: Settlement }
  | { kind: 'facts'; facts: readonly Fact[]; offer: LeaseOffer | null }
  | { kind: 'claim'; channelId: number; limit: number; offer: { holder: string; now: number; until: number } }
  | { kind: 'attempt'; record: AttemptRecord }
  | {
      kind: 'release'
      holder: string
      lanes: readonly { channelId: number; contactId: number }[]
      now: number
    }

/** What `commit_batch` answers; its migration says what the lists mean. */
export type BatchAnswer = {
  closed: boolean[] | null
  last: (number | null)[] | null
  settled: boolean[] | null
  seq: (number | null)[] | null
  contact: (number | null)[] | null
  ours: (string | null)[] | null
  lane: number[] | null
  next: (PendingEvent[] | null)[] | null
  claimed: LeasedLane[][] | null
}

const LEASED = 1
const WOKEN = 2

/** `p:` and the digits of a number, `u:` and a BSUID. */
const phoneKey = (phone: string | undefined): string | undefined => phone && `p:${phone.replace(/\D/g, '')}`
const userKey = (userId: string | undefined): string | undefined => userId && `u:${userId}`

const namesOf = (person: Person) => ({
  phoneKey: phoneKey(person.phone),
  userKey: userKey(person.userId),
  phone: person.phone || undefined,
  user: person.userId || undefined,
  name: person.name,
})

/** The arguments of `commit_batch`, in its order. A kind that does not occur is null, and costs nothing. */
export function argumentsOf(ops: readonly Op[], now: number): (string | number | null)[] {
  const begins: unknown[] = []
  const settles: unknown[] = []
  const facts: unknown[] = []
  const attempts: unknown[] = []
  const releases: unknown[] = []
  const claims: unknown[] = []
  for (const op of ops) {
    switch (op.kind) {
      case 'begin':
        begins.push(beginRow(op.message))
        break
      case 'settle':
        settles.push(settleRow(op.settlement))
        break
      case 'facts':
        for (const fact of op.facts) facts.push(factRow(fact, op.offer, now))
        break
      case 'attempt':
        attempts.push(attemptRow(op.record))
        break
      case 'release':
        for (const lane of op.lanes)
          releases.push({ ch: lane.channelId, contact: lane.contactId, holder: op.holder, at: op.now })
        break
      case 'claim':
        claims.push({ ch: op.channelId, limit: op.limit, ...op.offer })
    }
  }
  return [json(begins), json(settles), json(facts), json(attempts), json(releases), json(claims), now]
}

/** One result for each op, in their order. */
export function resultsOf(ops: readonly Op[], answer: BatchAnswer, now: number): unknown[] {
  let begin = 0
  let settle = 0
  let fact = 0
  let attempt = 0
  let claim = 0
  return ops.map((op) => {
    switch (op.kind) {
      case 'begin': {
        const at = begin++
        return answer.closed?.[at] ? closedWindow(op.message, answer.last?.[at] ?? undefined) : undefined
      }
      case 'settle':
        return answer.settled![settle++]
      case 'facts': {
        const applied = appliedOf(op.facts, answer, fact, now)
        fact += op.facts.length
        return applied
      }
      case 'attempt':
        return answer.next![attempt++] ?? []
      case 'claim':
        return answer.claimed![claim++]
      case 'release':
        return undefined
    }
  })
}

function beginRow({ channelId, id, person, type, recipient, content, createdAt, window }: NewMessage) {
  const row = { ch: channelId, id, ...namesOf(person), type, recipient, content, at: createdAt }
  // A send always has one name; the number leads where both are given.
  if (row.phoneKey !== undefined) row.userKey = undefined
  if (!window) return row
  const stranger = windowOf({ channelCreatedAt: window.channelCreatedAt }, createdAt)
  return { ...row, openAfter: createdAt - WINDOW_MS + WINDOW_MARGIN_MS, neverOk: stranger.state !== 'closed' }
}

function closedWindow(message: NewMessage, lastInboundAt: number | undefined): ClosedWindow {
  const facts = { lastInboundAt, channelCreatedAt: message.window!.channelCreatedAt }
  return windowOf(facts, message.createdAt) as ClosedWindow
}

function settleRow(settlement: Settlement) {
  const { channelId: ch, id, at, status } = settlement
  if (settlement.status !== 'accepted') return { ch, id, at, status, error: settlement.error }
  const { wamid, waId, userId } = settlement
  return { ch, id, at, status, wamid, phoneKey: phoneKey(waId), userKey: userKey(userId), user: userId }
}

function factRow(fact: Fact, offer: LeaseOffer | null, now: number) {
  const lease = offer?.takes(fact.channelId) ? { holder: offer.holder, until: offer.until } : undefined
  const row = { ch: fact.channelId, at: fact.at, ...(fact.person && namesOf(fact.person)), ...lease }
  switch (fact.kind) {
    case 'message':
      return {
        ...row,
        ...becoming(fact.becomes),
        kind: 'm',
        event: 'new_message',
        id: newMessageId(now),
        wamid: fact.wamid,
        type: fact.type,
        content: fact.content,
        body: fact.body,
        opens: fact.opensWindow,
        recipient: nameOf(fact.person),
      }
    case 'status': {
      const id = newMessageId(now)
      return {
        ...row,
        kind: 's',
        event: 'message_status_update',
        id,
        wamid: fact.wamid,
        reference: fact.reference,
        status: fact.status,
        error: fact.error,
        body: fact.bodyOf(undefined),
        // The database knows whose it is, and puts the right id in the place of this one.
        ours: fact.bodyOf(id),
        recipient: nameOf(fact.person),
      }
    }
    case 'notice':
      return { ...row, ...becoming(fact.becomes), kind: 'n', event: fact.event, wamid: fact.key, body: fact.body }
  }
}

const nameOf = (person: Person): string => person.phone ?? person.userId ?? ''

function becoming(becomes: Person | undefined) {
  if (!becomes) return undefined
  return {
    newPhone: becomes.phone,
    newPhoneKey: phoneKey(becomes.phone),
    newUser: becomes.userId,
    newUserKey: userKey(becomes.userId),
  }
}

function attemptRow(record: AttemptRecord) {
  return {
    ch: record.channelId,
    contact: record.contactId,
    seq: record.seq,
    number: record.number,
    holder: record.holder,
    at: record.at,
    outcome: record.outcome,
    status: record.status,
    ms: record.ms,
    answer: record.answer === null ? null : record.answer.slice(0, 1024),
    retryAt: record.retryAt,
    more: record.more,
    until: record.leaseUntil,
  }
}

function appliedOf(facts: readonly Fact[], answer: BatchAnswer, from: number, now: number): Applied {
  const leased = new Map<string, LeasedLane>()
  const nudge = new Set<number>()
  let events = 0
  for (const [i, fact] of facts.entries()) {
    const seq = answer.seq![from + i]
    if (seq === null || seq === undefined) continue
    events++
    const { channelId } = fact
    const contactId = answer.contact![from + i]!
    const lane = answer.lane![from + i]
    if (lane === WOKEN) nudge.add(channelId)
    const key = `${channelId} ${contactId}`
    if (lane === LEASED) leased.set(key, { channelId, contactId, events: [] })
    const body = fact.kind === 'status' ? fact.bodyOf(answer.ours![from + i] ?? undefined) : fact.body
    // What follows in the same webhook for a lane that it leased goes with it.
    leased.get(key)?.events.push({ seq, body, attempts: 0, since: now })
  }
  return { events, duplicates: facts.length - events, leased: [...leased.values()], nudge: [...nudge] }
}

function json(rows: unknown[]): string | null {
  if (rows.length === 0) return null
  const text = JSON.stringify(rows)
  // JSON can name what PostgreSQL's text cannot hold: NUL, and half of a surrogate pair.
  return /\\u(0000|d[89a-f])/.test(text) ? JSON.stringify(rows, (_key, value: unknown) => wellFormed(value)) : text
}

const wellFormed = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd').toWellFormed() : value
