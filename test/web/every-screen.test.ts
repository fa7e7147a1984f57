import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'
import { flawsOf, lookAt, WATCH_SHIFTS } from './pictures/look.ts'

/* Every page of the console on a phone, in both languages: what a program can see of its look. */

const NOOR = '971509876543'
const LONG = 'Dr. Maximiliane-Josephine von Hohenzollern-Sigmaringen und zu Waldburg-Zeil'
const PAGES = [
  ...['/', '/messages', '/conversations', '/conversations/1/1', '/compose', '/broadcasts', '/broadcasts/new'],
  ...['/templates', '/deliveries', '/channels', '/channels/1', '/channels/1/setup', '/costs', '/alarms', '/people'],
  ...['/audit', '/settings', '/messages/msg_01J00000000000000000000000', '/channels/99'],
]

let world: World
let browser: Browser

before(async () => {
  buildPages()
  world = await startWorld()
  for (const [number, name, words] of [
    [NOOR, 'نور الهدى', 'هل الحقيبة الزرقاء ABC-123 متوفرة؟'],
    ['4915112345678', LONG, 'word'.repeat(300)],
  ] as const) {
    world.sandbox.phone(number).is({ name })
    await world.sandbox.phone(number).says(words)
  }
  await world.admin('POST', '/admin/users', { email: `${'long-'.repeat(9)}@shop.example`, name: LONG, role: 'agent' })
  await world.admin('POST', '/admin/keys', { name: LONG, scopes: { read_only: true } })
  await world.sandbox.settled()
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

for (const language of ['en', 'zh'])
  test(`at 390 pixels no page scrolls sideways, jumps, cuts words off, or breaks a button (${language})`, async () => {
    const page = await browser.open('about:blank')
    await page.setViewportSize({ width: 390, height: 844 })
    await page.addInitScript(WATCH_SHIFTS)
    await page.addInitScript(
      `if (location.protocol !== 'about:') localStorage.setItem('postern.language', '${language}')`,
    )
    const flaws: string[] = []
    for (const path of PAGES) {
      await page.goto('about:blank')
      await page.goto(`${world.gateway.url}/#${path}`)
      await page.locator('#main :is(h1, h2, .talk-list, .thread, .composer)').first().waitFor()
      await page.locator('.waiting').first().waitFor({ state: 'detached' })
      const seen = await lookAt(page)
      // A shift of a tenth is what people notice.
      flaws.push(...flawsOf({ ...seen, shift: seen.shift > 0.1 ? seen.shift : 0 }).map((flaw) => `${path}: ${flaw}`))
    }
    assert.deepEqual(flaws, [])
    assert.deepEqual(page.wrongs, [])
    await page.close()
  })
