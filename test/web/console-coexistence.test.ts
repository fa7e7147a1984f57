import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const MEI = DEMO.phones[0]!
/** With a folder, pictures to look at. */
const picture = (name: string) => {
  const folder = process.env.PICTURES
  return folder === undefined ? {} : { path: join(folder, `${name}.png`) }
}

test('the conversation shows messages of the app and of the history, the new text, and the old one on request', async () => {
  const app = world.sandbox.businessApp()
  await app.shares({
    threads: [
      { phone: MEI, messages: [{ type: 'text', text: { body: 'a year ago' }, at: Date.now() - 180 * 86_400_000 }] },
    ],
  })
  const sent = await app.says(MEI, 'in 20 minutes')
  await app.edits(MEI, sent, 'in 30 minutes')
  const phone = world.sandbox.phone(MEI)
  const { id } = await phone.says('never mind')
  await phone.revokes(id)
  await world.sandbox.settled()

  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${MEI}`)
  const [{ contact_id: contact }] = (data as { conversations: [{ contact_id: number }] }).conversations
  const page = await browser.open(`${world.gateway.url}/#/conversations/1/${contact}`)
  const log = page.getByRole('log')
  await log.getByText('in 30 minutes').waitFor()
  await log.getByText('From the WhatsApp Business app · Edited').waitFor()
  await log.getByText('Deleted by its author').waitFor()
  await log.getByText('From the history').waitFor()
  assert.equal(await log.getByText('in 20 minutes').isVisible(), false)
  await log.getByText('Before', { exact: true }).click()
  await log.getByText('in 20 minutes').waitFor()
  assert.equal(await log.locator('.bubble').count(), 3, 'edits are shown at their messages')
  await page.screenshot(picture('conversation'))
  assert.deepEqual(page.wrongs, [])
})

test('the conversation shows who answers, and which messages another program answers', async () => {
  const phone = world.sandbox.phone(DEMO.phones[1])
  await phone.says('hello')
  await phone.isHandedTo('other')
  await phone.says('where is my parcel?')
  await world.sandbox.settled()
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${DEMO.phones[1]}`)
  const [{ contact_id: contact }] = (data as { conversations: [{ contact_id: number }] }).conversations
  const page = await browser.open(`${world.gateway.url}/#/conversations/1/${contact}`)
  await page.getByText('another program answers', { exact: true }).waitFor()
  await page.getByRole('log').getByText('Another program answers').waitFor()
  await page.screenshot(picture('owner'))
  assert.deepEqual(page.wrongs, [])
})

test('the channel’s page shows what WhatsApp says, and asks for contacts and history', async () => {
  await world.sandbox.tell({ kind: 'phone_number_quality', values: { event: 'FLAGGED' } })
  await world.sandbox.tell({ kind: 'account_restricted' })
  await world.sandbox.tell({ kind: 'account_alert' })
  const page = await browser.open(`${world.gateway.url}/#/channels/1`)
  const heading = page.getByRole('heading', { name: 'What WhatsApp says' })
  await heading.waitFor()
  await page.locator('section', { has: heading }).getByText('FLAGGED', { exact: true }).waitFor()
  await page.getByRole('region', { name: 'Health' }).getByText('FLAGGED', { exact: true }).waitFor()
  await page.getByText('INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED').waitFor()
  await page.getByText(/RESTRICTED_BUSINESS_INITIATED_CALLING/).waitFor()
  await page.getByText('Contacts: not asked for').waitFor()
  await page.screenshot({ ...picture('channel'), fullPage: true })
  await page.getByRole('button', { name: /Ask WhatsApp for them/ }).click()
  await page.getByText('Contacts: not asked for').waitFor({ state: 'detached' })
  assert.deepEqual(page.wrongs, [])
})
