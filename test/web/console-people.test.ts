import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeOf, stepAt } from '../../packages/gateway/src/domain/people/totp.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, signIn, startBrowser, type Browser } from './browser.ts'

let world: World
let browser: Browser
/** A cookie is for all pages of a browser, so each person has one. */
let anns: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startBrowser()
  anns = await startBrowser()
})
after(async () => {
  await browser?.close()
  await anns?.close()
  await world?.stop()
})

const decode = (text: string): Buffer => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}

test('an admin invites a user, who sets a password and signs in; the log has it, and a disabled user is out', async () => {
  const admin = await browser.open(world.gateway.url)
  await signIn(admin)
  await admin.getByRole('link', { name: 'People' }).click()
  await admin.getByRole('button', { name: 'Invite a user' }).click()
  const form = admin.getByRole('dialog')
  await form.getByLabel('E-mail address').fill('ann@shop.example')
  await form.getByLabel('Name').fill('Ann')
  await form.getByRole('button', { name: 'Make the link' }).click()
  const shown = admin.getByText(/#\/invitation\/inv_/)
  await shown.waitFor()
  const link = (await shown.textContent())!

  const ann = await anns.open(link)
  await ann.getByRole('heading', { name: 'Welcome to Postern, Ann' }).waitFor()
  const secret = decode((await ann.locator('pre').textContent())!)
  await ann.getByLabel('New password').fill('correct horse battery')
  await ann.getByLabel('Code of six digits').fill(codeOf(secret, stepAt(Date.now()) - 1))
  await ann.getByRole('button', { name: 'Set the password and sign in' }).click()
  await ann.getByRole('heading', { name: 'Recovery codes' }).waitFor()
  const recovery = (await ann.locator('pre').textContent())!.split('\n')
  await ann.getByRole('button', { name: 'Done, I saved it' }).click()
  await ann.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  assert.equal(await ann.getByRole('link', { name: 'People' }).count(), 0, 'an agent has no page of users')

  await ann.getByRole('button', { name: 'Sign out' }).click()
  await ann.getByRole('button', { name: 'Use an e-mail address and a password' }).click()
  await ann.getByLabel('E-mail address').fill('ann@shop.example')
  await ann.getByLabel(/^Password/).fill('correct horse battery')
  await ann.getByLabel('Code of the app, or a recovery code').fill(recovery[0]!)
  await ann.getByRole('button', { name: 'Sign in' }).click()
  await ann.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()

  await admin.getByRole('link', { name: 'Audit' }).click()
  const log = admin.getByRole('region', { name: 'Audit log, newest first' })
  await log.getByText('adminCreateUser').waitFor()
  await log.getByText('acceptInvitation').waitFor()

  await admin.getByRole('link', { name: 'People' }).click()
  await admin.getByRole('button', { name: 'Disable' }).click()
  await admin.getByRole('button', { name: 'Enable' }).waitFor()
  await ann.getByRole('link', { name: 'Channels' }).click()
  await ann.getByRole('heading', { name: 'Sign in to Postern' }).waitFor()
})

test('a key is shown once, listed and revoked; the page speaks Chinese', async () => {
  // Its session is that of the first test.
  const page = await browser.open(world.gateway.url)
  await page.getByRole('link', { name: 'People' }).click()
  await page.getByLabel('Name of the program').fill('Order system')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByText(/^pk_[\w-]{43}$/).waitFor()
  await page.getByRole('button', { name: 'Done, I saved it' }).click()
  const keys = page.getByRole('region', { name: 'API keys' }).last()
  await keys.getByText('Order system').waitFor()
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByRole('heading', { level: 1, name: '用户' }).waitFor()
  await page.getByRole('button', { name: '吊销' }).click()
  await keys.getByText('Order system').waitFor({ state: 'detached' })
})
