import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../packages/runtime/src/clock.ts'
import { statusBody } from '../packages/gateway/src/domain/events/bodies.ts'
import { newMessageId } from '../packages/gateway/src/platform/ids.ts'
import { silentLog } from '../packages/gateway/src/platform/log.ts'
import { openStore } from '../packages/gateway/src/store/open.ts'
import type { Applied, AttemptRecord, Store } from '../packages/gateway/src/store/store.ts'
import { postmasterOf } from '../test/support/postgres.ts'
import { cpuOfFamily, startBenchPostgres } from './sides.ts'
import { list, number, refuseOthers } from './options.ts'
import { createReport } from './report.ts'

/**
 * Whole messages through the store alone, without HTTP: begin, settle, three statuses with a recorded attempt each.
 * Prints the CPU time of this thread, which is the serial part of a message, of the whole process, and, on PostgreSQL,
 * of the server. Numbers of concurrent operations take turns; the median of each one's rounds counts.
 *
 *   npx node bench/core.ts --engines sqlite --messages 4000 --rounds 5
 */
refuseOthers(['engines', 'messages', 'rounds', 'people', 'in-flight'])
const MESSAGES = number('messages', 3_000)
const ROUNDS = number('rounds', 5)
const PEOPLE = number('people', 2_000)
const IN_FLIGHT = list('in-flight', ['1', '8', '64', '256'], ['8', '64']).map(Number)

const CHANNEL = { id: 1, businessPhone: '15550001111' }
const LEASE_MS = 60_000
const CONTENT = JSON.stringify({ messaging_product: 'whatsapp', type: 'text', text: { body: 'w'.repeat(120) } })

let made = 0

async function wholeMessage(store: Store): Promise<void> {
  const n = made++
  const phone = `1555${String(n % PEOPLE).padStart(7, '0')}`
  const id = newMessageId(Date.now())
  const wamid = `wamid.HBgLMTU1NTAwMDExMTEVAgARGBI5QTNDQTVCM0Q0Q0Q2${String(n).padStart(10, '0')}`
  const channelId = CHANNEL.id
  await store.beginMessage({
    ...{ channelId, id, contact: { phone }, type: 'text', recipient: phone, content: CONTENT, createdAt: Date.now() },
  })
  await store.settleMessage({ channelId, id, at: Date.now(), status: 'accepted', wamid })
  for (const status of ['sent', 'delivered', 'read'] as const) {
    const at = Date.now()
    const told = { wamid, status, errors: [], atSeconds: Math.floor(at / 1000), recipient: phone, more: MORE }
    const applied: Applied = await store.applyFacts(
      [
        {
          kind: 'status',
          channelId,
          contact: { phone },
          wamid,
          reference: id,
          status,
          at,
          error: null,
          body: statusBody(CHANNEL, told, undefined),
        },
      ],
      { holder: 'bench', leaseMs: LEASE_MS, capacities: [[1, 64]] },
    )
    for (const lane of applied.leased) await deliver(store, lane.contactId, lane.events)
  }
}

const MORE = {
  conversation: { id: 'c1', origin: { type: 'service' } },
  pricing: { billable: true, pricing_model: 'PMP', category: 'service' },
}

async function deliver(store: Store, contactId: number, events: { seq: number; attempts: number }[]): Promise<void> {
  let inHand = events
  while (inHand.length > 0) {
    const [event, ...rest] = inHand as [{ seq: number; attempts: number }]
    const record: AttemptRecord = {
      ...{ endpointId: 1, channelId: CHANNEL.id, contactId, seq: event.seq, number: event.attempts + 1 },
      ...{ holder: 'bench', at: Date.now(), outcome: 'delivered', status: 200, ms: 3, answer: 'ok' },
      ...{ more: rest.length > 0, leaseMs: LEASE_MS },
    }
    const next = await store.recordAttempt(record)
    inHand = rest.length > 0 ? rest : next
  }
}

type Cost = { thread: number; process: number; server: number; wall: number }

async function round(store: Store, inFlight: number, messages: number, serverMicros: () => number): Promise<Cost> {
  const server = serverMicros()
  const thread = process.threadCpuUsage()
  const whole = process.cpuUsage()
  const began = performance.now()
  let left = messages
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (left-- > 0) await wholeMessage(store)
    }),
  )
  const sum = ({ user, system }: NodeJS.CpuUsage): number => user + system
  return {
    wall: ((performance.now() - began) * 1000) / messages,
    thread: sum(process.threadCpuUsage(thread)) / messages,
    process: sum(process.cpuUsage(whole)) / messages,
    server: (serverMicros() - server) / messages,
  }
}

const report = createReport((text) => process.stdout.write(text))
for (const engine of list('engines', ['sqlite', 'postgres'] as const)) {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-core-'))
  const server = engine === 'postgres' ? await startBenchPostgres() : undefined
  const databaseUrl = await server?.createDatabase()
  const store = await openStore({ dataDir, databaseUrl }, systemClock, silentLog)
  try {
    await store.sql.run(`insert into endpoints (id, channel_id, url, secret, updated_at) values (1, 1, $1, $2, 0)`, [
      'https://customer.example/hook',
      new Uint8Array([1]),
    ])
    const serverMicros = (): number => (server ? cpuOfFamily(postmasterOf(server.dataDir)) : 0)
    for (const inFlight of IN_FLIGHT) await round(store, inFlight, Math.min(2_000, MESSAGES), serverMicros)
    const costs = new Map<number, Cost[]>(IN_FLIGHT.map((inFlight) => [inFlight, []]))
    for (let i = 0; i < ROUNDS; i++) {
      for (const inFlight of IN_FLIGHT) costs.get(inFlight)!.push(await round(store, inFlight, MESSAGES, serverMicros))
    }
    const middle = (all: Cost[], of: keyof Cost): string => {
      const values = all.map((cost) => cost[of]).sort((a, b) => a - b)
      return values[Math.floor(values.length / 2)]!.toFixed(0)
    }
    const rows = Array.from(costs, ([inFlight, all]) => [
      String(inFlight),
      ...(['thread', 'process', 'server', 'wall'] as const).map((of) => middle(all, of)),
    ])
    report.table(
      `${engine}: µs of a whole message in the store alone, ${ROUNDS} rounds of ${MESSAGES} (load average ${loadavg()[0]!.toFixed(1)})`,
      ['in flight', 'this thread', 'this process', 'server', 'passed'],
      rows,
    )
  } finally {
    await store.close()
    await server?.remove()
    rmSync(dataDir, { recursive: true })
  }
}
