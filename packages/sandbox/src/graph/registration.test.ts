import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { startSandbox, type Sandbox } from '../index.ts'
import { graph, startCallback, type Callback, type Loose } from '../testing.ts'

/* What a business does before its first message: token, number, registration, subscriptions. */

const NUMBER = '302702419599374'
const WABA = '102290129340398'

let sandbox: Sandbox
let callback: Callback
beforeEach(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0 })
  callback = await startCallback(sandbox.verifyToken)
})
afterEach(async () => {
  await sandbox.close()
  await callback.close()
})

const call = (method: string, path: string, body?: object): Promise<{ status: number; body: Loose }> =>
  graph(sandbox.url, method, `/v25.0/${path}`, body)
const codeOf = async (method: string, path: string, body?: object): Promise<unknown> =>
  (await call(method, path, body)).body.error?.code
async function set(path: string, body: object): Promise<void> {
  const answer = await fetch(`${sandbox.url}/sandbox/${path}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 200, await answer.text())
}
const TEXT = { messaging_product: 'whatsapp', to: '16505551234', type: 'text', text: { body: 'hi' } }

test('a token without a permission is told so by debug_token, and refused where Meta needs the permission', async () => {
  sandbox.addToken({ token: 'sandbox-token', scopes: ['whatsapp_business_messaging'] })
  const { body } = await call('GET', 'debug_token?input_token=sandbox-token')
  assert.deepEqual(body.data.scopes, ['whatsapp_business_messaging'])
  assert.equal(await codeOf('GET', `${WABA}/subscribed_apps`), 10)
  assert.equal(await codeOf('POST', `${NUMBER}/messages`, TEXT), undefined)
  sandbox.addToken({ token: 'sandbox-token', scopes: ['whatsapp_business_management'] })
  assert.equal(await codeOf('GET', `${WABA}/subscribed_apps`), undefined)
  assert.equal(await codeOf('POST', `${NUMBER}/messages`, TEXT), 10)
})

test('a number is verified with the code that it received, then registered with its PIN', async () => {
  await set(`numbers/${NUMBER}`, { registered: false, pin: '123456', verification: 'NOT_VERIFIED' })
  const fields = async (): Promise<Loose> =>
    (await call('GET', `${NUMBER}?fields=status,code_verification_status`)).body
  assert.deepEqual(await fields(), { status: 'DISCONNECTED', code_verification_status: 'NOT_VERIFIED', id: NUMBER })
  const register = (pin: string): Promise<unknown> =>
    codeOf('POST', `${NUMBER}/register`, { messaging_product: 'whatsapp', pin })
  assert.equal(await register('123456'), 133006)
  assert.equal(await codeOf('POST', `${NUMBER}/verify_code`, { code: '111111' }), 100)
  await call('POST', `${NUMBER}/request_code`, { code_method: 'SMS', language: 'en_US' })
  const view: Loose = await (await fetch(`${sandbox.url}/sandbox/numbers/${NUMBER}`)).json()
  assert.equal(await codeOf('POST', `${NUMBER}/verify_code`, { code: view.sentCode }), undefined)
  assert.equal(await register('654321'), 133005)
  assert.equal(await codeOf('POST', `${NUMBER}/messages`, TEXT), 133010)
  assert.equal(await register('123456'), undefined)
  assert.equal((await fields()).status, 'CONNECTED')
})

test('the review of the name, the verification of the business and a blocked account are shown where Meta shows them', async () => {
  const blocked = { error_code: 141006, error_description: 'No payment method.', possible_solution: 'Add one.' }
  await set(`numbers/${NUMBER}`, { nameStatus: 'DECLINED', status: 'FLAGGED' })
  await set(`accounts/${WABA}`, { verification: 'not_verified', blocked })
  const { body: number } = await call('GET', `${NUMBER}?fields=status,name_status,health_status`)
  assert.deepEqual([number.status, number.name_status], ['FLAGGED', 'DECLINED'])
  assert.equal(number.health_status.can_send_message, 'BLOCKED')
  assert.deepEqual(number.health_status.entities[1].errors, [blocked])
  const { body: account } = await call('GET', `${WABA}?fields=business_verification_status`)
  assert.equal(account.business_verification_status, 'not_verified')
  await set(`accounts/${WABA}`, { blocked: null })
  const { body: again } = await call('GET', `${NUMBER}?fields=health_status`)
  assert.equal(again.health_status.can_send_message, 'AVAILABLE')
})

test('two apps may be subscribed to an account; each call changes only its own', async () => {
  await set(`accounts/${WABA}`, { otherApps: [{ id: '77', name: 'Old bot' }] })
  const names = async (): Promise<string[]> =>
    (await call('GET', `${WABA}/subscribed_apps`)).body.data.map((one: Loose) => one.whatsapp_business_api_data.name)
  assert.equal((await names()).length, 2)
  await call('DELETE', `${WABA}/subscribed_apps`)
  assert.deepEqual(await names(), ['Old bot'])
  await call('POST', `${WABA}/subscribed_apps`)
  assert.equal((await names()).length, 2)
})

test('an app hears of the fields that it is subscribed to, and of no others', async () => {
  const subscribe = (fields: string): Promise<unknown> =>
    codeOf('POST', `${sandbox.appId}/subscriptions`, {
      object: 'whatsapp_business_account',
      callback_url: callback.url,
      verify_token: sandbox.verifyToken,
      fields,
    })
  assert.equal(await subscribe('account_update'), undefined)
  const { body } = await call('GET', `${sandbox.appId}/subscriptions`)
  assert.deepEqual(body.data[0].fields, [{ name: 'account_update', version: 'v25.0' }])
  const phone = sandbox.phone('16505551234')
  await phone.says('nobody hears this')
  await subscribe('account_update,messages')
  await phone.says('this is heard')
  await sandbox.settled()
  const heard = sandbox.webhooks().map(({ body: text }) => text)
  assert.equal(heard.filter((text) => text.includes('nobody hears')).length, 0)
  assert.equal(heard.filter((text) => text.includes('this is heard')).length, 1)
})

test('a fault hits one edge', async () => {
  sandbox.fault({ on: 'numbers', code: 133016, match: { edge: 'register' } })
  assert.equal(await codeOf('GET', NUMBER), undefined)
  assert.equal(await codeOf('POST', `${NUMBER}/register`, { messaging_product: 'whatsapp', pin: '123456' }), 133016)
})
