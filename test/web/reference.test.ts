import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { startBrowser } from './browser.ts'

const world = await startWorld()
after(() => world.stop())
const TO = DEMO.phones[0]
// A page is made once for a process: here, and not while a browser waits.
for (const path of ['/docs', '/docs/messages', '/docs/templates', '/docs/contacts'])
  assert.equal((await fetch(`${world.gateway.url}${path}`)).status, 200)

test('the reference: the search filters operations, and the language of samples is remembered', async () => {
  await using browser = await startBrowser()
  const page = await browser.open(`${world.gateway.url}/docs`)
  assert.ok((await page.locator('.operations li:visible').count()) > 100)
  await page.keyboard.press('/')
  await page.keyboard.type('archive external')
  await page.getByText('2 operations', { exact: true }).waitFor()
  assert.deepEqual(
    await page.locator('.operations li:visible').evaluateAll((found) => found.map((one) => (one as { id: string }).id)),
    ['archiveTemplates', 'unarchiveTemplates'],
  )
  assert.equal(await page.locator('nav li:visible').count(), 2)
  assert.equal(await page.locator('main section:visible').count(), 1)
  assert.deepEqual(await violationsOf(page), [])

  // Enter opens the page of the first, where the search goes on.
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'templates', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).hash, '/docs/templates#archiveTemplates')
  assert.equal(await page.locator('article:visible').count(), 2)
  await page.getByText('curl -sS').locator('visible=true').first().waitFor()
  await page.getByLabel('Samples in').selectOption('Python')
  await page.getByText('import requests').locator('visible=true').first().waitFor()
  assert.equal(await page.getByText('curl -sS').locator('visible=true').count(), 0)
  await page.locator('.try:visible summary').first().click()
  assert.deepEqual(await violationsOf(page), [])
  await page.getByLabel('Search').press('Escape')
  assert.ok((await page.locator('article:visible').count()) > 10)

  await page.reload()
  await page.getByText('import requests').locator('visible=true').first().waitFor()
  await page.goBack()
  await page.locator('.operations li:visible').first().waitFor()
  assert.deepEqual(page.wrongs, [])
})

test('the reference: an operation is tried on the gateway, with a code that no other page has', async () => {
  await using browser = await startBrowser()
  // The address of the time when all operations were on one page.
  const page = await browser.open(`${world.gateway.url}/docs#sendMessage`)
  const send = page.locator('#sendMessage .try')
  await send.locator('summary').click()
  const call = send.getByRole('button', { name: 'Call this gateway' })
  await call.click()
  await send.getByText('Enter the certification code').waitFor()
  await page.getByLabel('Certification code').fill(DEMO.certificationCode)
  await send.getByLabel('Body').fill('{"to": ')
  await call.click()
  await send.getByText('The body is not JSON').waitFor()
  await send.getByLabel('Body').fill(JSON.stringify({ to: TO, type: 'text', text: 'Tried on the page' }))
  await call.click()
  await send.getByText('"msg_id": "wamid.').waitFor()
  await world.sandbox.phone(TO).sees('Tried on the page')

  // The page of another tag keeps the code.
  await page.locator('nav').getByRole('link', { name: '/external/contacts/{to}/window' }).click()
  const window = page.locator('#getWindow .try')
  await window.locator('summary').click()
  await window.getByLabel('to').fill(TO)
  await window.getByRole('button').click()
  await window.getByText('"open": ').waitFor()
  await page.getByLabel('Certification code').fill('wrong')
  await window.getByRole('button').click()
  await window.getByText('certification_code_invalid').waitFor()

  const stored = await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])')
  assert.equal(stored, '[{},{},""]')
  await page.reload()
  assert.equal(await page.getByLabel('Certification code').inputValue(), '')
  assert.deepEqual(page.wrongs, [])
})
