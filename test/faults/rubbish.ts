import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Pool } from 'undici'
import { sign } from '../support/meta.ts'
import { chance, mutate, rawText } from '../support/mutate.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

const fixtures = (folder: string, prefix: string): unknown[] => {
  const url = new URL(`../fixtures/${folder}/`, import.meta.url)
  return readdirSync(url)
    .filter((name) => name.startsWith(prefix) && !name.startsWith('response_'))
    .map((name) => JSON.parse(readFileSync(new URL(name, url), 'utf8')) as unknown)
}

/** Answers that a body may get; 500 is never one of them. 503 and 504 are WhatsApp's doing, not ours. */
const FINE = new Set([200, 201, 400, 404, 409, 413, 415, 422, 429, 503, 504])

export type Tally = Map<number, number>

/** What each route answered, and the heap of everything in this process when warm and at the end, in bytes. */
export type Thrown = { tallies: Map<string, Tally>; heap: { before: number; after: number } }

/**
 * Throws `count` random and mutated bodies at each public route of one gateway, with the fixtures as seeds, and counts
 * the answers. Fails on a 500, on a request without an answer, and when the gateway does not do its work afterwards.
 */
export async function throwRubbish(count: number, seed: number): Promise<Thrown> {
  await using world = await startWorld()
  // The limits on calls would refuse most of it unread.
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 100_000 })
  const random = chance(seed)
  const pool = new Pool(world.gateway.url, { connections: 16, pipelining: 1 })
  const code = { 'certification-code': 'postern-demo-certification-code', 'content-type': 'application/json' }
  const admin = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' }
  const sends = [...fixtures('vendor', 'send_'), ...fixtures('cloud-api/sends', '')]
  const webhooks = [...fixtures('cloud-api/webhooks', ''), ...fixtures('vendor', 'callback_')]
  const routes: {
    name: string
    path: string
    method: 'POST' | 'PATCH' | 'PUT'
    seeds: unknown[]
    headers: Record<string, string>
    signed?: boolean
  }[] = [
    { name: 'send', path: '/external/messages/whatsapp', method: 'POST', seeds: sends, headers: code },
    { name: 'read', path: '/external/messages/wamid.x/read', method: 'POST', seeds: [{ typing: true }], headers: code },
    {
      name: 'webhook',
      path: '/webhooks/meta',
      method: 'POST',
      seeds: webhooks,
      headers: { 'content-type': 'application/json' },
      signed: true,
    },
    { name: 'channels', path: '/admin/channels', method: 'POST', seeds: [CHANNEL], headers: admin },
    {
      name: 'channel',
      path: '/admin/channels/1',
      method: 'PATCH',
      seeds: [{ name: 'x', window_policy: 'enforce', messages_per_second: 80 }],
      headers: admin,
    },
    {
      name: 'endpoint',
      path: '/admin/channels/1/webhook',
      method: 'PUT',
      seeds: [{ url: world.receiver.url }],
      headers: admin,
    },
    {
      name: 'replay',
      path: '/admin/channels/1/deliveries/replay',
      method: 'POST',
      seeds: [{ state: 'dead', from: 1, to: 2 }],
      headers: admin,
    },
  ]
  const tallies = new Map<string, Tally>()
  let before = 0
  for (const [i, route] of [...routes, ...routes].entries()) {
    const isWarmUp = i < routes.length
    if (i === routes.length) before = heapInUse(world)
    const tally: Tally = new Map()
    if (!isWarmUp) tallies.set(route.name, tally)
    // Caches fill to their bounds and code is compiled; only then can a leak be told from a warm-up.
    let left = isWarmUp ? Math.min(count, WARM_UP) : count
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        const seedBody = route.seeds[Math.floor(random() * route.seeds.length)]
        const body = rawText(mutate(seedBody, random), random)
        const headers = route.signed
          ? { ...route.headers, 'x-hub-signature-256': sign(body, world.sandbox.appSecret) }
          : route.headers
        const answer = await pool.request({ method: route.method, path: route.path, headers, body })
        const text = await answer.body.text()
        tally.set(answer.statusCode, (tally.get(answer.statusCode) ?? 0) + 1)
        assert.ok(
          FINE.has(answer.statusCode),
          `${route.name} answered ${answer.statusCode} ${text.slice(0, 300)}\nto ${body.slice(0, 2000)}`,
        )
      }
    }
    await Promise.all(Array.from({ length: 16 }, worker))
  }
  const heap = { before, after: heapInUse(world) }
  await pool.close()
  // It still does its work.
  await world.admin('PATCH', '/admin/channels/1', {
    name: 'Demo',
    window_policy: 'observe',
    access_token: 'sandbox-token',
    waba_id: '102290129340398',
  })
  await world.send({ to: '16505551234', type: 'text', text: 'still here' })
  await world.sandbox.phone('16505551234').sees('still here')
  return { tallies, heap }
}

const WARM_UP = 50

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** After everything that nobody needs is gone; what the customer here collected is not the gateway's. */
function heapInUse(world: World): number {
  world.receiver.received.length = 0
  collect()
  return process.memoryUsage().heapUsed
}

const CHANNEL = {
  name: 'Shop',
  business_phone: '14155550123',
  phone_number_id: '301234567890123',
  waba_id: '215589313241560',
  access_token: 'EAAB',
  webhook_url: 'http://127.0.0.1:9/',
  window_policy: 'enforce',
  media_check: 'probe',
  messages_per_second: 80,
}
