import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { CONSOLE_HEADER } from '../../packages/gateway/src/http/console/session.ts'
import { ADMIN_TOKEN, startWorld } from '../support/world.ts'
import { buildPages, startBrowser } from './browser.ts'
import { flawsOf, lookAt, WATCH_SHIFTS } from './pictures/look.ts'
import { servePictures } from './pictures/photos.ts'
import { writeSheet } from './pictures/sheet.ts'
import { LONG, NOOR, tellShop, type Shop } from './pictures/shop.ts'
import { consoleShots, docsShots, emptyShots, phoneShots, signedOutShots, type Shot } from './pictures/shots.ts'

/*
 * Pictures of every screen: empty, loading, failed and full; light and dark; wide, middle and narrow; English and
 * Chinese; with texts in Arabic. `index.html` in the folder shows them side by side, and `flaws.txt` lists what a program
 * sees: shifts, sideways scrolling, nested scrollbars, words cut off, buttons of two lines, dead links, script errors.
 *
 *   node test/web/screenshots.ts FOLDER [PARTS OF NAMES] …
 *   node test/web/screenshots.ts /tmp/pictures overview,messages en-light
 *
 * To look at after a change. The pictures in the README and the docs are selected from them by hand.
 */

const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'middle', width: 1024, height: 768 },
  { name: 'narrow', width: 390, height: 844 },
] as const
const VIEWS = (['en', 'zh'] as const).flatMap((language) =>
  [false, true].flatMap((dark) =>
    SIZES.map((size) => ({ ...size, language, dark, suffix: `${language}-${dark ? 'dark' : 'light'}-${size.name}` })),
  ),
)
type View = (typeof VIEWS)[number]

const MONTH = new Date().toISOString().slice(0, 7)
const RATES = `valid_from,market,countries,category,tier,currency,price
${MONTH}-01,Hong Kong,HK,marketing,,USD,0.0732
${MONTH}-01,Hong Kong,HK,utility,,USD,0.0080
${MONTH}-01,North America,US,marketing,,USD,0.0250
${MONTH}-01,North America,US,utility,,USD,0.0040
`
const SETTLES_MS = 700
const APPEARS_WITHIN_MS = 8_000

const [folder = '', ...parts] = process.argv.slice(2)
if (folder === '') throw new Error('Where to? node test/web/screenshots.ts FOLDER [PARTS OF NAMES] …')
mkdirSync(folder, { recursive: true })
const isWanted = (shot: Shot, { suffix }: View): boolean =>
  parts.every((part) => part.split(',').some((one) => `${shot.name}-${suffix}`.includes(one)))

const flaws: string[] = []
const links = new Map<string, string>()

/** Other answers than the gateway's own, until the returned function is called. */
async function answerWith(page: Page, answers: Shot['answers']): Promise<void> {
  if (answers === undefined) return
  await page.route(
    (url) => url.pathname.startsWith('/admin/'),
    async (route) => {
      const { pathname } = new URL(route.request().url())
      if (answers === 'never') return
      const envelope = { status: 'success', code: 0, message: '', error: {} }
      if (typeof answers === 'object')
        return pathname in answers
          ? route.fulfill({ json: { ...envelope, data: answers[pathname] } })
          : route.continue()
      if (pathname === '/admin/incidents' || pathname.endsWith('/events')) return route.continue()
      return route.fulfill({
        status: 500,
        json: {
          ...{ status: 'error', code: 10000, data: null, message: 'The gateway met an unexpected problem.' },
          error: { reason: 'internal', request_id: 'req_01J8ZQ4W3T5N6P7R8S9T0V1W2X' },
        },
      })
    },
  )
}

async function take(page: Page & { wrongs: string[] }, shot: Shot, view: View): Promise<void> {
  const name = `${shot.name}-${view.suffix}`
  await page.waitForTimeout(SETTLES_MS)
  const seen = await lookAt(page)
  try {
    await shot.first?.(page)
    if (shot.first) await page.waitForTimeout(SETTLES_MS / 2)
  } catch (error) {
    flaws.push(`${name}: ${String((error as Error).message).split('\n')[0]}`)
  }
  const after = shot.first ? await lookAt(page) : seen
  await page.screenshot({ path: join(folder, `${name}.png`) })
  flaws.push(...flawsOf({ ...after, shift: seen.shift, shifted: seen.shifted }).map((flaw) => `${name}: ${flaw}`))
  flaws.push(...page.wrongs.map((wrong) => `${name}: ${wrong}`))
  for (const link of seen.links) links.set(link.split('#')[0]!, name)
}

/** Each screen in a page of its own, so that nothing stays open or remembered in memory. */
async function takeAll(
  context: { browser: BrowserContext; open: (url: string) => Promise<Page & { wrongs: string[] }> },
  view: View,
  shots: Shot[],
  addressOf: (shot: Shot) => string,
  ready: string,
): Promise<void> {
  for (const shot of shots.filter((one) => isWanted(one, view))) {
    const page = await context.open('about:blank')
    page.setDefaultTimeout(APPEARS_WITHIN_MS)
    await page.addInitScript(WATCH_SHIFTS)
    await answerWith(page, shot.answers)
    await page.goto(addressOf(shot))
    const shows = shot.answers === 'error' ? '#main .failed' : ready
    const appears = { timeout: shot.answers === 'never' ? 2_000 : APPEARS_WITHIN_MS }
    await page
      .locator(shows)
      .first()
      .waitFor(appears)
      .catch(() => 0)
    await take(page, shot, view)
    await page.close()
  }
}

type Worlds = { shop: string; empty: string; sandbox: string; story: Shop }

async function takeView(view: View, worlds: Worlds): Promise<void> {
  const { dark, width, height } = view
  const all = [...signedOutShots, ...consoleShots(worlds.story), ...emptyShots, ...docsShots, ...phoneShots(NUMBERS)]
  if (!all.some((shot) => isWanted(shot, view))) return
  const language = view.language === 'zh' ? 'zh-CN' : 'en-GB'
  const enter = async (origin: string) => {
    const browser = await startBrowser({ dark, width, height, language })
    const headers = { [CONSOLE_HEADER]: '1' }
    if (origin !== '')
      await browser.context.request.post(`${origin}/console/session`, { data: { token: ADMIN_TOKEN }, headers })
    return browser
  }
  for (const [origin, shots] of [
    ['', signedOutShots],
    [worlds.shop, consoleShots(worlds.story)],
    [worlds.empty, emptyShots],
  ] as const) {
    await using browser = await enter(origin)
    const context = { browser: browser.context, open: browser.open.bind(browser) }
    await takeAll(context, view, [...shots], ({ at }) => `${origin || worlds.shop}/#${at}`, 'h1, input, [role=alert]')
  }
  await using browser = await enter('')
  const context = { browser: browser.context, open: browser.open.bind(browser) }
  await takeAll(context, view, docsShots, ({ at }) => `${worlds.shop}${at}`, 'h1')
  for (const shot of phoneShots(NUMBERS)) {
    await using fresh = await enter('')
    const own = { browser: fresh.context, open: fresh.open.bind(fresh) }
    await takeAll(own, view, [shot], () => worlds.sandbox, '.phone-message')
  }
  process.stdout.write(`${view.suffix}\n`)
}

const NUMBERS = { noor: NOOR, long: LONG }

/** Each address that a screen leads to, once. */
async function followLinks(origins: readonly string[]): Promise<void> {
  for (const [link, name] of links) {
    if (!origins.includes(new URL(link).origin)) continue
    const { status } = await fetch(link, { redirect: 'follow', headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
    if (status >= 400) flaws.push(`${name}: the link ${link} is answered ${status}`)
  }
}

buildPages()
execFileSync(process.execPath, ['scripts/build-guide.js', '--if-changed'], { stdio: 'ignore' })
const pictures = await servePictures()
{
  writeFileSync(join(folder, 'rates.csv'), RATES)
  await using shop = await startWorld({ env: { RATE_CARD_FILE: join(folder, 'rates.csv') } })
  await using empty = await startWorld({ webhook: false })
  const story = await tellShop(shop, pictures.url)
  const worlds = { shop: shop.gateway.url, empty: empty.gateway.url, sandbox: shop.sandbox.url, story }
  for (const view of VIEWS) await takeView(view, worlds)
  await followLinks([worlds.shop, worlds.empty, worlds.sandbox])
}
pictures.close()
writeFileSync(join(folder, 'flaws.txt'), flaws.map((flaw) => `${flaw}\n`).join(''))
writeSheet(
  folder,
  VIEWS.map(({ suffix }) => suffix),
)
