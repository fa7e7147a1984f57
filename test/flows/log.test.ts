import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { pino } from 'pino'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { SERIALIZERS } from '../../packages/gateway/src/platform/log.ts'
import { post } from '../support/meta.ts'
import { startWorld } from '../support/world.ts'

type Line = Record<string, unknown>

const [PHONE] = DEMO.phones
const WORDS = 'my address is 12 Baker Street'

test('no phone number and no message text reaches the log, not even from a customer’s answer', async (t) => {
  const lines: string[] = []
  const log = pino({ level: 'trace', serializers: SERIALIZERS }, { write: (line: string) => void lines.push(line) })
  await using world = await startWorld({ gateway: { log } })
  // An endpoint that returns the request body when it fails.
  const echo = createServer((request, response) => {
    response.writeHead(500)
    request.pipe(response)
  })
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve))
  t.after(() => echo.close())
  await world.admin('PUT', '/admin/channels/1/webhook', {
    url: `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`,
  })
  await world.sandbox.phone(PHONE).says(WORDS)
  await world.receiver.until(() => lines.some((line) => line.includes('delivery.attempted')), 'the attempt is logged')
  const kept = await world.admin('GET', '/admin/deliveries?channel_id=1')
  assert.ok(JSON.stringify(kept.data).includes('Baker Street'), 'the delivery shows what the endpoint answered')

  const broken = `{"object":"whatsapp_business_account" "${WORDS} ${PHONE}`
  const answer = await post(world, broken)
  assert.equal(answer.status, 200)
  await world.receiver.until(() => lines.some((line) => line.includes('webhook.quarantined')), 'it is put aside')
  await world.customer('POST', '/external/messages/whatsapp', { to: PHONE, type: 'text', text: WORDS })
  await world.admin('DELETE', `/admin/channels/1/contacts/${PHONE}`)
  for (const trace of ['Baker', PHONE, 'sandbox-token', DEMO.certificationCode])
    assert.deepEqual(
      lines.filter((line) => line.includes(trace)),
      [],
      trace,
    )
  assert.ok(lines.some((line) => line.includes('person.erased')))
})

test('a send has its addressee with a mask; LOG_PII=full shows people and texts, and a warning says so', async () => {
  const linesWith = async (env: Record<string, string>): Promise<Line[]> => {
    const lines: string[] = []
    const log = pino({ serializers: SERIALIZERS }, { write: (line: string) => void lines.push(line) })
    await using world = await startWorld({ env, gateway: { log } })
    await world.sandbox.phone(PHONE).says(WORDS)
    await world.receiver.gets({ event: 'new_message' })
    await world.send({ to: PHONE, type: 'text', text: WORDS })
    return lines.map((line) => JSON.parse(line) as Line)
  }
  const lineOf = (lines: Line[], msg: string): Line | undefined => lines.find((line) => line.msg === msg)

  const quiet = await linesWith({})
  assert.equal(lineOf(quiet, 'message.sent')!.to, `${PHONE.slice(0, 3)}•••${PHONE.slice(-2)}`)
  assert.ok(!JSON.stringify(quiet).includes('Baker'))
  assert.equal(lineOf(quiet, 'log.personal_data_shown'), undefined)

  const full = await linesWith({ LOG_PII: 'full' })
  assert.equal(lineOf(full, 'log.personal_data_shown')!.level, 40)
  assert.equal(lineOf(full, 'message.sent')!.to, PHONE)
  const received = lineOf(full, 'message.received')!
  assert.equal(received.from, PHONE)
  assert.ok(String(received.content).includes(WORDS))
})
