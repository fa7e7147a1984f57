import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdOf, LONGEST_HOLD_MS } from '../support/loop-watch.ts'
import { sign, webhook } from '../support/meta.ts'
import { createPoster } from '../support/post-elsewhere.ts'
import { startWorld } from '../support/world.ts'

const MIB = 1024 * 1024
const from = (i: number): string => String(16_505_000_000 + i)
const message = (i: number, id: string) => ({
  from: from(i),
  id: `wamid.${id}${i}`,
  timestamp: String(Math.floor(Date.now() / 1000)),
  type: 'text',
  text: { body: `hello ${i}` },
})
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

const asField = (field: string, value: Record<string, unknown>): string =>
  JSON.stringify(webhook(value)).replace('"field":"messages"', `"field":"${field}"`)

/** Bodies of up to 4 MiB that would take long to parse in one turn. */
const HOSTILE: Record<string, () => string> = {
  'brackets in brackets': () => '['.repeat(2 * MIB) + ']'.repeat(2 * MIB - 1),
  'objects in objects, unfinished': () => '{"a":'.repeat(800_000),
  'hundreds of thousands of empty entries': () => `{"entry":[${'{},'.repeat(200_000)}{}]}`,
  'changes for nobody': () =>
    JSON.stringify({ entry: [{ id: '1', changes: many(5_000, (i) => ({ field: 'x', value: { i } })) }] }),
  'three million digits': () =>
    JSON.stringify(webhook({ messages: [{ x: 0 }] })).replace('"x":0', `"x":${'9'.repeat(3_000_000)}`),
  'one text of 3 MiB': () =>
    JSON.stringify(webhook({ messages: [{ ...message(1, 'big'), text: { body: 'x'.repeat(3 * MIB) } }] })),
  '2 MiB beside a thousand messages': () =>
    JSON.stringify(webhook({ extra: 'y'.repeat(2 * MIB), messages: many(1_000, (i) => message(i, 'beside')) })),
  'a list beside 300 KB, of a field nobody knows': () => {
    const body = webhook({ extra: 'z'.repeat(300_000), list: many(2_000, (i) => ({ from: from(i), id: String(i) })) })
    return JSON.stringify(body).replace('"field":"messages"', '"field":"news"')
  },
  'messages and contacts by the thousand': () =>
    JSON.stringify(
      webhook({
        contacts: many(3_000, (i) => ({ wa_id: from(i), profile: { name: `P${i}` } })),
        messages: many(3_000, (i) => message(i, 'thousand')),
      }),
    ),
  'a history of 10,000 messages': () =>
    asField('history', {
      history: [
        {
          metadata: { phase: 1, chunk_order: 1, progress: 100 },
          threads: many(100, (who) => ({
            id: from(who),
            context: { wa_id: from(who) },
            messages: many(100, (n) => message(who, `old${n}_`)),
          })),
        },
      ],
    }),
  'an address book of 5,000': () =>
    asField('smb_app_state_sync', {
      state_sync: many(5_000, (i) => ({
        type: 'contact',
        contact: { full_name: `Person ${i}`, phone_number: from(i) },
        action: 'add',
        metadata: { timestamp: '1790000000' },
      })),
    }),
  'three thousand echoes': () =>
    asField('smb_message_echoes', {
      message_echoes: many(3_000, (i) => ({ ...message(i, 'echo'), from: '6281519236680', to: from(i % 50) })),
    }),
}

test(
  'no signed webhook blocks the event loop, whatever it contains, and each is answered 200',
  { timeout: 200_000 },
  async (t) => {
    await using world = await startWorld({ webhook: false })
    const poster = createPoster()
    t.after(() => poster.close())
    for (const [what, make] of Object.entries(HOSTILE)) {
      const body = Buffer.from(make())
      assert.ok(body.length <= 4 * MIB, what)
      const signature = sign(body, world.sandbox.appSecret)
      const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature }
      const shared = new SharedArrayBuffer(body.length)
      new Uint8Array(shared).set(body)
      const ms = await holdOf(async () => {
        assert.equal(await poster.post(`${world.gateway.url}/webhooks/meta`, headers, shared), 200, what)
      })
      t.diagnostic(`${what}: ${ms.toFixed(0)} ms`)
      assert.ok(ms <= LONGEST_HOLD_MS, `${what} held the event loop for ${ms.toFixed(0)} ms`)
    }
  },
)

test(
  'a thousand messages and statuses in one webhook: each is delivered once, in order',
  { timeout: 100_000 },
  async () => {
    await using world = await startWorld()
    const body = JSON.stringify(webhook({ messages: many(1_000, (i) => message(i % 10, `m${i}_`)) }))
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, world.sandbox.appSecret) }
    for (let i = 0; i < 2; i++) {
      const answer = await fetch(`${world.gateway.url}/webhooks/meta`, { method: 'POST', headers, body })
      assert.equal(answer.status, 200)
    }
    await world.receiver.until(() => world.receiver.received.length >= 1_000, 'all of them')
    await world.sandbox.phone('16505559999').says('and one more')
    await world.receiver.until(
      () => world.receiver.received.some(({ raw }) => raw.includes('and one more')),
      'the last',
    )
    assert.equal(world.receiver.received.length, 1_001)
    const last = new Map<string, number>()
    for (const { raw } of world.receiver.received) {
      const found = /"from":"(\d+)","id":"wamid\.m(\d+)_/.exec(raw)
      if (!found) continue
      assert.ok((last.get(found[1]!) ?? -1) < Number(found[2]))
      last.set(found[1]!, Number(found[2]))
    }
  },
)
