import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Download, Page } from 'playwright-core'
import { startPostern, type Postern } from 'postern/testing'
import { createOrderBot } from '../../examples/order-bot.ts'
import { run } from '../../packages/gateway/src/cli/run.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startBrowser, type Browser } from './browser.ts'

let postern: Postern
let browser: Browser
let folder: string
before(async () => {
  buildPages()
  folder = mkdtempSync(join(tmpdir(), 'postern-record-'))
  postern = await startPostern()
  await postern.webhook(createOrderBot(postern.client), { events: ['new_message'] })
  browser = await startBrowser({ width: 1440, height: 900 })
})
after(async () => {
  await browser?.close()
  await postern?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function downloaded(page: Page): Promise<Download> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download' }).click(),
  ])
  return download
}

test('what one does on the phones becomes a test file, which runs again with postern replay-test', async () => {
  const page = await browser.open(postern.sandbox.url)
  const mei = page.getByRole('region', { name: 'Phone of Mei Chan' })
  await page.getByRole('button', { name: 'Record a test' }).click()
  const panel = page.getByRole('complementary', { name: 'Record a test' })
  await panel.getByLabel('Name of the test').fill('A pasta, please')
  await panel.getByRole('button', { name: 'Start recording' }).click()
  await panel.getByText('Recording. Do something on a phone.').waitFor()

  await mei.getByLabel('Message', { exact: true }).fill('hello')
  await page.keyboard.press('Enter')
  const steps = panel.getByRole('list', { name: 'Recorded steps' }).getByRole('listitem')
  await mei.locator('.bubble-button', { hasText: 'Menu' }).click()
  await mei.getByRole('button', { name: /^Pasta/ }).click()
  // The panel may be closed meanwhile: the button of the page still says what happens.
  await panel.getByRole('button', { name: 'Close' }).click()
  await mei.getByRole('button', { name: 'Yes, please' }).click()
  await mei.getByText(/Pasta: order \d+/).waitFor()
  await page.getByRole('button', { name: 'Recording: 6' }).click()
  await steps.nth(5).waitFor()
  assert.deepEqual(
    (await steps.allInnerTexts()).map((text) => text.split('\n')[0]),
    [
      'Mei Chan writes hello',
      'Mei Chan sees What may we cook for you?',
      'Mei Chan picks Pasta',
      'Mei Chan sees Pasta for 9.00. Shall we bring it?',
      'Mei Chan taps Yes, please',
      'Mei Chan sees Pasta: order {number}. We are with you at {time}.',
    ],
  )
  await panel.getByRole('button', { name: 'Stop recording' }).click()
  await panel.getByText('postern replay-test a-pasta-please.yaml').waitFor()
  await shot(page, 'record')
  assert.deepEqual(await violationsOf(page), [])

  const download = await downloaded(page)
  assert.equal(download.suggestedFilename(), 'a-pasta-please.yaml')
  const file = join(folder, download.suggestedFilename())
  await download.saveAs(file)
  const streams = { said: '', out: (text: string) => void (streams.said += text), err: () => {} }
  const exit = await run(['replay-test', file, '--sandbox', postern.sandbox.url], {}, streams)
  assert.deepEqual([exit, streams.said], [0, 'A pasta, please: 6 steps, as recorded.\n'])

  await panel.getByText('TypeScript', { exact: true }).click()
  await panel.getByText('node --test a-pasta-please.test.ts').waitFor()
  const script = await readFile(await (await downloaded(page)).path(), 'utf8')
  assert.match(script, /test\('A pasta, please', async/)
  assert.match(script, /\{ phone: '85268411234', taps: 'Yes, please' \},/)
  await panel.getByRole('button', { name: 'Copy' }).click()
  await panel.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), script)

  // The steps of the test that ran meanwhile are not in the file, and a new recording begins empty.
  await panel.getByRole('button', { name: 'Record anew' }).click()
  await panel.getByText('Recording. Do something on a phone.').waitFor()
  assert.equal(await steps.count(), 0)
  assert.deepEqual(page.wrongs, [])
})
