import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { RESOURCES } from '../../packages/gateway/src/domain/resources/resources.ts'
import { startWorld, type World } from '../support/world.ts'

type Json = Record<string, unknown>

const path = (name: string, query = ''): string => `/external/resources/${name}${query}`
const adminPath = (name: string): string => `/admin/channels/${DEMO.channelId}/resources/${name}`
const dataOf = (answer: { http: number; data: unknown }): Json => {
  assert.equal(answer.http, 200, JSON.stringify(answer))
  return answer.data as Json
}
const DAY = 86_400
const today = Math.floor(Date.now() / 1000 / DAY) * DAY
const span = `?start=${today}&end=${today + DAY}`

test('a customer reads and changes what WhatsApp keeps of the number', async () => {
  await using world = await startWorld()
  const ask = async (method: string, where: string, body?: unknown) => dataOf(await world.customer(method, where, body))

  assert.deepEqual(await ask('POST', path('business_profile'), { about: 'Open until 18:00', email: 'a@example.com' }), {
    success: true,
  })
  const [profile] = (await ask('GET', path('business_profile'))).data as Json[]
  assert.deepEqual([profile!.about, profile!.email], ['Open until 18:00', 'a@example.com'])
  const [short] = (await ask('GET', path('business_profile', '?fields=about'))).data as Json[]
  assert.deepEqual(Object.keys(short!).toSorted(), ['about', 'messaging_product'])

  const made = await ask('POST', path('qr_codes'), { prefilled_message: 'I have a question', generate_qr_image: 'SVG' })
  assert.match(String(made.code), /^\w{14}$/)
  const listed = (await ask('GET', path('qr_codes'))).data as Json[]
  assert.deepEqual(
    listed.map((one) => one.code),
    [made.code],
  )
  assert.deepEqual(await ask('DELETE', path('qr_codes', `?code=${String(made.code)}`)), { success: true })
  assert.deepEqual((await ask('GET', path('qr_codes'))).data, [])

  const automation = { prompts: ['Book a table'], commands: [{ command_name: 'book', command_description: 'Book' }] }
  assert.deepEqual(await ask('POST', path('conversational_automation'), automation), { success: true })
  const kept = (await ask('GET', path('conversational_automation'))).conversational_automation as Json
  assert.deepEqual([kept.prompts, kept.commands], [automation.prompts, automation.commands])

  await ask('POST', path('commerce_settings'), { is_cart_enabled: false, is_catalog_visible: true })
  const [commerce] = (await ask('GET', path('commerce_settings'))).data as Json[]
  assert.deepEqual([commerce!.is_cart_enabled, commerce!.is_catalog_visible], [false, true])

  const username = await ask('POST', path('username'), { username: 'harbourshop', transfer_action: 'none' })
  assert.ok(['approved', 'reserved'].includes(String(username.status)))
  assert.equal((await ask('GET', path('username'))).username, 'harbourshop')
  assert.deepEqual(await ask('DELETE', path('username')), { success: true })
  assert.ok(Array.isArray((await ask('GET', path('username_suggestions'))).data))

  await ask('POST', path('calling_settings'), { calling: { status: 'ENABLED' } })
  assert.equal(((await ask('GET', path('calling_settings'))).calling as Json).status, 'ENABLED')

  await ask('POST', path('display_name'), { new_display_name: 'Harbour Shop' })
  const name = await ask('GET', path('display_name'))
  assert.deepEqual(
    [name.verified_name, name.new_display_name, name.new_name_status],
    ['Postern Demo', 'Harbour Shop', 'PENDING_REVIEW'],
  )

  const pricing = await ask('GET', path('pricing_analytics', `${span}&granularity=DAILY&dimensions=COUNTRY`))
  assert.ok((pricing.pricing_analytics as Json).data)
  const templates = await ask('GET', path('template_analytics', `${span}&granularity=DAILY&template_ids=1,2`))
  assert.ok((templates.template_analytics as Json).data)
})

test('blocking somebody who did not write says who was not blocked', async () => {
  await using world = await startWorld()
  const writer = world.sandbox.phone('15550100001')
  await writer.says('hello')
  const blocked = await world.customer('POST', path('block_list'), {
    block_users: [{ user: '15550100001' }, { user: '15550100002' }],
  })
  assert.equal(blocked.http, 400)
  const { upstream } = blocked.error as unknown as { upstream: { code: number; beside: { block_users: Json } } }
  assert.equal(upstream.code, 139100)
  const lists = upstream.beside.block_users
  assert.deepEqual([(lists.added_users as Json[]).length, (lists.failed_users as Json[]).length], [1, 1])
  const listed = dataOf(await world.customer('GET', path('block_list'))).data as Json[]
  assert.deepEqual(
    listed.map((one) => one.wa_id),
    ['15550100001'],
  )
  dataOf(await world.customer('DELETE', path('block_list'), { block_users: [{ user: '15550100001' }] }))
  assert.deepEqual(dataOf(await world.customer('GET', path('block_list'))).data, [])
})

test('what is not on the list is not found, and what is for operators needs their token', async () => {
  await using world = await startWorld()
  const { customer, admin } = world
  const calls = () => world.sandbox.received().length
  const before = calls()
  for (const name of ['two_step_pin', 'subscribed_apps', 'register', '__proto__', 'toString', 'messages']) {
    const answer = await customer('POST', path(name), { pin: '123456' })
    assert.deepEqual([answer.http, answer.error.reason], [404, 'resource_not_found'], name)
  }
  assert.equal((await customer('DELETE', path('business_profile'))).error.reason, 'method_not_allowed')
  assert.equal((await customer('GET', path('business_profile', '?access_token=x'))).http, 422)
  assert.equal((await customer('GET', path('business_profile', '?ids=1,2'))).http, 422)
  assert.equal(calls(), before, 'WhatsApp was not asked')
  assert.equal((await world.admin('GET', `/admin/channels/999/resources/username`)).error.reason, 'resource_not_found')

  assert.deepEqual(dataOf(await admin('POST', adminPath('two_step_pin'), { pin: '123456' })), { success: true })
  assert.equal((await admin('POST', adminPath('two_step_pin'), { pin: '12' })).error.reason, 'upstream_refused')
  const needed: Record<string, string> = {
    call_permissions: '?user_wa_id=85268411234',
    template_previews: '?category=AUTHENTICATION&languages=en_US,de',
  }
  for (const name of Object.keys(RESOURCES).filter((one) => RESOURCES[one]!.methods.GET && !one.endsWith('analytics')))
    assert.equal((await admin('GET', adminPath(name) + (needed[name] ?? ''))).http, 200, name)
})

test('an answer that quotes the token comes without it', async () => {
  const seen: string[] = []
  const graph = createServer((request, response) => {
    const token = String(request.headers.authorization).replace('Bearer ', '')
    seen.push(`${request.method} ${request.url}`)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data: [{ about: 'x', echo: `token ${token}` }] }))
  })
  await new Promise<void>((resolve) => graph.listen(0, '127.0.0.1', resolve))
  try {
    await using world: World = await startWorld({
      webhook: false,
      env: {
        META_APP_SECRET: 'app-secret',
        META_VERIFY_TOKEN: 'verify',
        OUTBOUND_ALLOW: '127.0.0.0/8',
        CLOUD_API_URL: `http://127.0.0.1:${(graph.address() as AddressInfo).port}`,
      },
    })
    const added = await world.admin('POST', '/admin/channels', {
      name: 'Shop',
      business_phone: '15550001111',
      phone_number_id: '1000',
      waba_id: '2000',
      access_token: 'EAAsecret',
    })
    const { channel_id: id } = added.data as { channel_id: number }
    const answer = await world.admin('GET', `/admin/channels/${id}/resources/business_profile?fields=about`)
    assert.deepEqual(dataOf(answer), { data: [{ about: 'x', echo: 'token [secret]' }] })
    assert.ok(seen.some((line) => /^GET \/v\d+\.\d\/1000\/whatsapp_business_profile\?fields=about$/.test(line)))
  } finally {
    graph.closeAllConnections()
    graph.close()
  }
})
