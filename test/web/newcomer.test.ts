import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { buildPages, signIn, startBrowser, startSignedIn, type Browser } from './browser.ts'

/** As text, because these files do not have DOM types: all names of the focused element. */
const NAMES_OF_FOCUS = `(() => {
  const element = document.activeElement
  const label = element?.id ? document.querySelector('label[for="' + element.id + '"]')?.textContent : ''
  return [element?.getAttribute('aria-label'), label, element?.textContent].join('|')
})()`

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

async function tabOf(page: Page, name: string, key = 'Tab'): Promise<void> {
  for (let i = 0; i < 80; i++) {
    await page.keyboard.press(key)
    const here = String(await page.evaluate(NAMES_OF_FOCUS))
    if (here.split('|').some((text) => text.trim() === name)) return
  }
  throw new Error(`${key} never comes to "${name}"`)
}

test('the first five minutes, by keyboard alone: sign in, compose, send, and see it arrive', async () => {
  await using fresh = await startBrowser()
  const page = await fresh.open(world.gateway.url)
  // The password field has the focus already.
  await page.locator('input:focus').waitFor()
  await page.keyboard.type(ADMIN_TOKEN)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Overview' }).waitFor()

  const tabTo = (name: string): Promise<void> => tabOf(page, name)
  await tabTo('Composer')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Composer' }).waitFor()
  await tabTo('To')
  await page.keyboard.type('85268411234')
  await page.keyboard.press('Escape')
  await tabTo('Text')
  await page.keyboard.type('Hello from the *keyboard*')
  await tabTo('Send')
  await page.keyboard.press('Enter')
  await page.getByText('Accepted by WhatsApp').waitFor()

  const seen = await world.sandbox.phone('85268411234').sees('Hello from the *keyboard*')
  await world.receiver.gets({ event: 'message_status_update', message_id: seen.id, message_status: 'delivered' })

  await tabTo(seen.id)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Timeline' }).waitFor()
  await page.getByText('delivered').first().waitFor()
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('the phone too, by keyboard alone: read, tap, open the traffic, and answer', async () => {
  await using fresh = await startBrowser()
  const wamid = await world.send({ to: '85268411234', type: 'template', template: { name: 'test_button_reply_1' } })
  const page = await fresh.open(world.sandbox.url)
  await page.getByRole('region', { name: 'Phone of Mei Chan' }).getByRole('button', { name: 'Yes' }).waitFor()
  const tells = (message: Record<string, unknown>) =>
    world.receiver.gets({ event: 'new_message', message: { messages: { 0: message } } })

  await tabOf(page, 'Yes')
  await page.keyboard.press('Enter')
  await tells({ type: 'button', context: { id: wamid }, button: { text: 'Yes' } })

  // Backwards, to the menu of the same message.
  await tabOf(page, 'What to do with this message', 'Shift+Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Show on the wire' }).waitFor()
  for (let i = 0; i < 10; i++) {
    await page.keyboard.press('ArrowDown')
    if (String(await page.evaluate(NAMES_OF_FOCUS)).includes('Show on the wire')) break
  }
  await page.keyboard.press('Enter')
  await page.getByRole('complementary', { name: 'Wire' }).getByText('Callback', { exact: true }).first().waitFor()

  await tabOf(page, 'Message')
  await page.keyboard.type('answered by keyboard')
  await page.keyboard.press('Enter')
  await tells({ type: 'text', text: { body: 'answered by keyboard' } })
  assert.deepEqual(page.wrongs, [])
})

test('problems of a message are shown beside the field, and nothing is sent', async () => {
  const page = await browser.open(`${world.gateway.url}/#/compose?to=85268411234&kind=button`)
  const before = world.sandbox.received().length
  await page.getByLabel('Title').fill('a title that is far too long for a button')
  await page.getByText('at most 20 characters').first().waitFor()
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  await page.getByText('Not sent yet').waitFor()
  assert.equal(
    world.sandbox
      .received()
      .slice(before)
      .filter((call) => call.path.endsWith('/messages')).length,
    0,
  )
  await page.close()
})

test('the snippet contains the form’s message, and works', async () => {
  const page = await browser.open(`${world.gateway.url}/#/compose?to=16505551234`)
  await page.getByLabel('Text').fill(`it's "quoted" & <b>bold</b>`)
  await page.getByRole('tab', { name: 'curl' }).click()
  const command = await page.locator('pre.json').innerText()
  // Not the synchronous function: the gateway runs in this process.
  const run = promisify(execFile)
  const { stdout } = await run('bash', [
    '-c',
    command.replace('YOUR_CERTIFICATION_CODE', 'postern-demo-certification-code'),
  ])
  assert.equal((JSON.parse(stdout) as { status: string }).status, 'success')
  await world.sandbox.phone('16505551234').sees(`it's "quoted" & <b>bold</b>`)
  for (const language of ['TypeScript', 'Python', 'PHP']) {
    await page.getByRole('tab', { name: language }).click()
    assert.match(await page.locator('pre.json').innerText(), /certification-code/)
  }
  await page.close()
})

test('the other language and the other colours are selected, and remembered', async () => {
  const page = await browser.open(world.gateway.url)
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByRole('heading', { name: '概览' }).waitFor()
  await page.getByRole('button', { name: '深色' }).click()
  await page.reload()
  await page.getByRole('heading', { name: '概览' }).waitFor()
  assert.equal(await page.evaluate('document.documentElement.dataset.mantineColorScheme'), 'dark')
  assert.equal(await page.evaluate('document.documentElement.lang'), 'zh-CN')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Overview' }).waitFor()
  await page.getByRole('button', { name: 'Light' }).click()
  await page.close()
})

test('after signing out the next page asks for the password', async () => {
  const page = await browser.open(world.gateway.url)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Admin token').waitFor()
  await page.reload()
  await signIn(page)
  await page.close()
})
