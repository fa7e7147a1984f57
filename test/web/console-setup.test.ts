import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startSandbox, type Sandbox } from '../../packages/sandbox/src/index.ts'
import { freePort } from '../support/process.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

/* A number goes live in the console, from its token to an answer. */

let whatsapp: Sandbox
let world: World
let browser: Browser
const PHONE = '16505551234'

before(async () => {
  buildPages()
  whatsapp = await startSandbox({ seed: 'console setup', demo: false, statusDelayMs: 1 })
  const { wabaId } = whatsapp.addAccount({ subscribed: false })
  whatsapp.addNumber({ wabaId, number: '85230001234', verifiedName: 'The Table', registered: false, pin: '416083' })
  whatsapp.addToken({ token: 'whole', wabaIds: [wabaId] })
  whatsapp.addTemplate({ wabaId, name: 'hello_world', components: [{ type: 'BODY', text: 'Hello' }] })
  const port = await freePort()
  world = await startWorld({
    webhook: false,
    env: {
      PORT: String(port),
      CLOUD_API_URL: whatsapp.url,
      META_APP_SECRET: whatsapp.appSecret,
      META_VERIFY_TOKEN: whatsapp.verifyToken,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    },
  })
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
  await whatsapp?.close()
})

test('“Set up a number” goes from a token to an answer, with a refusal in words on the way', async () => {
  const page = await browser.open(`${world.gateway.url}/#/channels`)
  await page.getByRole('button', { name: 'Set up a number' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Access token').fill('whole')
  await dialog.getByRole('button', { name: 'Find its numbers' }).click()
  await dialog.getByRole('radio', { name: /1234.*The Table/ }).waitFor()
  await shot(page, 'setup-new')
  await dialog.getByRole('button', { name: 'Add the channel' }).click()
  await dialog.getByText('Certification code: shown only once').waitFor()
  await dialog.getByRole('button', { name: 'Go on' }).click()

  const pin = page.getByLabel('PIN, six digits')
  await pin.fill('000000')
  await page.getByRole('button', { name: 'Register the number' }).click()
  await page
    .getByRole('alert')
    .getByText(/133005/)
    .waitFor()
  await shot(page, 'setup-refused')
  await page.setViewportSize({ width: 390, height: 900 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await shot(page, 'setup-narrow-dark')
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: 'light' })
  await pin.fill('416083')
  await page.getByRole('button', { name: 'Register the number' }).click()
  await page.getByRole('button', { name: 'Set the callback and the fields' }).click()
  await page.getByRole('button', { name: 'Subscribe the app' }).click()
  await page.getByLabel(/Your own number/).fill(`+${PHONE}`)
  // What was done is seen by looking, so a reload loses nothing.
  await page.reload()
  await page.getByLabel(/Your own number/).fill('+1 650 555-1234')
  await page.getByRole('button', { name: 'Send the first message' }).click()
  await whatsapp.phone(PHONE).sees('Hello')
  await whatsapp.phone(PHONE).says('It works')
  await whatsapp.settled()
  await page.getByRole('button', { name: 'Look again' }).click()
  await page.getByText('The number is live').waitFor()
  await shot(page, 'setup-live')

  await page.getByRole('link', { name: 'To the channel' }).click()
  const health = page.getByRole('region', { name: 'Health' })
  await health.getByText('Who else listens').waitFor()
  await health.getByText('GREEN').waitFor()
  assert.equal(await health.getByText('none yet').count(), 0, 'messages went out and in')
  await shot(page, 'channel-health')
  await health.getByRole('link', { name: 'Set up the number' }).click()
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByText('号码已上线').waitFor()
  await page.getByText('应用已订阅此账户。').waitFor()
  await shot(page, 'setup-chinese')
  assert.deepEqual(page.wrongs, [])
})
