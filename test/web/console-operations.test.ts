import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { Receiver } from '../support/receiver.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, signIn, startBrowser, type Browser } from './browser.ts'

/** Alarms, costs, and what an admin sets for users and keys. */
let world: World
let browser: Browser
let alarmed: Receiver

before(async () => {
  buildPages()
  world = await startWorld()
  alarmed = await Receiver.start()
  browser = await startBrowser()
})
after(async () => {
  await browser?.close()
  await alarmed?.close()
  await world?.stop()
})

type Alarm = { name: string; reminder_minutes: number; quiet_hours: { critical: boolean } | null }
const alarms = async (): Promise<Alarm[]> => (await world.admin('GET', '/admin/alarms')).data as Alarm[]

let page: Page

test('an alarm is added with its quiet hours, tested, changed and removed; a wrong address is named', async () => {
  page = await browser.open(world.gateway.url)
  await signIn(page)
  await page.getByRole('link', { name: 'Alarms' }).click()
  await page.getByRole('heading', { name: 'Nobody is told when messages stop' }).waitFor()
  assert.deepEqual(await violationsOf(page), [])

  await page.getByRole('button', { name: 'Add an alarm' }).click()
  const form = page.getByRole('dialog')
  await form.getByRole('combobox', { name: 'Tells' }).click()
  await page.getByRole('option', { name: 'URL (signed JSON)' }).click()
  await form.getByLabel('Webhook address').fill('http://10.0.0.1/hook')
  await form.getByRole('textbox', { name: 'Name' }).fill('Night shift')
  await form.getByLabel('Quiet hours').check({ force: true })
  await form.getByLabel('Tell critical incidents at once all the same').uncheck()
  await shot(page, 'alarm-form')
  await form.getByRole('button', { name: 'Add the alarm' }).click()
  await form.getByRole('alert').waitFor()
  assert.deepEqual(await alarms(), [], 'a private address is refused')
  await form.getByLabel('Webhook address').fill(alarmed.url)
  await form.getByRole('button', { name: 'Add the alarm' }).dblclick()
  await page.getByText(/^whsec_/).waitFor()
  await page.getByRole('button', { name: 'Done, I saved it' }).click()
  const made = await alarms()
  assert.deepEqual(
    made.map(({ name, quiet_hours }) => [name, quiet_hours?.critical]),
    [['Night shift', false]],
  )

  const table = page.getByRole('region', { name: 'Alarms', exact: true })
  await table.getByText('critical ones too').waitFor()
  await table.getByRole('button', { name: 'Send a test' }).click()
  await table.getByText('The test was delivered.').waitFor()
  assert.equal(alarmed.calls, 1)
  alarmed.behaviour = 500
  await table.getByRole('button', { name: 'Send a test' }).click()
  await table.getByText('The test was not delivered.').waitFor()
  await table.getByText('Not delivered', { exact: true }).waitFor()
  await shot(page, 'alarms')
  assert.deepEqual(await violationsOf(page), [])

  await table.getByRole('button', { name: 'Change' }).click()
  await form.getByLabel('Remind after minutes').fill('0')
  await form.getByRole('button', { name: 'Save' }).click()
  await table.getByText('never').first().waitFor()
  assert.equal((await alarms())[0]!.reminder_minutes, 0)
  await table.getByRole('button', { name: 'Remove' }).click()
  await form.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('heading', { name: 'Nobody is told when messages stop' }).waitFor()
  assert.deepEqual(await alarms(), [])
})

test('the costs page shows what the API says; the address keeps what was asked', async () => {
  const sent = await world.customer('POST', '/external/messages/whatsapp', {
    ...{ to: '85268411234', type: 'template' },
    template: { name: 'test_button_reply_1' },
  })
  assert.equal(sent.code, 200)
  const report = async () =>
    (await world.admin('GET', '/admin/costs?group_by=category')).data as {
      total: { messages: number; billable: number }
    }
  while ((await report()).total.messages === 0) await new Promise((done) => setTimeout(done, 50))
  const { total } = await report()

  await page.getByRole('link', { name: 'Costs' }).click()
  const charged = page.locator('.card', { hasText: 'Charged messages' }).locator('.card-figure')
  await charged.waitFor()
  assert.equal(await charged.textContent(), String(total.billable))
  await page.getByText('Category', { exact: true }).first().click()
  const table = page.getByRole('region', { name: 'Costs' })
  await table.getByRole('columnheader', { name: 'Category' }).waitFor()
  await shot(page, 'costs')
  assert.deepEqual(await violationsOf(page), [])
  assert.match(page.url(), /#\/costs\?by=category$/)
  await page.reload()
  await table.getByRole('columnheader', { name: 'Category' }).waitFor()
})

test('a user gets channels and is removed; a key has limits', async () => {
  await world.admin('POST', '/admin/users', { email: 'ann@shop.example', name: 'Ann', role: 'agent' })
  await page.getByRole('link', { name: 'People' }).click()
  const users = page.getByRole('region', { name: 'Users' })
  await users.getByRole('button', { name: 'Change channels' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('.mantine-MultiSelect-input').click()
  await page.getByRole('option').first().click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await users.getByRole('cell', { name: '1', exact: true }).waitFor()

  await page.getByLabel('Name of the program').fill('Order system')
  await page.getByText('Limits of the key').click()
  await page.getByRole('combobox', { name: 'Routes' }).fill('POST /external/messages/whatsapp')
  await page.keyboard.press('Enter')
  await page.getByLabel('Valid until').fill('2099-01-01T00:00')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByText(/^pk_[\w-]{43}$/).waitFor()
  const [key] = (await world.admin('GET', '/admin/keys')).data as {
    scopes: { routes: string[]; expires_at: number; channels: null }
  }[]
  assert.deepEqual(key!.scopes.routes, ['POST /external/messages/whatsapp'])
  assert.equal(key!.scopes.expires_at, new Date('2099-01-01T00:00').getTime() / 1000)
  await shot(page, 'people')
  assert.deepEqual(await violationsOf(page), [])

  await users.getByRole('button', { name: 'Remove' }).click()
  await dialog.getByRole('button', { name: 'Remove' }).click()
  await page.getByRole('heading', { name: 'No users yet' }).waitFor()
})

test('an admin sees what the gateway was started with, and no secret', async () => {
  await page.getByRole('link', { name: 'Settings' }).click()
  const table = page.getByRole('region', { name: 'Settings' })
  await table.getByRole('cell', { name: 'ADMIN_TOKEN', exact: true }).waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await shot(page, 'settings')
  await page.getByRole('searchbox', { name: 'Search' }).fill('data_dir')
  await table.getByText(world.dataDir).waitFor()
  assert.ok(!(await page.content()).includes(ADMIN_TOKEN))
})
