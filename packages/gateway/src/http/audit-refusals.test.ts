import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { ManualClock } from '../../../runtime/src/clock.ts'
import type { Principal } from '../domain/people/principal.ts'
import { GatewayError, StoreUnavailable } from '../platform/errors.ts'
import type { Sql, Statement } from '../store/sql.ts'
import { createRefusals } from './audit-refusals.ts'
import type { Audited } from './audit.ts'
import type { Route } from './route.ts'

const route = { method: 'PATCH', path: '/admin/channels/{channel_id}' } as Route
const user = (id: string): Principal => ({ kind: 'user', id, name: id, role: 'viewer', channels: null })
const refusal = new GatewayError('role_needed', { needed: 'operator', role: 'viewer' })

function world() {
  const clock = new ManualClock()
  const rows: { who: string; what: Audited }[] = []
  let isAway = false
  const sql = {
    async atomically() {
      if (isAway) throw new StoreUnavailable('away')
      return []
    },
  } as unknown as Sql
  const refusals = createRefusals({
    ...{ sql, clock },
    statement(_request, { id }, what) {
      rows.push({ who: id, what })
      return {} as Statement
    },
  })
  const tries = (id: string, error: unknown = refusal, on = route) =>
    refusals.refused({ principal: user(id), params: { channel_id: '3' } } as unknown as FastifyRequest, on, error)
  return { clock, rows, refusals, tries, away: () => (isAway = true) }
}

test('ten refusals of one actor in a minute are rows; the rest is one row with the count', async () => {
  const { clock, rows, refusals, tries } = world()
  for (let n = 0; n < 500; n++) await tries('ann')
  await tries('bob')
  assert.equal(rows.length, 11)
  assert.deepEqual([rows[0]!.what.outcome, rows[0]!.what.channelId], ['role_needed', 3])
  clock.advance(60_001)
  assert.equal(rows.length, 12)
  assert.deepEqual([rows[11]!.who, rows[11]!.what.action, rows[11]!.what.after], ['ann', 'moreRefused', { count: 490 }])
  await tries('ann')
  assert.equal(rows.length, 13, 'a new minute')
  for (let n = 0; n < 12; n++) await tries('ann')
  await refusals.stop()
  assert.deepEqual(rows.at(-1)!.what.after, { count: 3 }, 'nothing is forgotten at the end')
  clock.advance(120_000)
  assert.equal(clock.waiting, 0)
})

test('reads, other errors, and callers that nobody knows are not recorded; without the store the refusal stands', async () => {
  const { rows, refusals, tries, away } = world()
  await tries('ann', refusal, { ...route, method: 'GET' } as Route)
  await tries('ann', new GatewayError('admin_token_invalid'))
  await tries('ann', new Error('a bug'))
  await refusals.refused({ principal: null, params: {} } as unknown as FastifyRequest, route, refusal)
  assert.deepEqual(rows, [])
  away()
  await tries('ann')
})
