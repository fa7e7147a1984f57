import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Page } from 'playwright-core'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startSignedIn, type Browser } from './browser.ts'

/* Each page of the console once, with words in it that would like to be more than words. */

const HOSTILE = `<img src=x onerror="globalThis.hit=1">'"\`\${1}</script><script>globalThis.hit=1</script>\u202e`
const NUMBER = '16505550000'

let world: World
let browser: Browser
let page: Page & { wrongs: string[] }
let places: string[]

async function make<T>(method: string, path: string, body: unknown): Promise<T> {
  const answer = await world.admin(method, path, body)
  assert.ok(answer.http < 300, `${path}: ${JSON.stringify(answer)}`)
  return answer.data as T
}

/** An object of every kind that a page shows, named with the words. */
async function nameEverything(): Promise<string[]> {
  const phone = world.sandbox.phone(NUMBER)
  phone.is({ name: HOSTILE })
  await phone.says(HOSTILE)
  await phone.says({ type: 'document', document: { filename: HOSTILE, caption: HOSTILE } })
  world.receiver.behaviour = () => ({ status: 200, body: HOSTILE })
  world.sandbox.fault({ on: 'statuses', code: 131026 })
  const wamid = await world.send({ to: NUMBER, type: 'text', text: HOSTILE })
  await world.receiver.gets({ event: 'message_status_update', message_id: wamid, message_status: 'failed' })
  await make('PATCH', '/admin/channels/1', { name: HOSTILE.slice(0, 100), stop_answer: HOSTILE })
  await make('POST', '/admin/channels/1/endpoints', {
    name: HOSTILE.slice(0, 80),
    url: `${world.receiver.url}/?a=${encodeURIComponent(HOSTILE)}`,
  })
  await make('POST', '/admin/users', { email: 'hostile@shop.example', name: HOSTILE.slice(0, 80), role: 'viewer' })
  await make('POST', '/admin/keys', { name: HOSTILE.slice(0, 80) })
  await make('POST', '/admin/saved-replies', { name: HOSTILE.slice(0, 60), text: HOSTILE })
  const made = await world.customer('POST', '/external/broadcasts', {
    name: HOSTILE.slice(0, 80),
    message: { type: 'text', text: HOSTILE },
  })
  assert.equal(made.http, 201, JSON.stringify(made))
  const broadcast = made.data as { id: string }
  world.sandbox.addTemplate({
    name: 'hostile',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: HOSTILE.replace(/[{}]/g, '') }],
  })
  await make('POST', '/admin/channels/1/templates/sync', {})
  const { conversations } = await make<{ conversations: { contact_id: number }[] }>(
    'GET',
    `/admin/conversations?channel_id=1&q=${NUMBER}`,
    undefined,
  )
  const contact = `1/${conversations[0]!.contact_id}`
  await make('PATCH', `/admin/conversations/${contact}`, { note: HOSTILE, labels: [HOSTILE.slice(0, 30)] })
  const [failed] = await make<{ reference: string }[]>('GET', '/admin/messages/search?status=failed', undefined)
  return [
    ...[
      '/',
      '/?period=30d',
      '/messages',
      `/messages/${failed!.reference}`,
      '/conversations',
      `/conversations/${contact}`,
    ],
    ...[
      '/compose?kind=text',
      '/compose?kind=template',
      '/broadcasts',
      '/broadcasts/new',
      `/broadcasts/1/${broadcast.id}`,
    ],
    ...['/templates', '/deliveries', '/channels', '/channels/1', '/channels/1/setup', '/costs', '/alarms', '/people'],
    ...['/audit', '/settings'],
  ]
}

before(async () => {
  buildPages()
  world = await startWorld()
  places = await nameEverything()
  browser = await startSignedIn(world.gateway.url)
  page = await browser.open(world.gateway.url)
  await page.evaluate(
    `addEventListener('securitypolicyviolation', (event) => console.error(['policy', event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber, event.sample, location.hash].join(' ')))`,
  )
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

/** As text, because these files do not have DOM types. */
const FITS = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth'

const MOVES = 'document.getAnimations().some((one) => one instanceof CSSTransition)'

async function go(place: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(place)}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  await page.locator('.waiting').first().waitFor({ state: 'detached' })
  // A colour on its way to another has the contrast of neither.
  for (let i = 0; i < 100 && (await page.evaluate(MOVES)); i++) await page.waitForTimeout(20)
}

test('on every page hostile words stay words, no rule of the policy is broken, axe finds nothing, and 200 % fits', async () => {
  const wrong: Record<string, string[]> = {}
  let shown = 0
  for (const place of places) {
    const found: string[] = []
    await page.setViewportSize({ width: 1280, height: 800 })
    await go(place)
    if (place === '/deliveries') {
      // The newest event has the words, and its endpoint answered with them.
      await page.getByRole('button', { name: 'More' }).first().click()
      await page.getByRole('region', { name: 'Request' }).waitFor()
    }
    shown += await page.getByText('<img src=x').count()
    if (await page.evaluate(`'hit' in globalThis`)) found.push('a script ran')
    if ((await page.locator('img[src="x"]').count()) > 0) found.push('words became an element')
    found.push(...(await violationsOf(page)))
    // A window of 1280 × 800 at 200 %.
    await page.setViewportSize({ width: 640, height: 400 })
    // The chart has its new size a moment later. The page's policy blocks what waits inside of the page.
    for (let i = 0; i < 150 && !(await page.evaluate(FITS)); i++) await page.waitForTimeout(20)
    if (!(await page.evaluate(FITS))) found.push('too wide at 200 %')
    if (found.length > 0) {
      wrong[place] = found
      await shot(page, `wrong${place.replaceAll('/', '-')}`)
    }
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.emulateMedia({ colorScheme: 'dark' })
  for (const place of places) {
    await go(place)
    const found = await violationsOf(page)
    if (found.length > 0) wrong[`${place} dark`] = found
  }
  await page.emulateMedia({ colorScheme: 'light' })
  assert.deepEqual(wrong, {})
  assert.ok(shown > 20, `the words were on the pages, ${shown} times`)
  assert.deepEqual(page.wrongs, [])
})

/** As text, because these files do not have DOM types: the row that has the focus, by its text. */
const ROW = `(() => {
  const box = document.activeElement?.closest('.row, .talk-person, .card-link, .template-card, tbody tr')
  return box ? box.textContent : ''
})()`

test('on every page with rows the second tab stop leads to the first one, and j and k walk them', async () => {
  const WITH_ROWS = [
    '/',
    '/messages',
    '/conversations',
    '/broadcasts',
    '/templates',
    '/deliveries',
    '/channels',
    '/people',
    '/audit',
  ]
  for (const place of WITH_ROWS) {
    await go(place)
    await page.evaluate(`document.activeElement?.blur(); document.querySelector('a.skip').focus()`)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    const first = String(await page.evaluate(ROW))
    assert.notEqual(first, '', `${place}: the first row has the focus`)
    await page.keyboard.press('j')
    const second = String(await page.evaluate(ROW))
    assert.notEqual(second, '', `${place}: j`)
    if (second !== first) {
      await page.keyboard.press('k')
      assert.equal(await page.evaluate(ROW), first, `${place}: k`)
    }
  }
  // Enter opens, or leads into the row.
  await go('/people')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  assert.match(String(await page.evaluate('document.activeElement.tagName')), /^(?:A|BUTTON|INPUT)$/)
  await go('/channels')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  await page.waitForURL(/#\/channels\/1$/)
  assert.deepEqual(page.wrongs, [])
})
