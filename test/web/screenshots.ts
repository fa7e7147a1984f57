import { createServer } from 'node:http'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { deflateSync } from 'node:zlib'
import { crc32 } from 'node:zlib'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'
import { tellBroadcasts } from './broadcast-story.ts'
import { buildPages, startBrowser } from './browser.ts'

/*
 * Pictures of every page, light and dark, wide, middle and narrow, in both languages:
 *
 *   node test/web/screenshots.ts FOLDER [PARTS OF NAMES] …
 *   node test/web/screenshots.ts /tmp/pictures overview,messages en-light
 *
 * To look at after a change. The pictures in the README and the docs are selected from them by hand.
 */

const MEI = '85268411234'
const PABLO = '16505551234'
const SIZES = [
  { name: 'wide', width: 1440, height: 900 },
  { name: 'middle', width: 1024, height: 768 },
  { name: 'narrow', width: 390, height: 844 },
] as const

type Story = { failed: string; draft: string; done: string; readAll: () => Promise<unknown> }

/** Sample data of a shop by the harbour: something of each kind, and some failures. */
async function tell(world: World, pictures: string): Promise<Story> {
  const { sandbox, receiver } = world
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  const mei = sandbox.phone(MEI)
  const pablo = sandbox.phone(PABLO)
  await mei.says('Hi! Is the *blue bag* still there?')
  await world.send({
    to: MEI,
    type: 'image',
    image: { link: `${pictures}/bag.png`, caption: 'It is, Mei. The last one.' },
  })
  const asked = await world.send({
    to: MEI,
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Shall we put it aside for you until tonight?' },
      footer: { text: 'Open until 20:00' },
      action: {
        buttons: [
          { type: 'reply', reply: { id: 'yes', title: 'Yes, please' } },
          { type: 'reply', reply: { id: 'no', title: 'No, thank you' } },
        ],
      },
    },
  })
  await mei.taps('Yes, please', { on: asked })
  const done = await world.send({ to: MEI, type: 'text', text: 'Done. See you tonight at _Harbour Street 5_!' })
  await mei.sees('See you tonight at _Harbour Street 5_!').catch(() => undefined)
  mei.reads()
  await mei.reacts(done, '🙏')
  await receiver.gets({ event: 'message_status_update', message_id: done, message_status: 'read' })

  const order = await world.send({ to: PABLO, type: 'template', template: { name: 'test_button_reply_1' } })
  await pablo.taps('No', { on: order })
  await world.send({
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'list',
      body: { text: 'Then how shall we send it?' },
      action: {
        button: 'Ways',
        sections: [
          {
            title: 'By post',
            rows: [
              { id: 'normal', title: 'Normal', description: 'Three days' },
              { id: 'express', title: 'Express', description: 'Tomorrow before noon' },
            ],
          },
        ],
      },
    },
  })
  await pablo.picks('Express')
  await pablo.says('And what is new?')
  const card = (index: number, text: string) => ({
    card_index: index,
    type: 'cta_url',
    header: { type: 'image', image: { link: `${pictures}/${index}.png` } },
    body: { text },
    action: { name: 'cta_url', parameters: { display_text: 'To the shop', url: `https://shop.example/${index}` } },
  })
  await world.send({
    to: PABLO,
    type: 'interactive',
    interactive: {
      type: 'carousel',
      body: { text: 'New this week' },
      action: { cards: [card(0, 'Canvas, 39 €'), card(1, 'Leather, 129 €'), card(2, 'Straw, 25 €')] },
    },
  })
  for (let i = 0; i < 24; i++) {
    const to = `1650555${String(2000 + i)}`
    sandbox.phone(to).is({ window: true })
    await sandbox.phone(to).says('Hello')
    await world.send({ to, type: 'text', text: `Order ${4800 + i} is on its way.` })
  }
  sandbox.fault({ on: 'statuses', code: 131026, times: 2 })
  for (const text of ['Your parcel waits at the counter.', 'Your bill for October'])
    await world
      .send({ to: '16505550199', type: 'template', template: { name: 'test_button_reply_1' } })
      .catch(() => text)
  const failed = await receiver.gets({ event: 'message_status_update', message_status: 'failed' })
  const told = await tellBroadcasts(world)
  receiver.behaviour = 503
  await mei.says('I am on my way')
  await receiver.until(() => receiver.calls > receiver.received.length, 'a delivery that failed')
  return { ...told, failed: String(failed.body.message_id), readAll: () => sandbox.settled() }
}

/** A bag before a wall, as a product photo. */
function png(wall: number[], bag: number[]): Buffer {
  const [width, height] = [520, 360]
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = isBag(x - width / 2, y) ? bag : wall
      const light = 1.08 - (x / width + y / height) * 0.16
      for (let c = 0; c < 3; c++) rows[y * (width * 3 + 1) + 1 + x * 3 + c] = Math.min(255, colour[c]! * light)
    }
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function isBag(fromMiddle: number, y: number): boolean {
  const body = y > 150 && y < 312 && Math.abs(fromMiddle) < 96 + (y - 150) * 0.2
  const radius = Math.hypot(fromMiddle, y - 150)
  const handle = y <= 150 && radius > 58 && radius < 72
  return body || handle
}

const PALETTES = [
  [
    [222, 232, 240],
    [38, 84, 138],
  ],
  [
    [243, 234, 222],
    [138, 84, 44],
  ],
  [
    [232, 240, 230],
    [206, 170, 96],
  ],
]

async function servePictures(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const [wall, bag] = PALETTES[Number(/(\d)\.png/.exec(request.url ?? '')?.[1] ?? 0)] ?? PALETTES[0]!
    response.writeHead(200, { 'content-type': 'image/png' }).end(png(wall!, bag!))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

/** A page by its address, and the actions before its picture is taken. */
type Shot = { name: string; at: string; first?: (page: Page) => Promise<unknown> }

const consoleShots = (story: Story): Shot[] => [
  { name: 'overview', at: '/' },
  { name: 'messages', at: '/messages' },
  { name: 'message-failed', at: `/messages?words=${encodeURIComponent(story.failed)}`, first: openFirstMessage },
  { name: 'conversations', at: '/conversations' },
  { name: 'conversation', at: '/conversations/1/1' },
  { name: 'compose-button', at: `/compose?to=${MEI}&kind=button` },
  {
    name: 'compose-wrong',
    at: `/compose?to=${MEI}&kind=list`,
    first: (page) => page.locator('button[type=submit]').last().click(),
  },
  { name: 'broadcasts', at: '/broadcasts' },
  { name: 'broadcast-check', at: `/broadcasts/1/${story.draft}?step=check` },
  { name: 'broadcast-done', at: `/broadcasts/1/${story.done}` },
  { name: 'templates', at: '/templates' },
  { name: 'deliveries', at: '/deliveries' },
  { name: 'glossary', at: '/deliveries', first: (page) => page.locator('th .term').last().focus() },
  { name: 'channels', at: '/channels' },
  { name: 'people', at: '/people' },
  { name: 'audit', at: '/audit' },
  { name: 'channel', at: '/channels/1' },
]

const openFirstMessage = (page: Page): Promise<void> => page.locator('.rows a, .row a, a.row').first().click()

const phoneOf = (page: Page, number: string): Locator => page.locator('.phone', { hasText: number })

const phoneShots: Shot[] = [
  { name: 'phones', at: '' },
  {
    name: 'phones-list',
    at: '',
    first: (page) => phoneOf(page, PABLO).locator('.bubble-button[aria-expanded]').last().click(),
  },
  {
    name: 'phones-wire',
    at: '',
    first: async (page) => {
      const asked = phoneOf(page, MEI).locator('.phone-message', { hasText: 'Shall we put it aside' }).first()
      await asked.locator('.phone-more').click({ force: true })
      await page.getByRole('menuitem').last().click()
      await page.locator('.wire li').nth(6).waitFor()
    },
  },
  { name: 'phones-trouble', at: '', first: (page) => page.getByRole('button', { name: /^(Trouble|故障)$/ }).click() },
  { name: 'phones-menu', at: '', first: (page) => phoneOf(page, MEI).locator('.phone-menu').click() },
]

async function main(): Promise<void> {
  const [folder, ...onlys] = process.argv.slice(2)
  if (!folder) throw new Error('Where to? node test/web/screenshots.ts FOLDER [PARTS OF NAMES] …')
  mkdirSync(folder, { recursive: true })
  buildPages()
  const pictures = await servePictures()
  await using world = await startWorld()
  const story = await tell(world, pictures.url)
  await story.readAll().catch(() => undefined)
  for (const language of ['en', 'zh'] as const)
    for (const dark of [false, true])
      for (const { name: size, width, height } of SIZES) {
        const suffix = `${language}-${dark ? 'dark' : 'light'}-${size}`
        const wanted = (shot: { name: string }): boolean =>
          onlys.every((part) => part.split(',').some((one) => `${shot.name}-${suffix}`.includes(one)))
        if (![{ name: 'sign-in' }, ...consoleShots(story), ...phoneShots].some(wanted)) continue
        await using browser = await startBrowser({
          dark,
          width,
          height,
          language: language === 'zh' ? 'zh-CN' : 'en-GB',
        })
        const take = async (page: Page, name: string): Promise<void> => {
          await page.waitForTimeout(400)
          await page.screenshot({ path: join(folder, `${name}-${suffix}.png`) })
        }
        const page = await browser.open(world.gateway.url)
        await page.locator('input[type=password]').waitFor()
        if (wanted({ name: 'sign-in' })) await take(page, 'sign-in')
        await page.locator('input[type=password]').fill(ADMIN_TOKEN)
        await page.keyboard.press('Enter')
        await page.getByRole('heading', { level: 1 }).waitFor()
        for (const shot of consoleShots(story).filter(wanted)) {
          await page.goto(`${world.gateway.url}/#${shot.at}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          await page.waitForTimeout(700)
          await shot.first?.(page)
          await take(page, shot.name)
        }
        for (const shot of phoneShots.filter(wanted)) {
          const phones = await browser.open(world.sandbox.url)
          await phones.locator('.phone-message').last().waitFor()
          await phones.waitForTimeout(500)
          await shot.first?.(phones)
          await take(phones, shot.name)
          await phones.close()
        }
        process.stdout.write(`${suffix}\n`)
      }
  pictures.close()
}

await main()
