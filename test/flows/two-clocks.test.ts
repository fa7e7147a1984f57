import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { readConfig } from '../../packages/gateway/src/platform/config.ts'
import { startGateway } from '../../packages/gateway/src/app/gateway.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { APP_SECRET, PNID, postWebhook, textWebhook, WABA } from '../faults/whatsapp.ts'
import { Receiver } from '../support/receiver.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'

const EVENTS = 30
const APART_MS = 90_000

for (const ahead of [APART_MS, -APART_MS]) {
  test(
    `two nodes, one's clock ${ahead > 0 ? 'ahead' : 'behind'} by 90 s: 30 events of one contact, each once and in order`,
    { timeout: 120_000 },
    async (t) => {
      const databaseUrl = await freshDatabase()
      const masterKey = randomBytes(32).toString('base64')
      const receiver = await Receiver.start()
      t.after(() => receiver.close())
      receiver.anyTime = true
      const start = async (clock: ShiftedClock) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'postern-clocks-'))
        t.after(() => rmSync(dataDir, { recursive: true, force: true }))
        const config = readConfig({
          PORT: '0',
          DATA_DIR: dataDir,
          DATABASE_URL: databaseUrl,
          MASTER_KEY: masterKey,
          ADMIN_TOKEN,
          CLOUD_API_URL: 'http://127.0.0.1:1',
          META_APP_SECRET: APP_SECRET,
          META_VERIFY_TOKEN: 'clocks',
          OUTBOUND_ALLOW: '127.0.0.0/8',
        })
        const gateway = await startGateway({ config, log: silentLog, clock, deliver: { pollMs: 100 } })
        t.after(() => gateway.stop())
        return gateway
      }
      const first = await start(new ShiftedClock())
      const shifted = new ShiftedClock()
      shifted.step(ahead)
      const second = await start(shifted)
      const channel = {
        name: 'Clocks',
        business_phone: '6281519236680',
        phone_number_id: PNID,
        waba_id: WABA,
        access_token: 'token',
        webhook_url: receiver.url,
      }
      const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }
      const added = await caller(() => first.url)('POST', '/admin/channels', channel, admin)
      assert.equal(added.http, 201, added.message)
      receiver.secret = (added.data as { webhook_secret: string }).webhook_secret
      const listed = async () =>
        (await caller(() => second.url)('GET', '/admin/channels', undefined, admin)).data as unknown[]
      while ((await listed()).length === 0) await after(20)

      // Slow enough that the other node looks for due lanes many times while one is leased. One attempt fails.
      receiver.behaviour = (call) => (call === 10 ? 503 : { status: 200, delayMs: 150 })
      const wamids = Array.from({ length: EVENTS }, (_, i) => `wamid.clock-${String(i).padStart(2, '0')}`)
      for (const [i, wamid] of wamids.entries()) {
        const body = JSON.stringify(textWebhook('15550300000', wamid, `message ${i}`))
        assert(await postWebhook((i % 2 === 0 ? first : second).url, body))
      }
      const got = (): string[] =>
        receiver.received.map(({ body }) => (body.message as { messages: { id: string }[] }).messages[0]!.id)
      await receiver.until(() => new Set(got()).size === EVENTS, 'all events', 60_000)
      // The last one is a control: a duplicate would have arrived before it.
      assert(await postWebhook(second.url, JSON.stringify(textWebhook('15550300000', 'wamid.control', 'the end'))))
      await receiver.until(() => got().includes('wamid.control'), 'the control', 60_000)
      assert.deepEqual(got(), [...wamids, 'wamid.control'])
    },
  )
}
