import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { STORY_SAYS, STORY_STEPS } from '../../packages/gateway/src/domain/story.ts'
import { storyChinese } from '../../packages/ui/src/server-zh/story.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, startBrowser, type Browser } from './browser.ts'

let world: World
let browser: Browser
before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  browser = await startBrowser({ width: 1280, height: 800 })
})
after(() => world?.stop())

const says = (page: Page): Promise<string | null> => page.locator('.story p').textContent()
const sayingOf = (name: string): string => STORY_STEPS.find((step) => step.name === name)!.says
const run = (page: Page) => page.getByRole('button', { name: 'Run the story' })
const tell = (verb: string): Promise<unknown> =>
  fetch(`${world.sandbox.url}/sandbox/story/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
const endpoints = async (): Promise<unknown[]> => (await world.admin('GET', '/admin/channels/1/endpoints')).data

test('a newcomer finds the story, and it plays on phones, wire and console', async () => {
  // The console's first steps lead to it.
  const board = await browser.open(world.gateway.url)
  await board.locator('input[type=password]').fill(ADMIN_TOKEN)
  await board.keyboard.press('Enter')
  const link = board.getByRole('link', { name: 'Run the story' })
  const page = await browser.open((await link.getAttribute('href'))!)
  assert.equal(await says(page), STORY_SAYS.idle.says)

  // A double click starts one. Nobody is made to wait: the pauses can be skipped.
  await run(page).dblclick()
  await page.getByText('Step 1 of 7').waitFor()
  assert.equal(await says(page), sayingOf('order'))
  await page.getByRole('button', { name: 'Pause', exact: true }).click()
  await page.getByText('paused', { exact: false }).waitFor()
  assert.deepEqual(await violationsOf(page), [])
  const stop = world.sandbox.on(({ type, data }) => {
    if (type !== 'story' || data['name'] !== 'down') return
    stop()
    void tell('pause')
  })
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('button', { name: 'Fast' }).click()

  // It stands still while the webhook is down, so that it can be looked at.
  await page.locator('.story[data-step="down"][data-state="paused"]').waitFor()
  assert.equal(await says(page), sayingOf('down'))
  await page.locator('.wire li[data-kind=callback]', { hasText: 'will be retried' }).first().waitFor()
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.locator('.story[data-state="over"]').waitFor()
  assert.equal(await says(page), STORY_SAYS.over.says)
  const sent = world.sandbox
    .received()
    .filter(({ path, body }) => path.endsWith('/messages') && body['to'] !== undefined)
  assert.equal(sent.length, 9, 'one story was played')
  assert.equal(
    sent.some(({ method }) => method === 'HEAD'),
    false,
  )
  const phone = (name: string) => page.locator('.phone', { hasText: name })
  await phone('Mei Chan').getByText('The courier sees you, Mei!').waitFor()
  await phone('Pablo Morales').getByText('In about an hour, Pablo. See you!').waitFor()
  // The wire: refused, and then taken.
  const retried = page.locator('.wire li[data-kind=callback]', { hasText: '503' })
  await retried.filter({ hasText: 'delivered' }).first().waitFor()
  assert.equal(await retried.filter({ hasText: 'will be retried' }).count(), 0)

  // The console has the attempts, as long as the story is not closed.
  const href = await page.getByRole('link', { name: 'See the attempts in the console' }).getAttribute('href')
  await board.goto(href!)
  await board.locator('tr', { hasText: 'Run the story' }).filter({ hasText: 'delivered' }).first().waitFor()
  assert.equal((await endpoints()).length, 1)
  await page.getByRole('button', { name: 'Close', exact: true }).first().click()
  await page.locator('.story').waitFor({ state: 'detached' })
  assert.equal((await endpoints()).length, 0)
  assert.deepEqual([...page.wrongs, ...board.wrongs], [])

  // With messages on the phones it is a button among the others. It speaks Chinese too.
  await page.getByRole('button', { name: '中文' }).click()
  await page.goto(world.sandbox.url)
  await page.getByRole('button', { name: '播放演示' }).click()
  await page.getByText('第 1 步', { exact: false }).waitFor()
  assert.equal(await says(page), storyChinese[sayingOf('order')])
  await page.getByRole('button', { name: '停止' }).click()
  await page.locator('.story').waitFor({ state: 'detached' })
  assert.equal((await endpoints()).length, 0)
})
