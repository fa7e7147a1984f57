import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, signIn, startSignedIn, type Browser } from './browser.ts'

const NUMBER = '85268411234'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
let first: number
let second: number

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  await world.sandbox.phone(NUMBER).says('first')
  await world.sandbox.phone('16505550177').says('second')
  await world.sandbox.settled()
  first = await contactOf(NUMBER)
  second = await contactOf('16505550177')
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

async function contactOf(number: string): Promise<number> {
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${number}`)
  return (data as { conversations: { contact_id: number }[] }).conversations[0]!.contact_id
}

const go = async (place: string): Promise<void> => {
  await page.evaluate(`location.hash = '#${place}'`)
}
const text = () => page.getByLabel('Text', { exact: true })
const stored = async (): Promise<string> => String(await page.evaluate(`JSON.stringify({ ...localStorage })`))

test('the draft of a conversation survives another conversation, a sign-out, an ended session and a reload', async () => {
  await go(`/conversations/1/${first}`)
  await text().fill('half an answer')
  await go(`/conversations/1/${second}`)
  await page.getByRole('log').getByText('second').waitFor()
  assert.equal(await text().inputValue(), '')
  await text().fill('for the second')
  await go(`/conversations/1/${first}`)
  await page.getByRole('log').getByText('first').waitFor()
  assert.equal(await text().inputValue(), 'half an answer')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Admin token').fill('')
  await go('/')
  await signIn(page)
  await go(`/conversations/1/${first}`)
  assert.equal(await text().inputValue(), 'half an answer')

  // The session ends during writing: the next answer is a refusal.
  await text().fill('half an answer, and more')
  await browser.context.clearCookies()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByLabel('Admin token').waitFor()
  await go('/')
  await signIn(page)
  await go(`/conversations/1/${first}`)
  assert.equal(await text().inputValue(), 'half an answer, and more')
  await page.reload()
  assert.equal(await text().inputValue(), 'half an answer, and more')

  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByRole('log').getByText('half an answer, and more').waitFor()
  await go(`/conversations/1/${second}`)
  await page.getByRole('log').getByText('second').waitFor()
  assert.equal(await text().inputValue(), 'for the second')
  await go(`/conversations/1/${first}`)
  await page.getByRole('log').getByText('first').waitFor()
  assert.equal(await text().inputValue(), '')
  assert.doesNotMatch(await stored(), /half an answer/)
})

test('a send that is in progress when its conversation is left does not keep its text as a draft', async () => {
  await go(`/conversations/1/${first}`)
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/admin/channels/1/messages', async (route) => {
    await held
    await route.continue()
  })
  await text().fill('sent on the way out')
  const asked = page.waitForRequest('**/admin/channels/1/messages')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await asked
  await go(`/conversations/1/${second}`)
  await page.getByRole('log').getByText('second').waitFor()
  await go(`/conversations/1/${first}`)
  await page.getByRole('log').getByText('first').waitFor()
  assert.equal(await text().inputValue(), 'sent on the way out')
  release()
  await page.getByRole('log').getByText('sent on the way out').waitFor()
  await page.waitForFunction(`document.querySelector('.talk-composer textarea').value === ''`)
  await page.unroute('**/admin/channels/1/messages')
})

test('the composer continues the last draft, and is empty after sending', async () => {
  await go('/compose')
  await page.getByRole('combobox', { name: 'To', exact: true }).fill(NUMBER)
  await text().fill('left in the middle')
  await page.getByRole('link', { name: 'Messages' }).click()
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await page.getByRole('link', { name: 'Composer' }).click()
  assert.equal(await text().inputValue(), 'left in the middle')
  assert.equal(await page.getByRole('combobox', { name: 'To', exact: true }).inputValue(), NUMBER)
  // An address with parameters has a draft of its own.
  await go('/compose?to=16505550177&kind=text')
  await page.waitForFunction(`document.querySelector('form textarea').value === ''`)
  await text().fill('to somebody else')
  await page.getByRole('link', { name: 'Messages' }).click()
  await page.getByRole('link', { name: 'Composer' }).click()
  assert.equal(await text().inputValue(), 'to somebody else')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('Accepted by WhatsApp').waitFor()
  await page.getByRole('link', { name: 'Messages' }).click()
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  assert.doesNotMatch(await stored(), /to somebody else/)
  await page.getByRole('link', { name: 'Composer' }).click()
  assert.equal(await text().inputValue(), 'left in the middle')
  await page.getByRole('button', { name: 'Start over' }).click()
  assert.equal(await text().inputValue(), '')
})

test('Esc closes a new template and keeps the draft; creating it removes the draft', async () => {
  await go('/templates')
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'New template' }).click()
  await dialog.getByLabel('Name', { exact: true }).fill('written_in_two_goes')
  await dialog.getByLabel('Body', { exact: true }).fill('Your table is ready.')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.reload()
  await page.getByRole('button', { name: 'New template' }).click()
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), 'written_in_two_goes')
  assert.equal(await dialog.getByLabel('Body', { exact: true }).inputValue(), 'Your table is ready.')
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'New template' }).click()
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), '')
  await page.keyboard.press('Escape')

  // A stored draft of another version of the page must not cause an error.
  await page.evaluate(
    `localStorage.setItem('postern.draft.template of 1', JSON.stringify({ at: Date.now(), value: { base: '', mode: 'form', json: '{}', sketch: { name: 1, cards: 7 } } }))`,
  )
  await page.reload()
  await page.getByRole('button', { name: 'New template' }).click()
  assert.equal(await dialog.getByLabel('Name', { exact: true }).inputValue(), '')
  await page.keyboard.press('Escape')
  assert.deepEqual(page.wrongs, [])
})

test('a new channel keeps its number after Esc, and its token nowhere', async () => {
  const { number, token } = world.sandbox.addNumber({ verifiedName: 'Harbour Shop' })
  await go('/channels')
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Add a channel' }).click()
  await dialog.getByLabel('Name').fill('Harbour')
  await dialog.getByLabel('Business phone number').fill(number.number)
  await dialog.getByLabel('Phone number ID').fill(number.id)
  await dialog.getByLabel('WhatsApp Business Account ID').fill(number.wabaId)
  await dialog.getByLabel('Access token').first().fill(token)
  assert.ok(!(await stored()).includes(token), 'while it is typed')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Add a channel' }).click()
  assert.equal(await dialog.getByLabel('Phone number ID').inputValue(), number.id)
  assert.equal(await dialog.getByLabel('Access token').first().inputValue(), '')
  await dialog.getByLabel('Access token').first().fill(token)
  await dialog.getByRole('button', { name: 'Check with WhatsApp' }).click()
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await dialog.getByRole('button', { name: 'Add the channel' }).click()
  const code = await dialog.locator('.secret').first().innerText()
  // A secret that is shown once is not lost by Esc.
  await page.keyboard.press('Escape')
  assert.equal(await dialog.locator('.secret').first().innerText(), code)
  await dialog.getByRole('button', { name: 'Done', exact: true }).click()
  await dialog.waitFor({ state: 'detached' })
  const all = await stored()
  for (const secret of [token, code, number.id]) assert.ok(!all.includes(secret), 'nothing is left in the browser')
})

test('a one-time code is not stored', async () => {
  await go('/compose?kind=template')
  await page.getByRole('combobox', { name: 'Template' }).click()
  await page.getByRole('option', { name: /authentication_ca/ }).click()
  await page.getByLabel('One-time code').fill('934517')
  await page.locator('.preview').getByText('934517').waitFor()
  assert.match(await stored(), /"template/)
  assert.doesNotMatch(await stored(), /934517/)
  await page.getByRole('link', { name: 'Messages' }).click()
  await page.getByRole('heading', { name: 'Messages' }).waitFor()
  await go('/compose?kind=template')
  assert.equal(await page.getByLabel('One-time code').inputValue(), '')
  assert.deepEqual(page.wrongs, [])
})

test('a phone keeps the draft of its message', async () => {
  const table = await browser.open(world.sandbox.url)
  const phone = table.getByRole('region', { name: 'Phone of Mei Chan' })
  await phone.getByLabel('Message', { exact: true }).fill('typed on the phone')
  await table.reload()
  assert.equal(await phone.getByLabel('Message', { exact: true }).inputValue(), 'typed on the phone')
  await phone.getByRole('button', { name: 'Send', exact: true }).click()
  await phone.getByRole('log').getByText('typed on the phone').waitFor()
  await table.reload()
  await phone.getByRole('log').getByText('typed on the phone').waitFor()
  assert.equal(await phone.getByLabel('Message', { exact: true }).inputValue(), '')
  assert.deepEqual(table.wrongs, [])
  await table.close()
})
