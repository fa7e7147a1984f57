import { type Names, parentKey, phoneKey, userKey } from '../../contacts/identity.ts'
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
  StatusFact,
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

/** What `commit_batch` answers; `functions.postgres.sql` says what the lists mean. */
export type BatchAnswer = {
  closed: boolean[] | null
  last: (number | null)[] | null
  settled: boolean[] | null
  seq: (number | null)[] | null
  contact: (number | null)[] | null
  ours: (string | null)[] | null
  /** What the senders of the messages in `ours` wanted back, as JSON texts. */
  data?: (string | null)[] | null
  lane: number[] | null
  next: (PendingEvent[] | null)[] | null
  claimed: LeasedLane[][] | null
}

const LEASED = 1
const WOKEN = 2

const namesOf = ({ phone, userId, parentId, name }: Person) => ({
  phone_key: phone ? phoneKey(phone) : undefined,
  user_key: userId ? userKey(userId) : parentId ? parentKey(parentId) : undefined,
  phone: phone || undefined,
  user: userId || undefined,
  name,
})

/** Names that change were seen to before the batch: any one of them leads to the person, but for a number of theirs. */
function personOf({ person = {}, becomes }: { person?: Person; becomes?: Names }): Person {
  if (!becomes) return person
  const { phone, userId, parentId } = { ...person, ...becomes }
  const named = person.name === undefined ? {} : { name: person.name }
  if (userId !== undefined) return { userId, ...named }
  return parentId !== undefined ? { parentId, ...named } : { ...named, ...(phone !== undefined && { phone }) }
}

type Cell = string | number | boolean | null | undefined

// The columns of each kind, as `commit_batch` names its arguments.
const COLUMNS = {
  b: 'channel id phone_key user_key phone user name type recipient content at open_after never_ok',
  s: 'channel id at status wamid error phone_key user_key user',
  f:
    'kind channel phone_key user_key phone user name wamid type at content body ours id reference status error opens ' +
    'event recipient holder until new_phone new_phone_key new_user new_user_key',
  a: 'channel contact seq number holder at outcome status ms answer retry_at more until',
  l: 'channel contact holder at',
  c: 'channel limit holder now until',
} as const

type Table = keyof typeof COLUMNS
type Row<T extends Table> = Partial<Record<Split<(typeof COLUMNS)[T]>, Cell>>
type Split<S extends string> = S extends `${infer Head} ${infer Tail}` ? Head | Split<Tail> : S

const TABLES = Object.entries(COLUMNS).map(([table, names]) => [table as Table, names.split(' ')] as const)

export const COMMIT_SQL = `select commit_batch(p_now => $1${TABLES.flatMap(([table, names]) =>
  names.map((name) => `${table}_${name}`),
)
  .map((name, i) => `, ${name} => $${i + 2}`)
  .join('')}) as answer`

/** The values of `COMMIT_SQL`. A kind that does not occur is null, and costs nothing. */
export function argumentsOf(ops: readonly Op[], now: number): (string | number | null)[] {
  const rows: { [T in Table]: Row<T>[] } = { b: [], s: [], f: [], a: [], l: [], c: [] }
  for (const op of ops) {
    switch (op.kind) {
      case 'begin':
        rows.b.push(beginRow(op.message))
        break
      case 'settle':
        rows.s.push(settleRow(op.settlement))
        break
      case 'facts':
        for (const fact of op.facts) rows.f.push(factRow(fact, op.offer, now))
        break
      case 'attempt':
        rows.a.push(attemptRow(op.record))
        break
      case 'release':
        for (const { channelId, contactId } of op.lanes)
          rows.l.push({ channel: channelId, contact: contactId, holder: op.holder, at: op.now })
        break
      case 'claim':
        rows.c.push({ channel: op.channelId, limit: op.limit, ...op.offer })
    }
  }
  const values: (string | number | null)[] = [now]
  for (const [table, names] of TABLES) {
    const list = rows[table] as Record<string, Cell>[]
    for (const name of names) values.push(list.length === 0 ? null : arrayOf(list, name))
  }
  return values
}

/** One column as PostgreSQL writes an array. */
function arrayOf(rows: readonly Record<string, Cell>[], name: string): string {
  let text = '{'
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) text += ','
    const value = rows[i]![name]
    text += value === undefined || value === null ? 'null' : typeof value === 'string' ? quoted(value) : String(value)
  }
  return `${text}}`
}

/** PostgreSQL keeps no NUL in text; half a surrogate pair becomes a replacement character on its way. */
function quoted(value: string): string {
  const clean = value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
  return `"${clean.replace(/["\\]/g, '\\$&')}"`
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

function beginRow(message: NewMessage): Row<'b'> {
  const { channelId, id, person, type, recipient, content, createdAt, window } = message
  const row: Row<'b'> = { channel: channelId, id, ...namesOf(person), type, recipient, content, at: createdAt }
  // A send always has one name; the number leads where both are given.
  if (row.phone_key !== undefined) row.user_key = undefined
  if (!window) return row
  const stranger = windowOf({ channelCreatedAt: window.channelCreatedAt }, createdAt)
  return { ...row, open_after: createdAt - WINDOW_MS + WINDOW_MARGIN_MS, never_ok: stranger.state !== 'closed' }
}

function closedWindow(message: NewMessage, lastInboundAt: number | undefined): ClosedWindow {
  const facts = { lastInboundAt, channelCreatedAt: message.window!.channelCreatedAt }
  return windowOf(facts, message.createdAt) as ClosedWindow
}

function settleRow(settlement: Settlement): Row<'s'> {
  const { channelId: channel, id, at, status } = settlement
  if (settlement.status !== 'accepted') return { channel, id, at, status, error: settlement.error }
  const { wamid, waId, userId } = settlement
  const phone_key = waId === undefined ? undefined : phoneKey(waId)
  return { channel, id, at, status, wamid, phone_key, user_key: userId && userKey(userId), user: userId }
}

function factRow(fact: Fact, offer: LeaseOffer | null, now: number): Row<'f'> {
  const lease = offer?.takes(fact.channelId) ? { holder: offer.holder, until: offer.until } : undefined
  const row: Row<'f'> = { channel: fact.channelId, at: fact.at, ...(fact.person && namesOf(personOf(fact))), ...lease }
  switch (fact.kind) {
    case 'message':
      return {
        ...row,
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
        // Columns that a status has no other use for.
        content: fact.pricing,
        type: fact.conversation,
        recipient: nameOf(fact.person),
      }
    }
    case 'notice':
      return {
        ...row,
        kind: 'n',
        event: fact.event,
        wamid: fact.key,
        body: fact.body,
        opens: fact.opensWindow === true && fact.person !== undefined,
      }
  }
}

const nameOf = (person: Person): string => person.phone ?? person.userId ?? person.parentId ?? ''

function bodyOf(fact: StatusFact, answer: BatchAnswer, at: number): string {
  const ours = answer.ours![at] ?? undefined
  const data = answer.data?.[at]
  return typeof data === 'string' ? fact.bodyOf(ours, JSON.parse(data) as string) : fact.bodyOf(ours)
}

function attemptRow(record: AttemptRecord): Row<'a'> {
  return {
    channel: record.channelId,
    contact: record.contactId,
    seq: record.seq,
    number: record.number,
    holder: record.holder,
    at: record.at,
    outcome: record.outcome,
    status: record.status,
    ms: record.ms,
    answer: record.answer === null ? null : record.answer.slice(0, 1024),
    retry_at: record.retryAt,
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
    const body = fact.kind === 'status' ? bodyOf(fact, answer, from + i) : fact.body
    // What follows in the same webhook for a lane that it leased goes with it.
    leased.get(key)?.events.push({ seq, body, attempts: 0, since: now })
  }
  return { events, duplicates: facts.length - events, leased: [...leased.values()], nudge: [...nudge] }
}
