import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

const PEOPLE = 1_000
const BAD = 40
const STOPPED = 5
const ABSENT = 4
const BROKEN = 3
const LOST = ABSENT + BROKEN
const READ = 60
const ANSWERED = 3
const ME = DEMO.phones[0]!

const RATES = `valid_from,market,countries,category,tier,currency,price
2026-01-01,Hong Kong,HK,marketing,,USD,0.0732
`

const folder = mkdtempSync(join(tmpdir(), 'postern-walk-'))
const path = (name: string): string => join(folder, name)
let world: World
let browser: Browser
let page: Page & { wrongs: string[] }

const person = (i: number): string => String(85_261_000_000 + i)

/** Each 25th row is bad, in one of four ways. */
function people(): string {
  const rows = Array.from({ length: PEOPLE }, (_, i) => {
    const name = `Person ${i}`
    if (i % 25 !== 24) return `+${person(i)};${name};Oolong`
    return [`0612345${i};${name};Oolong`, `;${name};Oolong`, `n/a;${name};Oolong`, `${person(i)};${name};`][
      ((i - 24) / 25) % 4
    ]!
  })
  return `\uFEFFTelephone;First name;tea\r\n${rows.join('\r\n')}\r\n`
}

before(async () => {
  buildPages()
  writeFileSync(path('rates.csv'), RATES)
  writeFileSync(path('autumn.csv'), people())
  writeFileSync(path('latin.csv'), Buffer.from('Telephone,First name\n85268411234,Jos\xe9\n', 'latin1'))
  world = await startWorld({ webhook: false, env: { RATE_CARD_FILE: path('rates.csv') } })
  world.sandbox.addTemplate({
    name: 'autumn_offer',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'Hello {{1}}, our {{2}} has arrived. Come and *taste* it this week!' },
      { type: 'FOOTER', text: 'Write STOP to get no more news' },
    ],
  })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000, broadcast_start: 'tested' })
  for (let i = 0; i < STOPPED; i++)
    await world.customer('PUT', `/external/contacts/${person(i)}/preferences`, { marketing: 'stopped' })
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(`${world.gateway.url}/#/broadcasts`)
})
after(async () => {
  await browser?.close()
  await world?.stop()
  rmSync(folder, { recursive: true })
})

type Shown = { id: string; state: string; counts: Record<string, number>; name: string }
const broadcasts = async (): Promise<Shown[]> => (await world.customer('GET', '/external/broadcasts')).data
const gotBy = (phone: string): number =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((message) => message.direction === 'out').length

async function choose(label: string | RegExp, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: typeof label === 'string' }).click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

const figure = async (name: string): Promise<number> => {
  const entry = page.locator('.figures-row > div').filter({ has: page.getByText(name, { exact: true }) })
  return Number((await entry.locator('dd').innerText()).replaceAll(',', ''))
}

test('the list is empty; a file that is no UTF-8 is refused in words', async () => {
  await page.getByText('No broadcasts yet').waitFor()
  await page.getByRole('link', { name: 'New broadcast' }).click()
  await page.locator('input[type=file]').setInputFiles(path('latin.csv'))
  await page.getByText(/line 2 is not UTF-8: save the file as "CSV UTF-8"/).waitFor()
  assert.deepEqual(await violationsOf(page), [])
})

test('people, message and columns: the draft is in the store, and survives a reload', async () => {
  await page.locator('input[type=file]').setInputFiles(path('autumn.csv'))
  await page.getByText('1,000 rows with 3 columns').waitFor()
  await shot(page, 'broadcast-1-file')
  await page.getByRole('button', { name: 'Next: the message' }).click()
  await choose('Template', 'autumn_offer · en_US')
  await page.getByLabel('Name of the broadcast').fill('Autumn teas')
  await shot(page, 'broadcast-2-message')
  await page.getByRole('button', { name: 'Next: the columns' }).click()
  // The number was found by its name; what is open is named.
  await page.getByRole('button', { name: 'Next: check every row' }).click()
  assert.equal(await page.getByText('Choose a column', { exact: true }).count(), 2)
  await choose('{{1}} of the text', 'Column “First name”')
  await choose('{{2}} of the text', 'Column “tea”')
  await page.reload()
  await page.getByText('Hello ‹First name›, our ‹tea› has arrived.').waitFor()
  await shot(page, 'broadcast-3-columns')
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: 'Next: check every row' }).click()
  await page.getByRole('heading', { name: `${BAD} bad rows` }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: `${BAD} bad rows` }).waitFor()
  const [draft, ...others] = await broadcasts()
  assert.deepEqual([draft!.name, draft!.state, others.length], ['Autumn teas', 'checked', 0])
})

test('bad rows are told by line and in words, the first messages as on phones; they are left out', async () => {
  await page.getByText(`${BAD} of 1,000 rows cannot be sent.`).waitFor()
  const bad = page.getByRole('region', { name: 'Bad rows', exact: true })
  assert.equal(await bad.getByRole('row').count(), BAD + 1)
  const words = await bad.innerText()
  assert.match(
    words,
    /26\s+061234524\s+Wrong number: column "Telephone": begins with 0: write the country code instead/,
  )
  assert.match(words, /No number: column "Telephone": is empty/)
  assert.match(words, /A value does not fit: column "tea", \{\{2\}\} of the body/)
  const phones = page.getByRole('region', { name: 'The first messages, as people will see them' })
  await phones.getByText('Hello Person 0, our Oolong has arrived.').waitFor()
  assert.equal(await phones.locator('figure').count(), 5)
  await shot(page, 'broadcast-4-check')
  assert.deepEqual(await violationsOf(page), [])
  const csv = await browser.context.request.get(
    new URL((await page.getByRole('link', { name: /as CSV/ }).getAttribute('href'))!, world.gateway.url).href,
  )
  assert.equal((await csv.text()).trim().split('\r\n').length, 1 + BAD + STOPPED)
  assert.equal(await page.getByRole('button', { name: 'Next: test and start' }).count(), 0)
  await page.getByRole('button', { name: 'Leave out 40 bad rows, and go on with 955 people' }).click()
  await page.getByText('955 people will get it.').waitFor()
  await page.getByRole('button', { name: 'Next: test and start' }).click()
})

test('a message to oneself is demanded; the start asks once more, and two clicks start once', async () => {
  const start = page.getByRole('button', { name: 'Start…' })
  await start.waitFor()
  assert.equal(await start.isDisabled(), true)
  await page.getByLabel('Own numbers').fill(`+${ME}`)
  await page.getByRole('button', { name: 'Send the test' }).click()
  await page.getByText(/^WhatsApp accepted the last test/).waitFor()
  assert.equal(gotBy(ME), 1)
  await shot(page, 'broadcast-5-start')
  assert.deepEqual(await violationsOf(page), [])

  let starts = 0
  page.on('request', (request) => {
    if (request.url().endsWith('/start')) starts++
  })
  world.sandbox.fault({ on: 'statuses', code: 131026, as: 'status', times: ABSENT })
  world.sandbox.fault({ on: 'statuses', code: 131000, as: 'status', times: BROKEN })
  await start.click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('heading', { name: /^Send .*Autumn teas.* to 955 people\?$/ }).waitFor()
  await dialog.getByText('69.91 USD').waitFor()
  await shot(page, 'broadcast-6-asked')
  await dialog.getByRole('button', { name: 'Send to 955 people now' }).dblclick()
  await page.getByRole('region', { name: 'Progress' }).waitFor()
  await shot(page, 'broadcast-7-running')
  await page.getByRole('region', { name: 'Progress' }).getByText('done').waitFor()
  assert.equal(starts, 1)
})

test('its end: the figures are the API’s, and who failed is one click away with the reason', async () => {
  await world.sandbox.settled()
  const got = Array.from({ length: 200 }, (_, i) => person(i)).filter((phone) => gotBy(phone) === 1)
  const readers = got.slice(-READ)
  for (const phone of readers) world.sandbox.phone(phone).reads()
  for (const phone of readers.slice(-ANSWERED)) await world.sandbox.phone(phone).says('Oh, lovely!')
  await world.sandbox.settled()
  const [{ id }] = (await broadcasts()) as [Shown]
  const api = async (): Promise<Shown> => (await world.customer('GET', `/external/broadcasts/${id}`)).data
  let shown = await api()
  // Its follower counts statuses by itself.
  const isCounted = ({ counts }: Shown): boolean =>
    counts.delivered === 955 - LOST && counts.read === READ && counts.answered === ANSWERED
  for (let i = 0; i < 300 && !isCounted(shown); i++) shown = await api()
  const { counts } = shown
  assert.deepEqual([counts.total, counts.accepted, counts.skipped], [960, 955, BAD])
  assert.equal(isCounted(shown), true, JSON.stringify(counts))
  await page.reload()
  await page.getByRole('region', { name: 'Progress' }).waitFor()
  assert.deepEqual(
    {
      total: await figure('Recipients'),
      sent: await figure('Sent'),
      delivered: await figure('Delivered'),
      read: await figure('Read'),
      answered: await figure('Answered'),
      failed: await figure('Failed'),
      waiting: await figure('Waiting'),
      skipped: await figure('Bad rows left out'),
    },
    {
      total: counts.total,
      sent: counts.accepted,
      delivered: counts.delivered,
      read: counts.read,
      answered: counts.answered,
      failed: counts.failed! + counts.undelivered!,
      waiting: counts.waiting,
      skipped: counts.skipped,
    },
  )
  const failures = page.getByRole('region', { name: 'Failures by code' })
  await failures.getByText('131026').waitFor()
  await failures.getByText('Wants no marketing').waitFor()
  await shot(page, 'broadcast-8-done')
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('link', { name: `Show these ${ABSENT} people` }).click()
  const list = page.getByRole('region', { name: 'Recipients', exact: true }).last()
  await list.getByText('Could not be delivered (131026)').first().waitFor()
  assert.equal(await list.getByRole('row').count(), LOST + 1)
  await list.getByText('Could not be delivered (131000)').first().waitFor()
  const csv = await browser.context.request.get(
    new URL((await page.getByRole('link', { name: 'Results as CSV' }).getAttribute('href'))!, world.gateway.url).href,
  )
  assert.equal((await csv.text()).trim().split('\r\n').length, 961)
})

test('those who failed become a draft; it is discarded, and nothing goes out', async () => {
  const sent = world.sandbox.received().length
  await page.getByRole('button', { name: 'Try the 12 failed ones again…' }).click()
  await page.getByText(/^Left out, because they must not get it again: /).waitFor()
  await page.getByRole('button', { name: 'Discard the draft' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard the draft' }).click()
  await page.getByRole('region', { name: 'Progress' }).getByText('cancelled').waitFor()
  assert.equal(world.sandbox.received().length, sent)
})

test('the list, ⌘K, Chinese, dark and narrow', async () => {
  await page.keyboard.press('Control+K')
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('Autumn')
  await page
    .getByRole('option', { name: /Autumn teas/ })
    .first()
    .waitFor()
  await page.getByRole('combobox', { name: 'Search or jump to' }).fill('broadcasts')
  await page.keyboard.press('Enter')
  await page.getByRole('list', { name: 'Broadcasts, newest first' }).waitFor()
  await page.keyboard.press('j')
  await shot(page, 'broadcast-9-list')
  assert.deepEqual(await violationsOf(page), [])
  await page.getByRole('button', { name: '中文' }).click()
  await page.getByRole('button', { name: '深色' }).click()
  await page.setViewportSize({ width: 390, height: 844 })
  await page.getByRole('heading', { level: 1, name: '群发' }).waitFor()
  await page.getByText('Autumn teas').last().click()
  await page.getByRole('heading', { name: '谁没有收到，以及原因' }).waitFor()
  await shot(page, 'broadcast-10-chinese')
  assert.equal(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), true)
  assert.deepEqual(await violationsOf(page), [])
  assert.deepEqual(page.wrongs, [])
})
