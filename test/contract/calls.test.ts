import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { afterEach, beforeEach, test } from 'node:test'
import type { Sandbox } from '../../packages/sandbox/src/index.ts'
import { startCallback } from '../../packages/sandbox/src/testing.ts'
import { startFixtureWorld, BUSINESS, type Loose } from './fixture-world.ts'

/*
 * Every other call of the fixtures gets an answer of the same shape as the fixture's: the same status, keys and kinds
 * of values.
 */

const FOLDER = new URL('../fixtures/cloud-api/calls/', import.meta.url)
const APP = '236484624622562'
const GROUP = 'Y2FwaV9ncm91cDoxOTUwNTU1MDA3OToxMjAzNjM0'
const FLOW = '665544332211009'
/** These belong to signup, which the sandbox does not imitate. */
const NOT_PLAYED = ['oauth_code_exchange', 'parent_bsuid_accounts']

let sandbox: Sandbox
beforeEach(async () => {
  ;({ sandbox } = await startFixtureWorld())
})
afterEach(() => sandbox.close())

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Loose }> {
  const response = await fetch(`${sandbox.url}/v26.0${path}`, {
    method,
    headers: { authorization: `Bearer ${BUSINESS.token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}
const mira = () => sandbox.phone('12065550147')
const permission = {
  messaging_product: 'whatsapp',
  to: '12065550147',
  type: 'interactive',
  interactive: {
    type: 'call_permission_request',
    body: { text: 'May we call?' },
    action: { name: 'call_permission_request' },
  },
}
async function permit(): Promise<void> {
  await call('POST', `/${BUSINESS.id}/messages`, permission)
  await mira().permitsCalls()
}
async function flow(): Promise<string> {
  const json = '{"version":"7.3","screens":[{"id":"A"}]}'
  const made = { name: 'Made', categories: ['OTHER'], flow_json: json }
  return (await call('POST', `/${BUSINESS.wabaId}/flows`, made)).body.id as string
}
function settings(more: object): void {
  const state: Loose = sandbox.export()
  Object.assign((state.world.accounts[0].settings ??= {}), more)
  sandbox.import(state)
}
const ringing = async (body: Loose): Promise<void> => {
  body.call_id = (await mira().calls()).id
}

/** Objects that a call needs, created before it; and ids of the sandbox's own in the request. */
const BEFORE: Record<string, (body: Loose) => Promise<unknown> | void> = {
  call_connect: permit,
  call_connect_recording: permit,
  call_pre_accept: ringing,
  call_accept: ringing,
  call_reject: ringing,
  call_terminate: ringing,
  call_permissions: permit,
  group_invite_link: () => void sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP' }),
  group_remove_participant: () =>
    void sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP', participants: ['12065550147'] }),
  group_send_text: () => void sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP', participants: ['12065550147'] }),
  is_on_biz_app: () => void sandbox.businessApp(),
  smb_app_data_contacts: () => void sandbox.businessApp(),
  smb_app_data_history: () => void sandbox.businessApp(),
  async smb_app_data_again(body) {
    sandbox.businessApp()
    await call('POST', `/${BUSINESS.id}/smb_app_data`, body)
  },
  async contact_book_delete() {
    const noor = sandbox.phone('16505550777')
    const interactive = {
      type: 'request_contact_info',
      body: { text: 'Your number?' },
      action: { name: 'request_contact_info' },
    }
    const recipient = 'US.61120098443371852206'
    const ask = { messaging_product: 'whatsapp', recipient, type: 'interactive', interactive }
    await call('POST', `/${BUSINESS.id}/messages`, ask)
    await noor.sharesNumber()
  },
  username_get: () => call('POST', `/${BUSINESS.id}/username`, { username: 'harbourshop' }),
  username_transfer_required: async () => {
    const { number } = sandbox.addNumber({ wabaId: BUSINESS.wabaId })
    await call('POST', `/${number.id}/username`, { username: 'harbourshop' })
  },
  encryption_key_set(body) {
    body.business_public_key = publicKey()
  },
  encryption_key_get: () =>
    call('POST', `/${BUSINESS.id}/whatsapp_business_encryption`, { business_public_key: publicKey() }),
  flow_upload_json(body) {
    body.file = '{"version":"7.3","screens":[{"id":"A"}]}'
  },
  marketing_message: englishSale,
  marketing_disabled_on_cloud_api() {
    englishSale()
    settings({ disable_marketing_messages_on_cloud_api: true })
  },
  send_direct_send_utility: () => settings({ direct_send: true }),
  read_group_message: async (body) => {
    body.message_id = (await mira().says({ type: 'text', text: { body: 'x' }, group_id: GROUP })).id
  },
  templates_archive: () => archived('1478820956612237'),
  templates_unarchive: () => archived('1478820956612236'),
  templates_delete_by_ids: () => archived('1478820956612236'),
  async pricing_analytics() {
    sandbox.clock.advance(80 * 24 * 3_600_000)
    mira().is({ window: true })
    await call('POST', `/${BUSINESS.id}/messages`, permission)
    await sandbox.settled()
  },
}
function englishSale(): void {
  sandbox.addTemplate({ name: 'autumn_sale', category: 'MARKETING', components: [{ type: 'BODY', text: 'Sale!' }] })
}
function archived(already: string): Promise<unknown> {
  for (const id of ['1478820956612236', '1478820956612237']) {
    sandbox.addTemplate({ id, name: `old_${id}`, category: 'MARKETING', components: [{ type: 'BODY', text: 'x' }] })
  }
  return call('POST', `/${BUSINESS.wabaId}/message_templates/archive`, { hsm_ids: [already] })
}
const publicKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({ type: 'spki', format: 'pem' }).toString()

/** Keys and the kinds of leaves. Lists by their first element, maps by id as maps. */
function shape(value: Loose): Loose {
  if (Array.isArray(value)) return value.slice(0, 1).map(shape)
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(
    Object.entries(value as object)
      .map(([key, inner]) => [/^\d{10,}$/.test(key) ? 'an id' : key, shape(inner)])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  )
}

/** Values of a fixture that the sandbox cannot know: prices, and missing counts. */
const UNKNOWN: Record<string, (answer: Loose) => void> = {
  pricing_analytics: (answer) => {
    for (const point of answer.pricing_analytics.data[0].data_points) {
      delete point.cost
    }
  },
  messaging_analytics: (answer) => delete answer.analytics.country_codes,
}

for (const file of readdirSync(FOLDER)) {
  const name = file.slice(0, -'.json'.length)
  if (NOT_PLAYED.includes(name)) continue
  test(`${name} is answered as in the fixture`, async () => {
    const { request, answer }: Loose = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8'))
    await BEFORE[name]?.(request.body)
    const path: string = request.url.replace(/^https:\/\/[^/]+/, '')
    const asked = path
      .replace(/^\/v\d+\.0/, '')
      .replace('<token>', BUSINESS.token)
      .replace(APP, sandbox.appId)
      .replace(FLOW, name.startsWith('flow_') && path.includes(FLOW) ? await flow() : FLOW)
    const got =
      name === 'subscribed_apps_override'
        ? await override(request.body)
        : await call(request.method, asked, request.body)
    assert.equal(got.status, answer.status, JSON.stringify(got.body))
    for (const either of [got.body, answer.body]) UNKNOWN[name]?.(either)
    assert.deepEqual(shape(got.body), shape(answer.body), JSON.stringify(got.body))
    if (answer.body.error) assert.equal(got.body.error.code, answer.body.error.code)
    if (answer.body.error) assert.equal(got.body.error.message, answer.body.error.message)
  })
}

/** The callback is challenged before it is saved. Here no server answers, which gives a refusal of its own. */
async function override(body: Loose): Promise<{ status: number; body: Loose }> {
  const callback = await startCallback(body.verify_token)
  try {
    return await call('POST', `/${BUSINESS.wabaId}/subscribed_apps`, { ...body, override_callback_uri: callback.url })
  } finally {
    await callback.close()
  }
}
