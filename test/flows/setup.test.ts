import assert from 'node:assert/strict'
import { createServer, request as ask, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { type Answer, startWorld, type World } from '../support/world.ts'

/*
 * A number goes live at a WhatsApp that refuses every step once. What is wrong is mended as its words say, by Postern or
 * by hand, and the last step is an answer from the phone.
 */

type Step = { step: string; state: string; says: string; advice: string | null; action: { needs: string[] } | null }
type Setup = { steps: Step[]; next: string | null }

/** What stands before the gateway in the internet, and what is wrong with it. */
let proxy: Server
let proxyIs: 'down' | 'without signatures' | 'right' = 'down'
let whatsapp: Sandbox
let world: World
let channelId: number
let wabaId: string
let numberId: string

const PHONE = '16505551234'

before(async () => {
  proxy = createServer((incoming, response) => {
    if (proxyIs === 'down') return void response.writeHead(502).end('Bad gateway')
    const headers = { ...incoming.headers }
    if (proxyIs === 'without signatures') delete headers['x-hub-signature-256']
    const onward = ask(`${world.gateway.url}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(response)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  whatsapp = await startSandbox({ seed: 'setup', demo: false, statusDelayMs: 1 })
  wabaId = whatsapp.addAccount({ subscribed: false }).wabaId
  const { number } = whatsapp.addNumber({ wabaId, number: '85230001234', registered: false, pin: '416083' })
  numberId = number.id
  await set(`numbers/${numberId}`, { verification: 'NOT_VERIFIED', nameStatus: 'DECLINED' })
  world = await startWorld({
    webhook: false,
    env: {
      CLOUD_API_URL: whatsapp.url,
      META_APP_SECRET: whatsapp.appSecret,
      META_VERIFY_TOKEN: whatsapp.verifyToken,
      PUBLIC_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    },
  })
  whatsapp.addToken({ token: 'half', wabaIds: [wabaId], scopes: ['whatsapp_business_management'] })
  whatsapp.addToken({ token: 'whole', wabaIds: [wabaId] })
  const channel = {
    ...{ name: 'The Table', business_phone: '85230001234', phone_number_id: numberId },
    ...{ waba_id: '4711', access_token: 'half' },
  }
  const made = await world.admin('POST', '/admin/channels', channel)
  channelId = (made.data as { channel_id: number }).channel_id
})
after(async () => {
  await world?.stop()
  await whatsapp?.close()
  proxy?.close()
})

/** Changes something at WhatsApp, as a person does on Meta's pages. */
async function set(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${whatsapp.url}/sandbox/${path}`, {
    method: 'PATCH',
    headers,
    body: JSON.stringify(body),
  })
  assert.equal(answer.status, 200, await answer.text())
}

const setup = async (): Promise<Setup> => (await world.admin('GET', `/admin/channels/${channelId}/setup`)).data
const does = (step: string, given: object = {}): Promise<Answer> =>
  world.admin('POST', `/admin/channels/${channelId}/setup/${step}`, given)
async function done(step: string, given: object = {}): Promise<void> {
  const answer = await does(step, given)
  assert.equal(answer.http, 200, answer.message)
}
async function refused(step: string, given: object, message: RegExp): Promise<void> {
  const answer = await does(step, given)
  assert.ok(answer.http >= 400, `${step} was done`)
  assert.match(answer.message, message)
}

/** The way stops at this step, for this reason. */
async function stopsAt(step: string, state: 'wrong' | 'waiting', says: RegExp, needs?: string[]): Promise<void> {
  const { steps, next } = await setup()
  assert.equal(next, step, JSON.stringify(steps.filter((one) => one.state !== 'done')))
  const found = steps.find((one) => one.step === step)!
  assert.equal(found.state, state)
  assert.match(found.says, says)
  assert.ok(found.advice !== null && found.advice.length > 20, 'it says what to do')
  assert.deepEqual(found.action?.needs, needs)
}

test('token: a permission is missing; another token has it', async () => {
  await stopsAt('token', 'wrong', /lacks the permission whatsapp_business_messaging/, ['access_token'])
  await refused('token', {}, /Postern cannot do the step token/)
  const { http } = await world.admin('PATCH', `/admin/channels/${channelId}`, { access_token: 'whole' })
  assert.equal(http, 200)
})

test('number: the account is another one; the token names the right one', async () => {
  await stopsAt('number', 'wrong', /./, ['waba_id'])
  const { data } = await world.admin('POST', '/admin/channels/discover', { access_token: 'whole' })
  const { accounts } = data as { accounts: { waba_id: string; numbers: Record<string, unknown>[] }[] }
  assert.deepEqual(accounts.map(({ waba_id: id, numbers }) => [id, numbers[0]!.phone_number_id, numbers[0]!.channel_id]), [[wabaId, numberId, channelId]]) // prettier-ignore
  await world.admin('PATCH', `/admin/channels/${channelId}`, { waba_id: accounts[0]!.waba_id })
})

test('registration: a code proves the number, and the PIN registers it', async () => {
  await stopsAt('registration', 'wrong', /not proven/, ['code'])
  await refused('registration', {}, /pin/)
  whatsapp.fault({ on: 'numbers', code: 133016, match: { edge: 'request_code' } })
  await refused('registration', { code_method: 'SMS' }, /#133016/)
  await done('registration', { code_method: 'SMS' })
  await refused('registration', { code: '000000' }, /verification code/)
  const view = (await (await fetch(`${whatsapp.url}/sandbox/numbers/${numberId}`)).json()) as { sentCode: string }
  await done('registration', { code: view.sentCode })
  await stopsAt('registration', 'wrong', /not registered/, ['pin'])
  await refused('registration', { pin: '000000' }, /#133005/)
  await refused('registration', { pin: '12' }, /six digits/)
  await done('registration', { pin: '416083' })
})

test('name: a declined name is replaced, and its review holds nothing up; a blocked account does', async () => {
  await stopsAt('name', 'wrong', /did not approve the name/, ['display_name'])
  await refused('name', { display_name: 'x' }, /display_name/)
  await done('name', { display_name: 'The Table Hong Kong' })
  assert.equal((await setup()).next, 'address')
  const blocked = { error_code: 141006, error_description: 'No payment method.', possible_solution: 'Add one in WhatsApp Manager.' } // prettier-ignore
  await set(`accounts/${wabaId}`, { blocked })
  await stopsAt('name', 'wrong', /No payment method/)
  await set(`accounts/${wabaId}`, { blocked: null })
})

test('address: the proxy is down, then takes signatures away, then is right', async () => {
  await stopsAt('address', 'wrong', /502 to the handshake/)
  await refused('app', {}, /502 to the handshake/)
  proxyIs = 'without signatures'
  await stopsAt('address', 'wrong', /as it was sent/)
  proxyIs = 'right'
})

test('app: its secret is another one, it has no callback, then another program’s, and too few fields', async () => {
  const secret = whatsapp.appSecret
  await set('app', { secret: 'changed-at-meta' })
  await stopsAt('app', 'wrong', /META_APP_SECRET is not the secret/)
  await set('app', { secret })
  await stopsAt('app', 'wrong', /no callback URL/, [])
  whatsapp.fault({ on: 'numbers', code: 2, match: { edge: 'subscriptions' } })
  await refused('app', {}, /come first/)
  await set('app', { callbackUrl: 'https://old.example.com/hook', fields: ['account_update'] })
  await stopsAt('app', 'wrong', /old\.example\.com/, ['replace'])
  await refused('app', {}, /replace: true/)
  await done('app', { replace: true })
  const { steps } = await setup()
  assert.equal(steps.find(({ step }) => step === 'app')!.state, 'done')
  await set('app', { fields: ['account_update'] })
  await stopsAt('app', 'wrong', /field messages/, [])
  await done('app')
})

test('subscription: the app is not subscribed, then the account’s messages go elsewhere', async () => {
  await stopsAt('subscription', 'wrong', /not subscribed/, [])
  whatsapp.fault({ on: 'numbers', code: 80007, match: { edge: 'subscribed_apps' }, times: 2 })
  await refused('subscription', {}, /80007/)
  await done('subscription')
  const ours = await url()
  await set(`accounts/${wabaId}`, { overrideUrl: 'https://old.example.com/hook' })
  await stopsAt('subscription', 'wrong', /messages of this number go to https:\/\/old/, ['replace'])
  await refused('subscription', {}, /replace: true/)
  await done('subscription', { replace: true })
  assert.equal(await url(), ours)
})

/** The address that WhatsApp sends the number’s messages to. */
const url = async (): Promise<unknown> =>
  ((await world.admin('POST', `/admin/channels/${channelId}/check`)).data as { callback_url: unknown }).callback_url

test('message: no template, no payment, then it arrives', async () => {
  await stopsAt('message', 'wrong', /no approved template/)
  await refused('message', { to: PHONE }, /no approved template/)
  whatsapp.addTemplate({ wabaId, name: 'hello_world', components: [{ type: 'BODY', text: 'Hello' }] })
  await world.admin('POST', `/admin/channels/${channelId}/templates/sync`)
  await stopsAt('message', 'waiting', /template hello_world/, ['to'])
  await refused('message', {}, /to: is needed/)
  whatsapp.fault({ on: 'messages', code: 131042, as: 'answer' })
  await refused('message', { to: PHONE }, /#131042/)
  await stopsAt('message', 'wrong', /#131042/, ['to'])
  await done('message', { to: `+${PHONE}` })
  await whatsapp.phone(PHONE).sees('Hello')
  await whatsapp.settled()
})

test('answer: nobody wrote, then the phone does, and nothing is left', async () => {
  await stopsAt('answer', 'waiting', /No answer/)
  await done('message', { to: PHONE })
  const waits = does('answer')
  await whatsapp.phone(PHONE).says('It works')
  const { data, message } = await waits
  assert.deepEqual((data as Setup).next, null, message)
  const { steps, next } = await setup()
  assert.deepEqual([next, steps.filter(({ state }) => state !== 'done').map(({ step }) => step)], [null, ['name']])
  const sends = whatsapp.received().filter(({ path }) => path.endsWith('/messages'))
  assert.equal(sends.filter(({ status }) => status === 200).length, 1, 'a message that arrived is not sent again')
})

test('no secret is in an answer, nothing is in quarantine, and a step that is not one is not found', async () => {
  const text = JSON.stringify(await setup())
  for (const secret of [whatsapp.appSecret, whatsapp.verifyToken, 'whole', PHONE]) assert.ok(!text.includes(secret))
  const { data } = await world.admin('GET', '/admin/stats')
  assert.deepEqual((data as { quarantined: object }).quarantined, {})
  assert.equal((await does('dance')).http, 404)
})
