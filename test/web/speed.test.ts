import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { newMessageId } from '../../packages/gateway/src/platform/ids.ts'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, signIn, startBrowser } from './browser.ts'

const FIRST_LOAD_BYTES = 300 * 1024
const INTERACTIVE_MS = 1_200
const MESSAGES = 100_000
const LONG_TASK_MS = 100

type TraceEvent = { name: string; ph: string; pid: number; tid: number; tdur?: number; args?: { name?: string } }

/**
 * The tasks of the page's main thread, by the browser's own tracing: in milliseconds of that thread's processor time,
 * so that other programs do not count.
 */
async function tasksDuring(page: Page, act: () => Promise<void>): Promise<number[]> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])))
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()))
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    categories: '__metadata,toplevel,disabled-by-default-devtools.timeline',
  })
  await act()
  await session.send('Tracing.end')
  await complete
  const mains = new Set(
    events
      .filter((one) => one.name === 'thread_name' && one.args?.name === 'CrRendererMain')
      .map((one) => `${one.pid} ${one.tid}`),
  )
  const tasks = events.filter((one) => /RunTask$/.test(one.name) && mains.has(`${one.pid} ${one.tid}`))
  return tasks.map((one) => (one.tdur ?? 0) / 1000)
}

/** As text, because these files do not have DOM types. A thousand pixels a frame, which is faster than a thumb. */
const SCROLL = `(async () => {
  const rows = document.querySelector('.rows')
  const from = rows.scrollTop
  const until = performance.now() + 4_000
  while (performance.now() < until) {
    rows.scrollTop += 1_000
    await new Promise((done) => requestAnimationFrame(done))
  }
  return Math.round((rows.scrollTop - from) / 44)
})()`

let world: World

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
})
after(() => world?.stop())

/** Bytes over the network, counted by the browser. */
async function weigh(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  let bytes = 0
  session.on('Network.loadingFinished', (event) => (bytes += event.encodedDataLength))
  return () => bytes
}

test('the first load is below 300 KB and usable after 1.2 s of work', async (t) => {
  // Once to warm the browser up, which does not count.
  await using browser = await startBrowser({ alone: true })
  const figures: Record<string, { bytes: number; interactiveMs: number }> = {}
  for (const [name, url, ready] of [
    ['console', world.gateway.url, 'Sign in'],
    ['phones', world.sandbox.url, 'Add a phone'],
  ] as const) {
    const warm = await browser.open('about:blank')
    await warm.close()
    const page = await browser.context.newPage()
    const weight = await weigh(page)
    const tasks = await tasksDuring(page, async () => {
      await page.goto(url)
      await page.getByRole('button', { name: ready }).waitFor()
    })
    const interactiveMs = Math.round(tasks.reduce((sum, ms) => sum + ms, 0))
    await page.waitForLoadState('networkidle').catch(() => undefined)
    figures[name] = { bytes: weight(), interactiveMs }
    await page.close()
  }
  t.diagnostic(JSON.stringify(figures))
  for (const [name, { bytes, interactiveMs }] of Object.entries(figures)) {
    assert.ok(bytes > 50_000, `${name}: the bytes were counted`)
    assert.ok(bytes < FIRST_LOAD_BYTES, `${name}: ${bytes} bytes`)
    assert.ok(interactiveMs > 0, `${name}: tasks were traced`)
    assert.ok(interactiveMs < INTERACTIVE_MS, `${name}: ${interactiveMs} ms`)
  }
})

test('a list of 100,000 messages scrolls without a task above 100 ms', async (t) => {
  const { sql } = world.gateway.store
  const now = Date.now()
  for (let i = 0; i < MESSAGES; i += 500) {
    const rows = Array.from({ length: 500 }, (_, j) => {
      const at = now - (MESSAGES - i - j) * 100
      const content = JSON.stringify({ type: 'text', text: { body: `message number ${i + j}` } })
      return `(1, '${newMessageId(at)}', 1, 'out', 'text', 'delivered', '${content}', ${at})`
    })
    await sql.run(
      `insert into messages (channel_id, id, contact_id, direction, type, status, content, created_at) values ${rows.join(',')}`,
    )
  }
  await using browser = await startBrowser({ alone: true })
  const page = await browser.open(world.gateway.url)
  await signIn(page)
  await page.goto(`${world.gateway.url}/#/messages`)
  await page.getByText(`message number ${MESSAGES - 1}`).waitFor()
  // Waits until the page is idle: only scrolling counts.
  await page.waitForTimeout(500)
  const scrolled = { rows: 0 }
  const tasks = await tasksDuring(page, async () => {
    scrolled.rows = Number(await page.evaluate(SCROLL))
  })
  const longest = Math.round(Math.max(0, ...tasks))
  t.diagnostic(JSON.stringify({ scrolled_past: scrolled.rows, longest_task_ms: longest }))
  assert.ok(scrolled.rows > 1_000, `scrolled past ${scrolled.rows} messages`)
  assert.ok(longest > 0, 'tasks were traced')
  assert.ok(longest <= LONG_TASK_MS, `a task of ${longest} ms`)
  const shown = await page.locator('.row').count()
  assert.ok(shown < 120, `${shown} rows are there at once`)
  assert.deepEqual(page.wrongs, [])
})
