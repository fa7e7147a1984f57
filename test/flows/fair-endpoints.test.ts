import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { phone } from '../store/facts.ts'
import { type Deliveries, startDeliveries } from '../support/deliveries.ts'

// One endpoint of a channel that is down, slow or failing costs the channel's other endpoints, and other channels, less
// than 5 % of their rate and no more than 50 ms of their p99.

const MORE_MS = 50
const RATE = 0.95
const ROUNDS = 8
const EVENTS = 400

/** Answers at once under `/well/…` and `/other/…`, and as told under `/ill`. */
async function startServer(t: TestContext, ill: { status: number; afterMs: number } = { status: 200, afterMs: 0 }) {
  const latencies: Record<'well' | 'other', number[]> = { well: [], other: [] }
  const seen = { ill: 0 }
  const timers = new Set<NodeJS.Timeout>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const part = request.url!.split('/')[1]
      if (part === 'well' || part === 'other') {
        latencies[part].push(performance.now() - (JSON.parse(Buffer.concat(chunks).toString()) as { at: number }).at)
        return void response.end('ok')
      }
      seen.ill++
      const answer = (): void => void response.writeHead(ill.status).end('no')
      if (ill.afterMs === 0) return answer()
      const timer = setTimeout(() => {
        timers.delete(timer)
        answer()
      }, ill.afterMs)
      timers.add(timer)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    for (const timer of timers) clearTimeout(timer)
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, latencies, seen }
}
type Server = Awaited<ReturnType<typeof startServer>>

const people = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => phone(from + i))
const p99 = (all: number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length * 0.99)]!

async function until(fact: () => boolean, what: string): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (fact()) return
    await after(10)
  }
  throw new Error(`waited in vain for ${what}`)
}

/** Events for both channels: how long they take to the endpoints that are well, and all of them together. */
async function measure(world: Deliveries, { latencies }: Server): Promise<{ p99: number; ms: number }> {
  latencies.well.splice(0)
  latencies.other.splice(0)
  const startedAt = performance.now()
  for (let i = 0; i < EVENTS; i += 10) {
    await Promise.all([world.arrive(1, people(10, 10_000 + i)), world.arrive(2, people(10, 10_000 + i))])
    await after(2)
  }
  await until(
    () => latencies.well.length >= EVENTS && latencies.other.length >= EVENTS,
    'the events of those that are well',
  )
  return { p99: Math.max(p99(latencies.well), p99(latencies.other)), ms: performance.now() - startedAt }
}

/**
 * Measures until both goals are met, beside a deliverer whose endpoints are all well at the same moment: a busy machine
 * slows both. An endpoint that pays for another pays in all rounds.
 */
async function costsNothing(t: TestContext, world: Deliveries, server: Server): Promise<void> {
  const control = await startServer(t)
  const urls = [`${control.url}/well`, `${control.url}/ill`]
  await using alone = await startDeliveries({ 1: urls, 2: `${control.url}/other` })
  const rounds: string[] = []
  while (rounds.length < ROUNDS) {
    const [one, other] = await Promise.all([measure(world, server), measure(alone, control)])
    rounds.push(
      `p99 ${one.p99.toFixed(0)} ms (alone ${other.p99.toFixed(0)}), ${((other.ms / one.ms) * 100).toFixed(0)} % of the rate`,
    )
    if (one.p99 <= other.p99 + MORE_MS && other.ms / one.ms >= RATE) return t.diagnostic(rounds.join('; '))
  }
  assert.fail(rounds.join('; '))
}

const isResting = (world: Deliveries): boolean => world.channels.get(1)!.endpoints[1]!.health.state === 'resting'
const timeout = 120_000

test('an endpoint that is down costs the others nothing', { timeout }, async (t) => {
  const server = await startServer(t)
  // Nobody listens there.
  await using world = await startDeliveries({
    1: [`${server.url}/well`, 'http://127.0.0.1:9/'],
    2: `${server.url}/other`,
  })
  await world.arrive(1, people(200))
  await until(() => isResting(world) && server.latencies.well.length === 200, 'the rest')
  await costsNothing(t, world, server)
})

test('an endpoint that refuses everything costs the others nothing', { timeout }, async (t) => {
  const server = await startServer(t, { status: 500, afterMs: 0 })
  await using world = await startDeliveries({
    1: [`${server.url}/well`, `${server.url}/ill`],
    2: `${server.url}/other`,
  })
  await world.arrive(1, people(200))
  await until(() => isResting(world) && server.latencies.well.length === 200, 'the rest')
  await costsNothing(t, world, server)
})

test('an endpoint that answers after 9 s costs the others nothing', { timeout }, async (t) => {
  const server = await startServer(t, { status: 200, afterMs: 9_000 })
  await using world = await startDeliveries(
    { 1: [`${server.url}/well`, `${server.url}/ill`], 2: `${server.url}/other` },
    { timeoutMs: 10_000 },
  )
  await world.arrive(1, people(300))
  await until(() => server.seen.ill >= 64 && server.latencies.well.length === 300, 'the slow requests')
  await costsNothing(t, world, server)
  assert.equal(world.channels.get(1)!.endpoints[1]!.health.state, 'active', 'slow is not down')
})

test('one event for five endpoints is stored once, and has five lanes', async (t) => {
  const server = await startServer(t)
  const urls = Array.from({ length: 5 }, (_, i) => `${server.url}/well/${i}`)
  await using world = await startDeliveries({ 1: urls })
  await world.arrive(1, people(10))
  await until(() => server.latencies.well.length === 50, 'all deliveries')
  const count = (table: string) => world.store.sql.get<{ n: number }>(`select count(*) as n from ${table}`)
  assert.equal((await count('events'))!.n, 10)
  assert.equal((await count('lanes'))!.n, 50)
})
