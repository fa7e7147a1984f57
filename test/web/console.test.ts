import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const cookieOf = (response: Response): string => response.headers.get('set-cookie')!.split(';')[0]!
const own = { 'content-type': 'application/json', 'x-postern-console': '1' }

async function session(): Promise<string> {
  const body = JSON.stringify({ token: ADMIN_TOKEN })
  const response = await fetch(`${world.gateway.url}/console/session`, { method: 'POST', headers: own, body })
  assert.equal(response.status, 200)
  return cookieOf(response)
}

test('a session is a cookie that scripts cannot read and other sites cannot use', async () => {
  const { url } = world.gateway
  const body = JSON.stringify({ token: ADMIN_TOKEN })
  const response = await fetch(`${url}/console/session`, { method: 'POST', headers: own, body })
  assert.match(response.headers.get('set-cookie')!, /HttpOnly; SameSite=Strict/)
  const cookie = cookieOf(response)
  const ask = async (method: string, headers: Record<string, string>): Promise<number> =>
    (
      await fetch(`${url}/admin/channels/1`, {
        method,
        headers: { cookie, ...headers },
        ...(method !== 'GET' && { body: '{}' }),
      })
    ).status
  assert.equal(await ask('GET', {}), 200)
  assert.equal(await ask('PATCH', own), 200)
  assert.equal(await ask('PATCH', { 'content-type': 'application/json' }), 401, 'without the header of our own page')
  assert.equal(await ask('PATCH', { ...own, origin: 'http://evil.example' }), 401, 'from another origin')
  assert.equal(await ask('GET', { 'sec-fetch-site': 'cross-site' }), 401, 'from another site')
  assert.equal(await ask('GET', { cookie: cookie.replace(/=\d+/, '=99999999999') }), 401, 'with a later end')
  assert.equal(await ask('GET', { cookie: `${cookie}x` }), 401, 'with another signature')
})

test('pages have security headers, and files are cached for good', async () => {
  const { url } = world.gateway
  for (const origin of [url, world.sandbox.url]) {
    const page = await fetch(origin)
    const policy = page.headers.get('content-security-policy')!
    assert.match(policy, /default-src 'none'; script-src 'self';/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.doesNotMatch(policy, /unsafe/)
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer')
    const html = await page.text()
    assert.doesNotMatch(html, /https?:\/\//, 'nothing comes from elsewhere')
    const [, file] = /src="\.\/(assets\/[^"]+\.js)"/.exec(html)!
    const script = await fetch(`${origin}/${file}`, { headers: { 'accept-encoding': 'br' } })
    assert.match(script.headers.get('cache-control')!, /immutable/)
    assert.equal(script.headers.get('content-encoding'), 'br')
    const again = await fetch(`${origin}/${file}`, { headers: { 'if-none-match': script.headers.get('etag')! } })
    assert.equal(again.status, 304)
  }
  assert.equal((await fetch(`${url}/assets/..%2f..%2fpackage.json`)).status, 404)
})

test('a failed delivery is found, inspected and replayed', async () => {
  world.receiver.behaviour = 500
  const phone = world.sandbox.phone('85268411234')
  await phone.says('will anybody hear this?')
  const page = await browser.open(`${world.gateway.url}/#/deliveries`)
  const row = page.getByRole('row', { name: /new_message/ }).first()
  await row.getByText('pending').waitFor()
  await row.getByRole('button', { name: 'More' }).click()
  await page.getByText('Attempt 1 · 500').waitFor()
  await page.getByText('not now').first().waitFor()

  world.receiver.behaviour = 200
  const before = await world.receiver.gets({ event: 'new_message' }, 20_000)
  await row.getByText('delivered').waitFor()
  await row.getByRole('button', { name: 'Replay' }).click()
  await page.getByText('Replaying…').waitFor()
  await world.receiver.until(
    () => world.receiver.received.filter((one) => one.id === before.id).length === 2,
    'the same event again',
  )
  await page.getByRole('button', { name: 'Send a test event' }).click()
  await world.receiver.gets({ event: 'test' })
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor()

  // An operator’s retry ends the rest at once.
  world.receiver.behaviour = () => ({ status: 503, headers: { 'retry-after': '21600' } })
  const phones = ['16505550111', '16505550112', '16505550113', '16505550114', '16505550115', '16505550116']
  const heard = world.receiver.received.length
  for (const number of phones) await world.sandbox.phone(number).says('while it rests')
  await page.getByText(/^Resting since/).waitFor()
  world.receiver.behaviour = 200
  await page.getByRole('button', { name: 'Try now' }).click()
  await world.receiver.until(() => world.receiver.received.length === heard + phones.length, 'all that waited')
  await page.getByText(/^Resting since/).waitFor({ state: 'detached' })

  await page.getByRole('button', { name: 'Verify a signature' }).click()
  const sample = world.receiver.received.at(-1)!
  await page.getByLabel('webhook-id').fill(String(sample.headers['webhook-id']))
  await page.getByLabel('webhook-timestamp').fill(String(sample.headers['webhook-timestamp']))
  await page.getByLabel('webhook-signature').fill(String(sample.headers['webhook-signature']))
  await page.getByLabel('Webhook secret', { exact: true }).fill(world.receiver.secret!)
  await page.getByLabel('Raw body').fill(sample.raw)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('The signature is valid.').waitFor()
  await page.getByLabel('Raw body').fill(`${sample.raw} `)
  await page.getByRole('button', { name: 'Check', exact: true }).click()
  await page.getByText('Signature does not match').waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('the wizard adds a channel, and reports the problem of a token', async () => {
  const { number, token } = world.sandbox.addNumber({ verifiedName: 'Harbour Shop' })
  const page = await browser.open(`${world.gateway.url}/#/channels`)
  await page.getByRole('button', { name: 'Add a channel' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Harbour')
  await dialog.getByLabel('Business phone number').fill(`+${number.number}`)
  await dialog.getByLabel('Phone number ID').fill(number.id)
  await dialog.getByLabel('WhatsApp Business Account ID').fill(number.wabaId)
  await dialog.getByLabel('Access token').first().fill('not-a-token')
  await dialog.getByRole('button', { name: 'Check with WhatsApp' }).click()
  await dialog.getByText('failed', { exact: true }).first().waitFor()
  assert.equal(await dialog.getByRole('button', { name: 'Continue' }).isDisabled(), true)
  await dialog.getByRole('button', { name: 'Back' }).click()
  await dialog.getByLabel('Access token').first().fill(token)
  await dialog.getByRole('button', { name: 'Check with WhatsApp' }).click()
  await dialog.getByText('Harbour Shop').waitFor()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.getByLabel('Webhook URL').fill(world.receiver.url)
  await dialog.getByRole('button', { name: 'Add the channel' }).click()
  const code = await dialog.locator('.secret').first().innerText()
  await dialog.getByRole('button', { name: 'Done, I saved it' }).first().click()
  assert.equal(await dialog.getByText(code).count(), 0, 'the code is gone from the page')
  await dialog.getByRole('button', { name: 'Done', exact: true }).click()

  const sent = await fetch(`${world.gateway.url}/external/messages/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'certification-code': code },
    body: JSON.stringify({ to: '85268411234', type: 'text', text: 'from the new channel' }),
  })
  assert.equal(sent.status, 200)

  await page.getByRole('link', { name: /Harbour/ }).click()
  await page.getByRole('button', { name: 'Revoke' }).click()
  await page.getByRole('button', { name: 'Revoke it now' }).click()
  await page.getByText('code_').waitFor({ state: 'detached' })
  const refused = await fetch(`${world.gateway.url}/external/events`, { headers: { 'certification-code': code } })
  assert.equal(refused.status, 401)
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('texts of users stay text, in every place that shows them', async () => {
  const hostile = `<img src=x onerror="globalThis.hit=1"><script>globalThis.hit=1</script>`
  const phone = world.sandbox.phone('16505550000')
  phone.is({ name: hostile })
  await phone.says(hostile)
  await phone.says({ type: 'location', location: { latitude: 1, longitude: 2, name: hostile, address: hostile } })
  await phone.says({ type: 'document', document: { filename: hostile, caption: hostile } })
  await phone.says({
    type: 'contacts',
    contacts: [{ name: { formatted_name: hostile }, phones: [{ phone: hostile }] }],
  })
  await phone.says({ type: 'unheard_of', unheard_of: { text: hostile } })
  const body = { text: hostile }
  const row = { id: hostile, title: '<b onclick=hit>', description: hostile.slice(0, 72) }
  const action = { button: '<i>', sections: [{ title: '<u>', rows: [row] }] }
  await world.send({ to: '16505550000', type: 'interactive', interactive: { type: 'list', body, action } })
  await world.sandbox.settled()
  const { data } = await world.admin('GET', '/admin/conversations?channel_id=1&q=16505550000')
  const [contact] = (data as { conversations: { contact_id: number }[] }).conversations
  const places = ['/', '/messages', '/conversations', `/conversations/1/${contact!.contact_id}`, '/deliveries']
  const page = await browser.open(world.gateway.url)
  for (const place of places) {
    await page.goto(`${world.gateway.url}/#${place}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.waitForLoadState('networkidle')
    // Other tests' deliveries are in the list as well: those with the text are opened until it appears.
    for (let i = 0; place === '/deliveries' && i < 25; i++) {
      await page
        .getByRole('button', { name: /^(More|Less)$/ })
        .nth(i)
        .click()
      if ((await page.getByText('<img src=x').count()) > 0) break
    }
    if (place !== '/') await page.getByText('<img src=x').first().waitFor({ state: 'attached' })
    assert.equal(await page.evaluate(() => 'hit' in globalThis), false, place)
    assert.equal(await page.locator('img[src="x"]').count(), 0, place)
  }
  const phones = await browser.open(world.sandbox.url)
  await phones.evaluate(`localStorage.setItem('postern.phones', '["16505550000"]')`)
  await phones.reload()
  await phones.getByText('<img src=x').first().waitFor()
  assert.equal(await phones.evaluate(() => 'hit' in globalThis), false)
  assert.equal(await phones.locator('img[src="x"]').count(), 0)
  assert.deepEqual([...page.wrongs, ...phones.wrongs], [])
  await page.close()
  await phones.close()
})

test('no answer to the console contains a secret', async () => {
  const cookie = await session()
  for (const path of [
    '/admin/channels',
    '/admin/channels/1',
    '/admin/deliveries',
    '/admin/messages',
    '/console/session',
  ]) {
    const text = await (await fetch(world.gateway.url + path, { headers: { cookie } })).text()
    for (const secret of ['sandbox-token', ADMIN_TOKEN, world.receiver.secret!, world.sandbox.appSecret])
      assert.ok(!text.includes(secret), `${path} holds no secret`)
  }
})

test('a wrong password is refused, and the sixth within a minute is not checked', async () => {
  const page = await browser.open(world.gateway.url)
  await page.context().clearCookies()
  await page.reload()
  for (let i = 0; i < 5; i++) {
    await page.getByLabel('Admin token').fill(`wrong ${i}`)
    const answered = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'Sign in' }).click()
    assert.equal((await answered).status(), 401)
    await page.getByText('Wrong admin token').waitFor()
  }
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Too many requests').waitFor()
  const response = await fetch(`${world.gateway.url}/console/session`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  })
  assert.equal(response.status, 429)
  assert.ok(Number(response.headers.get('retry-after')) > 0)
  await page.close()
})
