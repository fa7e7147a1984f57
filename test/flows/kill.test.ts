import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { startSandbox } from '../../src/sandbox/index.ts'
import { sign, text, webhook } from '../support/meta.ts'
import { freePort, startProcess } from '../support/process.ts'
import { Receiver } from '../support/receiver.ts'
import { ADMIN_TOKEN, caller } from '../support/world.ts'

const ROUNDS = 20
const PEOPLE = 12
const SENDERS = 8

/**
 * What is acknowledged survives SIGKILL at any moment. Webhooks are posted as Meta does, each again until it is
 * answered 200; the customer's endpoint answers 503 half of the time.
 */
test(`SIGKILL at random moments, ${ROUNDS} rounds: nothing acknowledged is lost, contacts keep their order`, async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-kill-'))
  const sandbox = await startSandbox({ seed: `kill ${Date.now()}`, statusDelayMs: 1 })
  const receiver = await Receiver.start()
  let busy = 0
  receiver.behaviour = () => (++busy % 2 === 0 ? 503 : 200)
  const env = {
    PORT: String(await freePort()),
    DATA_DIR: dataDir,
    ADMIN_TOKEN,
    CLOUD_API_URL: sandbox.url,
    META_APP_SECRET: sandbox.appSecret,
    META_VERIFY_TOKEN: sandbox.verifyToken,
    OUTBOUND_ALLOW: '127.0.0.0/8',
  }
  let gateway = await startProcess(env)
  t.after(async () => {
    await gateway.kill().catch(() => {})
    await sandbox.close()
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const call = caller(() => gateway.url)
  const added = await call('POST', '/admin/channels', CHANNEL(receiver.url), { authorization: `Bearer ${ADMIN_TOKEN}` })
  const { certification_code: code, webhook_secret: secret } = added.data as {
    certification_code: string
    webhook_secret: string
  }
  receiver.secret = secret
  await sandbox.subscribe(`${gateway.url}/webhooks/meta`)

  let over = false
  const acknowledged: string[] = []
  const sent: string[] = []
  let refusedSends = 0

  /** One person who keeps writing; Meta repeats each webhook until it is answered 200. */
  async function person(n: number): Promise<void> {
    const from = String(15_550_300_000 + n)
    for (let i = 0; !over; i++) {
      const id = `wamid.${n}-${String(i).padStart(6, '0')}`
      const body = JSON.stringify(webhook(text(from, id, `message ${i}`)))
      while (!(await taken(body))) {
        // Also when all is over: the last one may have been stored without our hearing of it.
        await after(15)
      }
      acknowledged.push(id)
      await after(2)
    }
  }

  async function taken(body: string): Promise<boolean> {
    try {
      const answer = await fetch(`${env_url()}/webhooks/meta`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, sandbox.appSecret) },
        body,
        signal: AbortSignal.timeout(5000),
      })
      await answer.arrayBuffer()
      return answer.status === 200
    } catch {
      return false
    }
  }
  const env_url = (): string => `http://127.0.0.1:${env.PORT}`

  async function sender(n: number): Promise<void> {
    while (!over) {
      try {
        const answer = await call(
          'POST',
          '/external/messages/whatsapp',
          { to: String(15_550_400_000 + n), type: 'template', template: { name: 'test_button_reply_1' } },
          { 'certification-code': code },
        )
        if (answer.http === 200) sent.push((answer.data as { msg_id: string }).msg_id)
        else refusedSends++
      } catch {
        refusedSends++
        await after(15)
      }
    }
  }

  const work = [
    ...Array.from({ length: PEOPLE }, (_, n) => person(n)),
    ...Array.from({ length: SENDERS }, (_, n) => sender(n)),
  ]
  for (let round = 0; round < ROUNDS; round++) {
    await after(30 + Math.random() * 350)
    await gateway.kill()
    gateway = await startProcess(env)
  }
  await after(200)
  over = true
  await Promise.all(work)
  receiver.behaviour = 200

  assert.ok(
    acknowledged.length > ROUNDS * 5,
    `only ${acknowledged.length} webhooks were acknowledged: this proves nothing`,
  )
  assert.ok(sent.length > ROUNDS, `only ${sent.length} sends were acknowledged: this proves nothing`)

  const idOf = (callback: { body: Record<string, unknown> }): string | undefined =>
    callback.body.event === 'new_message'
      ? (callback.body.message as { messages: { id: string }[] }).messages[0]!.id
      : undefined
  const arrived = (): Set<string | undefined> => new Set(receiver.received.map(idOf))
  await receiver.until(
    () => arrived().size > acknowledged.length - 1 && acknowledged.every((id) => arrived().has(id)),
    'every acknowledged event',
    60_000,
  )

  const first = [...new Set(receiver.received.map(idOf).filter((id) => id !== undefined))]
  for (let n = 0; n < PEOPLE; n++) {
    const order = first.filter((id) => id.startsWith(`wamid.${n}-`))
    assert.deepEqual(order, [...order].sort(), `person ${n}: in order`)
  }
  for (const wamid of sent) {
    const answer = await call('GET', `/external/messages/${encodeURIComponent(wamid)}`, undefined, {
      'certification-code': code,
    })
    assert.equal(answer.http, 200, `the acknowledged send ${wamid} is known`)
    assert.equal((answer.data as { msg_id: string }).msg_id, wamid)
  }
  assert.equal(receiver.badSignatures, 0)
  const duplicates = receiver.received.length - new Set(receiver.received.map((callback) => callback.id)).size
  t.diagnostic(
    `${ROUNDS} kills: ${acknowledged.length} webhooks and ${sent.length} sends acknowledged, none lost; ` +
      `${refusedSends} sends not acknowledged; ${duplicates} deliveries repeated after a cut lease`,
  )
})

const CHANNEL = (webhookUrl: string) => ({
  name: 'Kill',
  business_phone: '6281519236680',
  phone_number_id: '302702419599374',
  waba_id: '102290129340398',
  access_token: 'sandbox-token',
  webhook_url: webhookUrl,
})
