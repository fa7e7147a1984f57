import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

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

const stored = async () =>
  (await world.admin('GET', `/admin/channels/${DEMO.channelId}`)).data as Record<string, unknown>

test('stop words, their answer, quiet hours and what a broadcast needs are set on the page of a channel', async () => {
  const page = await browser.open(`${world.gateway.url}/#/channels/${DEMO.channelId}`)
  const form = page.getByRole('region', { name: 'Marketing and broadcasts' })
  await form.getByLabel('Stop words').fill('STOP\n\n  退订 \n!!!')
  await form.getByLabel('Start words').fill('START\nstop')
  await form.getByLabel('Answer to a stop word').fill('You get no more news from us.')
  await form.getByLabel('Quiet hours').check()
  await form.getByLabel('Quiet from').fill('20:30')
  await form.getByLabel('Quiet until').fill('20:30')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByText('Line 3: needs a letter, a digit or a symbol').waitFor()
  await form.getByText('Line 2: is one of stop_words too').waitFor()
  await form.getByText('must differ from `from`, or `days` must leave out a day').waitFor()
  await form.getByText('Nothing was saved. Correct the fields with a red message.').waitFor()
  assert.equal(await form.getByLabel('Quiet until').getAttribute('aria-invalid'), 'true')
  assert.deepEqual((await stored()).stop_words, [])
  await shot(page, 'channel-marketing')
  assert.deepEqual(await violationsOf(page), [])

  await form.getByLabel('Stop words').fill('STOP\n退订')
  await form.getByLabel('Start words').fill('START')
  await form.getByLabel('Quiet until').fill('08:00')
  await form.getByLabel('Sunday').uncheck()
  await form.getByRole('combobox', { name: 'Before a broadcast starts' }).click()
  await page.getByRole('option', { name: 'It must have been checked' }).click()
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  const { stop_words, start_words, stop_answer, quiet_hours, broadcast_start } = await stored()
  assert.deepEqual(
    { stop_words, start_words, stop_answer, quiet_hours, broadcast_start },
    {
      stop_words: ['STOP', '退订'],
      start_words: ['START'],
      stop_answer: 'You get no more news from us.',
      quiet_hours: { from: '20:30', to: '08:00', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
      broadcast_start: 'checked',
    },
  )

  await form.getByLabel('Quiet hours').uncheck()
  await form.getByLabel('Answer to a stop word').fill('')
  await form.getByRole('button', { name: 'Save' }).click()
  await form.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' })
  const after = await stored()
  assert.deepEqual([after.quiet_hours, after.stop_answer, after.broadcast_start], [null, null, 'checked'])
  assert.deepEqual(page.wrongs, [])
})

test('the form and its errors are in Chinese', async () => {
  const page = await browser.open(`${world.gateway.url}/#/channels/${DEMO.channelId}`)
  await page.getByRole('button', { name: '中文' }).click()
  const form = page.getByRole('region', { name: '营销与群发' })
  await form.getByLabel('退订词', { exact: true }).fill('?!')
  await form.getByLabel('恢复词').fill('...')
  await form.getByRole('button', { name: '保存' }).click()
  await form.getByText('第 1 行：必须含有字母、数字或符号').waitFor()
})
