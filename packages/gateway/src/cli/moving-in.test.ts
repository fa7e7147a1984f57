import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { run } from './run.ts'

type Ran = { exit: number; out: string; err: string; json: Record<string, unknown> }

let world: World
before(async () => void (world = await startWorld({ webhook: false })))
after(() => world.stop())

async function cli(...args: string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const env = { PORT: new URL(world.gateway.url).port, ADMIN_TOKEN, DATA_DIR: world.dataDir }
  const exit = await run([...args, '--json'], env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err, json: JSON.parse(out) as Record<string, unknown> }
}

const file = (name: string, text: string): string => {
  writeFileSync(join(world.dataDir, name), text)
  return join(world.dataDir, name)
}

const SHOP = [
  ...['channel', 'add', '--name', 'Shop', '--business-phone', '12065550147', '--waba-id', '102290129340398'],
  ...['--access-token', 'sandbox-token', '--no-check', '--compatibility', 'page', '--phone-number-id'],
]
const ask = async (code: string): Promise<number> =>
  (await world.customer('GET', '/external/channel', undefined, { 'certification-code': code })).code

test('a channel keeps the number and the code that it has elsewhere; both are refused once taken', async () => {
  const own = 'af92196e-0d07-3c1d-a631-a71c5e3f9d20'
  const path = file('code', `${own}\n`)
  const added = await cli(...SHOP, '4711', '--channel-id', '30058', '--certification-code-file', path)
  assert.deepEqual(added.json, { channel_id: 30058, certification_code: own })
  assert.equal(await ask(own), 200)

  const sameId = await cli(...SHOP, '4712', '--channel-id', '30058')
  assert.equal(sameId.exit, 1)
  assert.match(sameId.err, /channel_id: a channel has or had the number 30058\. Choose another/)
  const sameCode = await cli(...SHOP, '4712', '--certification-code-file', path)
  assert.equal(sameCode.exit, 1)
  assert.match(sameCode.err, /certification_code: this code is in use, or was revoked/)
  assert.ok(!(sameCode.out + sameCode.err).includes(own))

  const second = await cli('channel', 'rotate', '30058', '--certification-code', 'a-second-code-0001')
  assert.equal(second.json.certification_code, 'a-second-code-0001')
  assert.deepEqual([await ask(own), await ask('a-second-code-0001')], [200, 200])
  const again = await cli('channel', 'rotate', '30058', '--certification-code', 'a-second-code-0001')
  assert.match(again.err, /certification_code: this code is in use/)
})

test('malformed numbers and codes are refused by the name of their field', async () => {
  const wrong: [string, unknown, RegExp][] = [
    ['channel_id', 0, /^channel_id: /],
    ['channel_id', 1.5, /^channel_id: /],
    ['channel_id', '30059', /^channel_id: must be a number, got a string/],
    ['channel_id', 1e12, /^channel_id: /],
    ['certification_code', 'fifteen-visible', /^certification_code: must be 16 to 200 visible/],
    ['certification_code', 'x'.repeat(201), /^certification_code: /],
    ['certification_code', 'with a space inside', /^certification_code: /],
    ['certification_code', '认证码认证码认证码认证码认证码认证码', /^certification_code: /],
    ['certification_code', 'postern-demo-certification-code', /^certification_code: is the public code/],
    ['compatibility', 'hosted', /^compatibility: must be one of/],
  ]
  const body = { name: 'S', business_phone: '1', phone_number_id: '4713', waba_id: '1', access_token: 't' }
  for (const [key, value, says] of wrong) {
    const answer = await world.admin('POST', '/admin/channels', { ...body, [key]: value })
    assert.deepEqual(
      [answer.http, (answer.error as unknown as { fields: { path: string }[] }).fields[0]!.path],
      [422, key],
      String(value),
    )
    assert.match(answer.message, says)
    if (key === 'certification_code') assert.ok(!JSON.stringify(answer).includes(String(value)))
  }
  const longest = { certification_code: `${'x'.repeat(199)}~`, channel_id: 999_999_999_999 }
  assert.equal((await world.admin('POST', '/admin/channels', { ...body, ...longest })).http, 201)
  const next = await world.admin('POST', '/admin/channels', { ...body, phone_number_id: '4714' })
  assert.equal((next.data as { channel_id: number }).channel_id, 1_000_000_000_000)
  assert.equal((await world.admin('GET', '/admin/channels/1000000000000')).http, 200)
})
