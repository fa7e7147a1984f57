import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, signIn, startBrowser, type Browser } from './browser.ts'

let world: World
let browser: Browser
before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startBrowser({ height: 1000 })
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const send = async (text: string): Promise<void> => {
  const body = { to: DEMO.phones[0], type: 'text', text }
  assert.equal((await world.customer('POST', '/external/messages/whatsapp', body)).http, 200)
}

test('the list of messages: columns, a pause, a view with a name, and the list as a file', async () => {
  await world.sandbox.phone(DEMO.phones[0]!).says('=SUM(A1)')
  await send('the first')
  const page = await browser.open(world.gateway.url)
  await signIn(page)
  await page.goto(`${world.gateway.url}/#/messages`)
  const list = page.getByRole('region', { name: 'Messages, newest first' })
  await list.getByText('the first').waitFor()

  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByLabel('Reference').check()
  await page.getByLabel('Direction').uncheck()
  await page.keyboard.press('Escape')
  await list.getByText(/^msg_/).first().waitFor()
  assert.equal(await list.getByText('→ out').count(), 0)

  await page.getByRole('button', { name: 'Pause the list' }).click()
  await page.getByText('What came later is not shown.').waitFor()
  await send('while it is paused')
  await world.receiver!.gets({ event: 'message_status_update' })
  assert.equal(await list.getByText('while it is paused').count(), 0)
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Follow again' }).click()
  await list.getByText('while it is paused').waitFor()

  await page.getByRole('combobox', { name: 'Status' }).click()
  await page.getByRole('option', { name: 'received' }).click()
  await list.getByText('the first').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByLabel('Save this search as').fill('From customers')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: 'From customers', exact: true }).waitFor()
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV, for a spreadsheet' }).click()
  const file = await download
  assert.equal(file.suggestedFilename(), 'messages.csv')
  const [header, row, ...rest] = readFileSync((await file.path())!, 'utf8')
    .trimEnd()
    .split('\r\n')
  assert.equal(
    header,
    '\uFEFFtime,direction,channel_id,contact,name,type,text,status,error_code,error,msg_id,reference',
  )
  // A spreadsheet would take it for a formula.
  assert.match(row!, /^\d{4}-.+Z,inbound,1,85268411234,Mei Chan,text,'=SUM\(A1\),received,,,wamid\.\S+,msg_\S+$/)
  assert.deepEqual(rest, [])
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Clear' }).click()
  await list.getByText('the first').waitFor()
  await page.reload()
  await list.getByText(/^msg_/).first().waitFor()
  await page.getByRole('button', { name: 'Views' }).click()
  await page.getByRole('button', { name: 'From customers', exact: true }).click()
  await list.getByText('the first').waitFor({ state: 'detached' })
  assert.match(page.url(), /status=received/)
  await page.getByRole('button', { name: 'Remove From customers' }).click()
  await page.getByText('A view is a search with a name.').waitFor()
  assert.deepEqual(page.wrongs, [])
})

test('the list of deliveries: columns, and the list as lines of JSON', async () => {
  const page = await browser.open(`${world.gateway.url}/#/deliveries?state=delivered`)
  const table = page.getByRole('region', { name: 'Deliveries' })
  await table.getByText('new_message').first().waitFor()
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Event id' }).check()
  await page.getByRole('checkbox', { name: 'Attempts' }).uncheck()
  await page.keyboard.press('Escape')
  await table.getByText(/^evt_/).first().waitFor()
  assert.equal(await table.getByRole('columnheader', { name: 'Attempts' }).count(), 0)
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'JSON Lines, with everything' }).click()
  const lines = readFileSync((await (await download).path())!, 'utf8')
    .trimEnd()
    .split('\n')
  const known = await world.admin('GET', '/admin/deliveries?state=delivered&count=100')
  assert.deepEqual(
    lines.map((line) => (JSON.parse(line) as { id: string }).id),
    (known.data as { id: string }[]).map(({ id }) => id),
  )
  // A replay of many says how many before it fires.
  await page.getByRole('button', { name: 'Replay many' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText('No event fits: nothing would be sent.').waitFor()
  assert.equal(await dialog.getByRole('button', { name: 'Replay', exact: true }).isDisabled(), true)
  await dialog.getByRole('combobox', { name: 'Which' }).click()
  await page.getByRole('option', { name: 'Events that were delivered before' }).click()
  const fires = dialog.getByRole('button', { name: /^Replay \d+ events$/ })
  await fires.waitFor()
  let fired = 0
  page.on('request', (request) => {
    if (request.url().includes('/deliveries/replay') && !request.postData()?.includes('dry_run')) fired++
  })
  await fires.dblclick()
  await page.getByText(/^Replaying \d+ events…$/).waitFor()
  assert.equal(fired, 1)
  assert.deepEqual(page.wrongs, [])
})
