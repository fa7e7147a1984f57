import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StoreUnavailable } from '../../platform/errors.ts'
import type { Operation } from '../core/operations.ts'
import type { Connection } from './connect.ts'
import { Statements } from './round-trip.ts'
import { createWriter } from './writer.ts'

const lost = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })

const send: Operation = {
  kind: 'begin',
  message: {
    channelId: 1,
    id: 'm_1',
    contact: { phone: '15550001111' },
    type: 'text',
    recipient: '15550001111',
    content: '{}',
    createdAt: 1,
  },
}

/** A server that answers without rows, and disconnects at a statement of this name. */
function serverGoneAt(name: string): { connection: Connection; asked: string[] } {
  const asked: string[] = []
  const rows: Record<string, unknown[]> = { new_contacts: [{ id: 7 }], server_time: [{ now: 1 }] }
  const query = async (): Promise<unknown> => ({ rows: [] })
  const connection = {
    client: { query } as unknown as Connection['client'],
    lost: false,
    unsafeCommit: false,
    onLost: undefined,
    roundTrip() {
      const statements = new Statements(new Map(), { getTypeParser: () => Number })
      return {
        ask: (one: string, text: string, values: readonly unknown[]) => statements.ask(one, text, values),
        async go() {
          // All statements of a round trip fail in the same moment.
          await new Promise((resolve) => setImmediate(resolve))
          for (const { name: statement, rows: got } of statements.all) {
            asked.push(statement)
            if (statement === name) statements.fail(lost())
            got.push(...(rows[statement] ?? []))
            statements.handleCommandComplete({ text: statement.toUpperCase() })
          }
          statements.handleReadyForQuery()
          return statements.end
        },
      }
    },
    close() {},
  }
  return { asked, connection: connection as Connection }
}

// An unhandled failure would end the process; here it would fail the running test.
for (const [statement, outcomeUnknown] of [
  ['begin', false],
  ['new_contacts', false],
  ['make_messages', true],
  ['commit', true],
] as const) {
  test(`a connection lost at ${statement} fails only the writes of its batch`, async () => {
    const { connection, asked } = serverGoneAt(statement)
    const writer = createWriter({ connect: () => Promise.resolve(connection), shard: 0, gathering: { committed() {} } })
    const [settled] = await writer.flush([send])
    await new Promise((resolve) => setImmediate(resolve))
    assert.ok(asked.includes(statement), asked.join())
    assert.ok(settled && !settled.ok)
    assert.ok(settled.error instanceof StoreUnavailable, String(settled.error))
    assert.equal(settled.error.outcomeUnknown, outcomeUnknown)
  })
}
