import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from '../index.ts'
import { graph, startCallback, type Callback, type Loose } from '../testing.ts'

/* The simple resources around messages: numbers, accounts, portfolios, flows. */

const NUMBER = '302702419599374'
const WABA = '102290129340398'
const BUSINESS = '506914307656634'

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const call = (method: string, path: string, body?: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, method, `/v25.0/${path}`, body)
async function ok(method: string, path: string, body?: object): Promise<Loose> {
  const answer = await call(method, path, body)
  assert.equal(answer.status, 200, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body
}
async function refused(method: string, path: string, body?: object): Promise<Loose> {
  const answer = await call(method, path, body)
  assert.equal(answer.status, 400, `${method} ${path}: ${JSON.stringify(answer.body)}`)
  return answer.body.error
}
async function form(path: string, parts: Record<string, string | Blob>): Promise<Loose> {
  const body = new FormData()
  for (const [key, value] of Object.entries(parts)) {
    if (typeof value === 'string') body.set(key, value)
    else body.set(key, value, 'flow.json')
  }
  const headers = { authorization: 'Bearer sandbox-token' }
  const response = await fetch(`${sandbox.url}/v25.0/${path}`, { method: 'POST', headers, body })
  return response.json()
}

test('every node refuses an unknown field by its name', async () => {
  const { body: sent } = await call('POST', `${WABA}/flows`, { name: 'F', categories: ['OTHER'] })
  const templates = await ok('GET', `${WABA}/message_templates`)
  for (const [path, type] of [
    [WABA, 'WhatsAppBusinessAccount'],
    [NUMBER, 'WhatsAppBusinessPhoneNumber'],
    [`${WABA}/phone_numbers`, 'WhatsAppBusinessPhoneNumber'],
    [`${WABA}/message_templates`, 'WhatsAppMessageTemplate'],
    [templates.data[0].id, 'WhatsAppMessageTemplate'],
    [`${NUMBER}/whatsapp_business_profile`, 'WhatsAppBusinessProfile'],
    [sent.id, 'WhatsAppFlow'],
    [BUSINESS, 'Business'],
    [`${BUSINESS}/owned_whatsapp_business_accounts`, 'WhatsAppBusinessAccount'],
  ]) {
    for (const field of ['colour', 'constructor', '__proto__', 'id,colour']) {
      const error = await refused('GET', `${path}?fields=${field}`)
      const name = field.split(',').at(-1)!
      assert.equal(error.message, `(#100) Tried accessing nonexisting field (${name}) on node type (${type})`)
      assert.equal(error.code, 100)
    }
  }
})

test('fields may have arguments, and may contain edges', async () => {
  const account = await ok(
    'GET',
    `${WABA}?fields=name,phone_numbers{id,verified_name},message_templates.limit(2){name},certificate_count`.replace(
      ',certificate_count',
      '',
    ),
  )
  assert.deepEqual(account.phone_numbers.data, [{ id: NUMBER, verified_name: 'Postern Demo' }])
  assert.equal(account.message_templates.data.length, 2)
  assert.deepEqual(Object.keys(account.message_templates.data[0]), ['name', 'id'])
  assert.match((await refused('GET', `${WABA}?fields=phone_numbers{colour}`)).message, /\(colour\)/)

  await ok('POST', `${NUMBER}/messages`, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'text',
    text: { body: 'counted' },
  })
  await sandbox.settled()
  const day = Math.floor(sandbox.clock.now() / 86_400_000) * 86_400
  const span = `start(${day}).end(${day + 86_400})`
  const { analytics } = await ok('GET', `${WABA}?fields=analytics.${span}.granularity(DAY)`)
  assert.deepEqual(analytics.data_points, [{ start: day, end: day + 86_400, sent: 1, delivered: 1 }])
  const { pricing_analytics: pricing } = await ok('GET', `${WABA}?fields=pricing_analytics.${span}.granularity(DAILY)`)
  assert.equal(pricing.data[0].data_points[0].volume, 1)
  assert.match((await refused('GET', `${WABA}?fields=analytics`)).message, /analytics\.start/)
  assert.match((await refused('GET', `${WABA}?date_format=U`)).message, /date_format/)
})

test('a flow goes from draft to deleted, and a webhook reports each step', async () => {
  const { id } = await form(`${WABA}/flows`, { name: 'Book a table', categories: '["APPOINTMENT_BOOKING"]' })
  assert.match(id, /^\d+$/)
  assert.deepEqual(await ok('GET', id), {
    id,
    name: 'Book a table',
    status: 'DRAFT',
    categories: ['APPOINTMENT_BOOKING'],
    validation_errors: [],
  })
  assert.equal((await refused('POST', `${id}/publish`)).code, 139002)
  const file = (text: string): Promise<Loose> =>
    form(`${id}/assets`, { name: 'flow.json', asset_type: 'FLOW_JSON', file: new Blob([text]) })
  const wrong = await file('{"version":"7.3"}')
  assert.equal(wrong.validation_errors[0].error, 'REQUIRED_PROPERTY_MISSING')
  assert.equal((await file('{')).validation_errors[0].error, 'INVALID_JSON')
  const right = await file('{"version":"7.3","screens":[{"id":"BOOKING"}]}')
  assert.deepEqual(right, { success: true, validation_errors: [] })
  assert.deepEqual(await ok('POST', id, { name: 'Book', endpoint_uri: 'https://x.example/flow' }), { success: true })
  const shown = await ok('GET', `${id}?fields=name,json_version,endpoint_uri,preview.invalidate(false),health_status`)
  assert.equal(shown.json_version, '7.3')
  assert.ok(shown.preview.preview_url.includes(id))
  assert.equal((await ok('GET', `${id}/assets`)).data[0].asset_type, 'FLOW_JSON')
  assert.deepEqual(await ok('POST', `${id}/publish`), { success: true })
  assert.equal((await file('{}')).error.code, 139001)
  assert.equal((await refused('DELETE', id)).code, 139004)
  assert.deepEqual(await ok('POST', `${id}/deprecate`), { success: true })
  await sandbox.settled()
  const told = callback.changes().filter((c) => c.field === 'flows')
  assert.deepEqual(
    told.map((c) => [c.value['old_status'], c.value['new_status']]),
    [
      [undefined, 'DRAFT'],
      ['DRAFT', 'PUBLISHED'],
      ['PUBLISHED', 'DEPRECATED'],
    ],
  )
  const draft = await ok('POST', `${WABA}/flows`, { name: 'Copy', categories: ['OTHER'], clone_flow_id: id })
  assert.equal((await ok('GET', `${WABA}/flows`)).data.length, 2)
  assert.deepEqual(await ok('DELETE', draft.id), { success: true })
  assert.equal((await refused('GET', draft.id)).error_subcode, 33)
})

test('QR codes are created, changed, listed and deleted', async () => {
  const path = `${NUMBER}/message_qrdls`
  const made = await ok('POST', path, { prefilled_message: 'Hello', generate_qr_image: 'SVG' })
  assert.match(made.code, /^[A-Z0-9]{14}$/)
  assert.equal(made.deep_link_url, `https://wa.me/message/${made.code}`)
  assert.match(made.qr_image_url, /\.svg$/)
  await ok('POST', path, { code: made.code, prefilled_message: 'Hi' })
  assert.equal((await ok('GET', path)).data[0].prefilled_message, 'Hi')
  assert.deepEqual((await ok('GET', `${path}/${made.code}`)).data[0].code, made.code)
  const image = await ok('GET', `${path}?fields=code,qr_image_url.format(PNG)&code=${made.code}`)
  assert.match(image.data[0].qr_image_url, /\.png$/)
  assert.match((await refused('POST', path, { prefilled_message: 'x'.repeat(141) })).message, /140/)
  assert.deepEqual(await ok('DELETE', `${path}/${made.code}`), { success: true })
  assert.equal((await refused('DELETE', `${path}/${made.code}`)).code, 100)
})

test('commerce settings are accepted in the query and in the body', async () => {
  const path = `${NUMBER}/whatsapp_commerce_settings`
  await ok('POST', `${path}?is_cart_enabled=false&is_catalog_visible=true`)
  const { data } = await ok('GET', path)
  assert.deepEqual({ ...data[0], id: 'x' }, { is_cart_enabled: false, is_catalog_visible: true, id: 'x' })
  await ok('POST', path, { is_cart_enabled: true })
  assert.equal((await ok('GET', path)).data[0].is_cart_enabled, true)
  assert.equal((await refused('POST', path, { is_cart_enabled: 'often' })).code, 100)
})

test('the public key of flows is stored and returned', async () => {
  const path = `${NUMBER}/whatsapp_business_encryption`
  const pem = (bits: number): string =>
    generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ type: 'spki', format: 'pem' }).toString()
  assert.deepEqual((await ok('GET', path)).data, [])
  const key = pem(2_048)
  const body = new URLSearchParams({ business_public_key: key })
  const headers = { authorization: 'Bearer sandbox-token' }
  const response = await fetch(`${sandbox.url}/v25.0/${path}`, { method: 'POST', headers, body })
  assert.deepEqual(await response.json(), { success: true })
  assert.deepEqual((await ok('GET', path)).data, [
    { business_public_key: key, business_public_key_signature_status: 'VALID' },
  ])
  for (const wrong of ['x', pem(1_024)]) {
    assert.match((await refused('POST', path, { business_public_key: wrong })).message, /2048-bit/)
  }
})

test('compliance, automation, official account and two-step PIN are stored', async () => {
  const person = { email: 'a@x.example', mobile_number: '+911234567890' }
  const info = {
    messaging_product: 'whatsapp',
    entity_name: 'Harbour Shop',
    entity_type: 'PARTNERSHIP',
    is_registered: true,
    grievance_officer_details: { name: 'Mira', ...person },
    customer_care_details: person,
  }
  await ok('POST', `${NUMBER}/business_compliance_info`, info)
  assert.deepEqual((await ok('GET', `${NUMBER}/business_compliance_info`)).data, [
    { ...info, whatsapp_business_account_id: WABA },
  ])
  const other = { ...info, entity_type: 'OTHER' }
  assert.match((await refused('POST', `${NUMBER}/business_compliance_info`, other)).message, /entity_type_custom/)

  const automation = { prompts: ['Hours'], commands: [{ command_name: 'book', command_description: 'A table' }] }
  await ok('POST', `${NUMBER}/conversational_automation`, automation)
  const number = await ok('GET', `${NUMBER}?fields=conversational_automation,is_pin_enabled`)
  assert.deepEqual(number.conversational_automation, { ...automation, id: NUMBER })
  assert.match((await refused('POST', `${NUMBER}/conversational_automation`, { prompts: [''] })).message, /80/)

  assert.equal((await ok('POST', `${NUMBER}/official_business_account`, {})).updated_status.oba_status, 'PENDING')
  await ok('POST', NUMBER, { pin: '123456' })
  assert.equal((await ok('GET', `${NUMBER}?fields=is_pin_enabled`)).is_pin_enabled, true)
  await sandbox.settled()
  assert.ok(callback.changes().some((c) => c.field === 'security' && c.value['event'] === 'PIN_CHANGED'))
})

test('the username of a business is stored, and a webhook reports it', async () => {
  assert.deepEqual(await ok('GET', `${NUMBER}/username`), {})
  assert.deepEqual(await ok('POST', `${NUMBER}/username`, { username: 'HarbourShop' }), { status: 'approved' })
  assert.deepEqual(await ok('GET', `${NUMBER}/username`), { username: 'harbourshop', status: 'approved' })
  const { number } = sandbox.addNumber({ wabaId: WABA })
  assert.equal((await refused('POST', `${number.id}/username`, { username: 'harbourshop' })).code, 147005)
  const moved = { username: 'harbourshop', transfer_action: 'force_transfer' }
  await ok('POST', `${number.id}/username`, moved)
  assert.ok((await ok('GET', `${NUMBER}/username_suggestions`)).data[0].username_suggestions.length > 0)
  await ok('DELETE', `${number.id}/username`)
  await sandbox.settled()
  assert.deepEqual(
    callback
      .changes()
      .filter((c) => c.field === 'business_username_updates')
      .map((c) => c.value['status'])
      .sort(),
    ['approved', 'approved', 'deleted', 'deleted'],
  )
})

test('portfolios, accounts, people and added numbers are listed', async () => {
  assert.deepEqual(await ok('GET', BUSINESS), { id: BUSINESS, name: 'Postern Demo' })
  assert.equal((await ok('GET', `${BUSINESS}?fields=id,name,timezone_id`)).timezone_id, 1)
  const owned = await ok('GET', `${BUSINESS}/owned_whatsapp_business_accounts`)
  assert.equal(owned.data[0].id, WABA)
  assert.deepEqual((await ok('GET', `${BUSINESS}/client_whatsapp_business_accounts`)).data, [])
  assert.deepEqual((await ok('GET', `${BUSINESS}/extendedcredits?fields=id,legal_entity_name`)).data, [])
  await ok('POST', `${WABA}/assigned_users`, { user: '122100000000001', tasks: ['MANAGE'] })
  assert.equal((await ok('GET', `${WABA}/assigned_users?business=${BUSINESS}`)).data[0].id, '122100000000001')
  await ok('DELETE', `${WABA}/assigned_users?user=122100000000001`)
  assert.deepEqual((await ok('GET', `${WABA}/assigned_users`)).data, [])
  assert.equal((await ok('GET', `${WABA}/activities`)).data[0].activity_type, 'ACCOUNT_CREATED')
  assert.equal((await ok('GET', sandbox.appId)).name, 'Postern')
  const { id } = await ok('POST', `${WABA}/phone_numbers`, {
    cc: '1',
    phone_number: '6505550000',
    verified_name: 'New',
  })
  assert.equal((await ok('GET', `${id}?fields=status`)).status, 'DISCONNECTED')
  assert.deepEqual(await ok('POST', WABA, { disable_marketing_messages_on_cloud_api: true }), { id: WABA })
  const marketing = { name: 'test_button_code_1', language: { code: 'en_US' } }
  const coupon = { type: 'coupon_code', coupon_code: 'X1' }
  const button = { type: 'button', sub_type: 'copy_code', index: 0, parameters: [coupon] }
  const error = await refused('POST', `${NUMBER}/messages`, {
    messaging_product: 'whatsapp',
    to: '16505551234',
    type: 'template',
    template: { ...marketing, components: [button] },
  })
  assert.equal(error.code, 131063)
})

test('an exported state contains the settings', async () => {
  const { id } = await ok('POST', `${WABA}/flows`, { name: 'Kept', categories: ['OTHER'] })
  const state = JSON.parse(JSON.stringify(sandbox.export())) as ReturnType<Sandbox['export']>
  sandbox.reset()
  assert.equal((await refused('GET', id)).error_subcode, 33)
  sandbox.import(state)
  assert.equal((await ok('GET', id)).name, 'Kept')
})
