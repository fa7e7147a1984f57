import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import { REMOVALS } from './cold-removals.ts'
import { type Cold, type Known, reading, writing } from './cold-statement.ts'
import type { StoredMessage } from './memory.ts'

const nameOf = ([channelId, key]: readonly SqlValue[]): string => `${String(channelId)} ${String(key)}`
const isTroubled = (row: StoredMessage): boolean =>
  ['sending', 'unknown', 'failed'].includes(row.status) && (row.wamid === null || row.failedAt !== null)

/**
 * The statements of the cold tables, over maps. The beginning of its text identifies a statement; an unknown one
 * throws. Runs of the same seed over SQLite show that they do the same as the SQL.
 */
const STATEMENTS: Known[] = [
  [
    'insert into idempotency',
    writing((t, params) => {
      const [channelId, key, bodyHash, resourceId, holder, leaseUntil, now] = params
      if (t.idempotency.has(nameOf(params))) return 0
      t.idempotency.set(nameOf(params), {
        channel_id: channelId as number,
        key: key as string,
        body_hash: bodyHash as string,
        made_id: resourceId as string,
        state: 'running',
        holder: holder as string,
        lease_until: leaseUntil as number,
        http: null,
        answer: null,
        created_at: now as number,
      })
      return 1
    }),
  ],
  [
    'select body_hash, made_id, state, holder',
    reading((t, params) => {
      const row = t.idempotency.get(nameOf(params))
      return row ? [{ ...row }] : []
    }),
  ],
  [
    `update idempotency set state = 'running'`,
    writing((t, params) => {
      const [, , holder, leaseUntil, state, resourceId, newHolder, newLease] = params
      const row = t.idempotency.get(nameOf(params))
      if (!row || row.holder !== holder || row.lease_until !== leaseUntil || row.state !== state) return 0
      row.state = 'running'
      row.made_id = resourceId as string
      row.holder = newHolder as string
      row.lease_until = newLease as number
      return 1
    }),
  ],
  [
    'update idempotency set lease_until = $4',
    writing((t, params) => {
      const row = t.idempotency.get(nameOf(params))
      if (!row || row.holder !== params[2] || row.state !== 'running') return 0
      row.lease_until = params[3] as number
      return 1
    }),
  ],
  [
    'update idempotency set state = $4',
    writing((t, params) => {
      const row = t.idempotency.get(nameOf(params))
      if (!row || row.holder !== params[2]) return 0
      row.state = params[3] as 'done' | 'open'
      row.http = params[4] as number | null
      row.answer = params[5] as string | null
      row.lease_until = 0
      return 1
    }),
  ],
  [
    'delete from idempotency where channel_id = $1 and key = $2 and holder = $3',
    writing((t, params) => {
      if (t.idempotency.get(nameOf(params))?.holder !== params[2]) return 0
      return t.idempotency.delete(nameOf(params)) ? 1 : 0
    }),
  ],
  [
    'delete from idempotency where channel_id = $1 and key = $2 and created_at = $3',
    writing((t, params) => {
      if (t.idempotency.get(nameOf(params))?.created_at !== params[2]) return 0
      return t.idempotency.delete(nameOf(params)) ? 1 : 0
    }),
  ],
  [
    'select * from messages where channel_id = $1 and id = $2',
    reading((t, [channelId, id]) => {
      const row = t.messages.get(`${String(channelId)} ${String(id)}`)
      return row ? [{ channel_id: row.channelId, id: row.id, status: row.status, wamid: row.wamid }] : []
    }),
  ],
  [
    'update lanes set due_at = 0 where holder is null',
    writing((t, [endpointId, now]) => {
      let hastened = 0
      for (const lane of t.lanes.values()) {
        if (lane.endpointId !== endpointId || lane.holder !== null || lane.dueAt === null) continue
        if (lane.dueAt <= (now as number)) continue
        lane.dueAt = 0
        hastened++
      }
      return hastened
    }),
  ],
  [
    'select min(channel_id) as id from messages where status in',
    reading((t, [behind]) => {
      const ids = [...t.messages.values()].filter(isTroubled).map((row) => row.channelId)
      const after = ids.filter((id) => id > (behind as number))
      return [{ id: after.length > 0 ? Math.min(...after) : null }]
    }),
  ],
  [
    `update messages set status = 'unknown', error = $3`,
    writing((t, [channelId, before, error]) => {
      let abandoned = 0
      for (const row of t.messages.values()) {
        if (row.channelId !== channelId || row.status !== 'sending' || row.createdAt >= (before as number)) continue
        if (!isTroubled(row)) continue
        row.status = 'unknown'
        row.error = error as string
        abandoned++
      }
      return abandoned
    }),
  ],
  ...REMOVALS,
]

const known = new Map<string, Cold>()

export function coldStatement(sql: string): Cold {
  const before = known.get(sql)
  if (before) return before
  const text = sql.replace(/\s+/g, ' ').trim()
  const found = STATEMENTS.find(([beginning]) => text.startsWith(beginning))
  if (!found) throw new Error(`the simulator's engine does not know this statement yet: ${text}`)
  known.set(sql, found[1])
  return found[1]
}
