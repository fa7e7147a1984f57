import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, signIn, startBrowser } from './browser.ts'

let world: World

before(async () => {
  buildPages()
  world = await startWorld()
  const phone = world.sandbox.phone('85268411234')
  await phone.says('Hello, *is* this open?')
  await world.send({ to: '85268411234', type: 'template', template: { name: 'test_button_reply_1' } })
  const parameters = { flow_message_version: '3', flow_id: '1', flow_token: 't', flow_cta: 'Choose a time' }
  const flow = { type: 'flow', body: { text: 'A table?' }, action: { name: 'flow', parameters } }
  await world.send({ to: '85268411234', type: 'interactive', interactive: flow })
  world.sandbox.fault({ on: 'statuses', code: 131026 })
  const wamid = await world.send({ to: '85268411234', type: 'text', text: 'fails' })
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'failed' })
})
after(() => world?.stop())

for (const dark of [false, true]) {
  test(`no page has a serious barrier, ${dark ? 'dark' : 'light'}`, async () => {
    await using browser = await startBrowser({ dark })
    const page = await browser.open(world.gateway.url)
    await page.getByLabel('Admin token').waitFor()
    const all: Record<string, string[]> = { 'sign-in': await violationsOf(page) }
    await signIn(page)
    const { data } = await world.admin('GET', '/admin/messages/search?status=failed')
    const [failed] = data as unknown as { reference: string }[]
    const places = [
      '/',
      '/messages',
      `/messages/${failed!.reference}`,
      '/conversations',
      '/conversations/1/1',
      '/compose?kind=list',
      '/compose?kind=template',
      '/templates',
      '/deliveries',
      '/channels',
      '/channels/1',
      '/people',
      '/audit',
    ]
    for (const place of places) {
      await page.goto(`${world.gateway.url}/#${place}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      all[place] = await violationsOf(page)
    }
    await page.getByRole('link', { name: 'Channels' }).first().click()
    await page.getByRole('button', { name: 'Add a channel' }).click()
    await page.getByLabel('Business phone number').waitFor()
    all.wizard = await violationsOf(page)

    const phones = await browser.open(world.sandbox.url)
    await phones.getByText('Hello, is this open?').waitFor()
    all.phones = await violationsOf(phones)
    await phones.getByRole('button', { name: 'Trouble' }).click()
    await phones.getByText('Webhooks come twice').waitFor()
    all.trouble = await violationsOf(phones)

    const chat = phones.getByRole('region', { name: 'Phone of Mei Chan' })
    await chat.getByRole('button', { name: 'What to do with this message' }).first().click()
    await phones.getByRole('menuitem', { name: 'Show on the wire' }).click()
    await phones.getByRole('complementary', { name: 'Wire' }).getByText('Callback', { exact: true }).first().waitFor()
    all.wire = await violationsOf(phones)
    await chat.getByRole('button', { name: 'Choose a time' }).click()
    await phones.getByRole('dialog').getByRole('button', { name: 'Send the form' }).waitFor()
    all.flow = await violationsOf(phones)
    await phones.keyboard.press('Escape')
    await phones.getByRole('button', { name: '中文' }).click()
    await phones.getByRole('button', { name: '添加手机' }).waitFor()
    all.chinese = await violationsOf(phones)
    assert.deepEqual(Object.fromEntries(Object.entries(all).filter(([, found]) => found.length > 0)), {})
  })
}
