import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

/* The numbers of the pages are the API's: lists, deliveries, channels and broadcasts. The overview's and the costs' have tests of their own. */

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
before(async () => {
  buildPages()
  world = await startWorld()
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const get = async <T>(path: string): Promise<T> => (await world.admin('GET', path)).data as T
const go = async (place: string): Promise<void> => {
  await page.goto(`${world.gateway.url}/#${place}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

type Counts = Record<'total' | 'accepted' | 'delivered' | 'read' | 'failed' | 'undelivered' | 'unknown', number>

test('a broadcast’s numbers are the API’s, in the list and on its page', async () => {
  const { id } = (
    await world.customer('POST', '/external/broadcasts', {
      name: 'Autumn',
      message: { type: 'template', template: { name: 'test_button_reply_1' } },
    })
  ).data as { id: string }
  const recipients = ['85200000001', '85200000002', '85200000003', '85200000004'].map((to) => ({ to }))
  await world.customer('POST', `/external/broadcasts/${id}/recipients`, { recipients })
  world.sandbox.fault({ on: 'statuses', code: 131026 })
  await world.customer('POST', `/external/broadcasts/${id}/start`)
  let counts: Counts | undefined
  do counts = (await get<{ counts: Counts }>(`/admin/channels/1/broadcasts/${id}`)).counts
  while (counts.accepted < 4 || counts.delivered + counts.undelivered < 4)
  assert.equal(counts.undelivered, 1)
  const lost = counts.failed + counts.undelivered + counts.unknown
  const words = `${counts.accepted} of ${counts.total} sent, ${counts.delivered} delivered, ${counts.read} read, ${lost} failed`
  for (const place of ['/broadcasts', `/broadcasts/1/${id}`]) {
    await go(place)
    await page.getByRole('img', { name: words }).first().waitFor()
  }
})

test('the list of messages says as many as the API has, for each filter', async () => {
  await world.sandbox.phone('85268411234').says('one')
  await world.sandbox.phone('85268411234').says('two')
  await world.sandbox.settled()
  for (const [search, query] of [
    ['', ''],
    ['status=received', 'status=received'],
    ['status=failed', 'status=failed'],
    ['status=delivered%2B', 'reached=delivered'],
    ['status=sent%2B', 'reached=sent'],
    ['error=131026', 'error=131026'],
    ['words=85200000002', 'contact=85200000002'],
  ] as const) {
    const { length } = await get<object[]>(`/admin/messages/search?count=100&${query}`)
    assert.ok(length > 0, search)
    await go(`/messages?${search}`)
    await page.getByText(new RegExp(`^${length === 1 ? '1 message' : `${length} messages`} · times in`)).waitFor()
    assert.equal(await page.locator('.row').count(), length, search)
  }
})

test('what waits and what is dead is the same number on every page, and the API’s', async () => {
  const [endpoint] = await get<{ endpoint_id: string }[]>('/admin/channels/1/endpoints')
  const at = `/admin/channels/1/endpoints/${endpoint!.endpoint_id}`
  await world.admin('PATCH', at, { state: 'paused' })
  for (const text of ['three', 'four', 'five']) await world.sandbox.phone('85268411234').says(text)
  await world.sandbox.settled()
  type Stats = { channels: number; deliveries: { pending: number; dead: number } }
  let stats: Stats
  do stats = await get<Stats>('/admin/stats')
  while (stats.deliveries.pending < 3)
  const { pending, dead } = stats.deliveries
  await go('/')
  await page.getByRole('link', { name: `Events waiting: ${pending}` }).waitFor()
  await page.getByRole('link', { name: `Dead events: ${dead}` }).waitFor()
  await page.getByRole('region', { name: 'Numbers' }).getByText(`${pending} waiting`).waitFor()
  await page.getByRole('link', { name: `Events waiting: ${pending}` }).click()
  const rows = page.getByRole('region', { name: 'Deliveries' }).locator('tbody tr')
  await rows.first().waitFor()
  assert.equal(await rows.count(), pending)
  await page.getByRole('article').getByText(`${pending} waiting, the oldest since`).waitFor()
  await go('/channels')
  await page.locator('#main .card-link').first().waitFor()
  assert.equal(await page.locator('#main .card-link').count(), (await get<object[]>('/admin/channels')).length)
  await go('/channels/1')
  await page.getByRole('article').getByText(`${pending}, the oldest since`).waitFor()
  assert.deepEqual(page.wrongs, [])
})
