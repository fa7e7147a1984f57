import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Locator } from 'playwright-core'
import { mediaFile, startFileHost, type FileHost } from '../support/file-host.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, startSignedIn, type Browser } from './browser.ts'

let world: World
let browser: Browser
let host: FileHost

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
  host = await startFileHost()
  browser = await startSignedIn(world.gateway.url)
})
after(async () => {
  await browser?.close()
  await world?.stop()
  await host?.close()
})

/** The conversation with a contact who has just written, scrolled to its end. */
async function conversationWith(number: string) {
  await world.sandbox.settled()
  const { data } = await world.admin('GET', `/admin/conversations?channel_id=1&q=${number}`)
  const [contact] = (data as { conversations: { contact_id: number }[] }).conversations
  return browser.open(`${world.gateway.url}/#/conversations/1/${contact!.contact_id}`)
}

/** Waits until a picture has pixels, or a video or sound knows its length. */
async function isLoaded(element: Locator): Promise<void> {
  await element.scrollIntoViewIfNeeded()
  const has = (one: unknown): boolean => {
    const { naturalWidth = 0, duration = 0 } = one as { naturalWidth?: number; duration?: number }
    return naturalWidth > 0 || duration > 0
  }
  for (let i = 0; !(await element.evaluate(has)); i++) {
    assert.ok(i < 300, 'it was loaded in the end')
    await element.page().waitForTimeout(100)
  }
}

test('pictures and stickers are shown and open large, sounds and videos can be played, documents are downloaded', async () => {
  const phone = world.sandbox.phone('16505550001')
  const picture = mediaFile('image_rgb24.png')
  await phone.says({ type: 'image', image: { bytes: picture, mime_type: 'image/png', caption: 'the pier' } })
  await phone.says({ type: 'sticker', sticker: { bytes: mediaFile('sticker_static.webp') } })
  await phone.says({ type: 'audio', audio: { bytes: mediaFile('audio_opus_mono.ogg'), mime_type: 'audio/ogg' } })
  await phone.says({ type: 'video', video: { bytes: mediaFile('video_h264_aac.mp4'), mime_type: 'video/mp4' } })
  const pdf = mediaFile('document.pdf')
  await phone.says({ type: 'document', document: { bytes: pdf, filename: 'bill.pdf' } })

  const page = await conversationWith('16505550001')
  const log = page.getByRole('log')
  for (const [i, shown] of [
    log.getByRole('button', { name: 'Open large: image' }).locator('img'),
    log.getByRole('button', { name: 'Open large: sticker' }).locator('img'),
    log.locator('audio[aria-label="voice message"]'),
    log.locator('video[aria-label="video"]'),
  ].entries()) {
    // Only files near the visible area are fetched.
    await log.locator('.media-box').nth(i).scrollIntoViewIfNeeded()
    await isLoaded(shown)
  }

  await log.getByRole('button', { name: 'Open large: image' }).click()
  const dialog = page.getByRole('dialog', { name: 'image' })
  await dialog.getByRole('img', { name: 'image' }).waitFor()
  assert.deepEqual(await violationsOf(page), [])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  const saving = page.waitForEvent('download')
  await log.getByRole('link', { name: /bill\.pdf/ }).click()
  const saved = await saving
  assert.equal(saved.suggestedFilename(), 'bill.pdf')
  assert.deepEqual(await streamed(await saved.createReadStream()), pdf)

  assert.deepEqual(await violationsOf(page), [])
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

async function streamed(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

test('a missing file, an unplayable file, and a failed request have different messages', async () => {
  const phone = world.sandbox.phone('16505550002')
  const gone = await phone.says({ type: 'image', image: { caption: 'the gone one' } })
  await world.customer('DELETE', `/external/media/${(gone.content as { id: string }).id}`)
  // An MP4 that is only its file type.
  const empty = Buffer.from('0000001c667479706d703432000000006d70343269736f6d61766331', 'hex')
  await phone.says({ type: 'video', video: { bytes: empty, mime_type: 'video/mp4' } })
  const page = await conversationWith('16505550002')
  const log = page.getByRole('log')
  await log.getByText('WhatsApp no longer has this file.').waitFor()
  await log.getByText('This browser cannot show it.').waitFor()
  assert.equal(await log.getByRole('link', { name: 'Download' }).count(), 1)

  const picture = await phone.says({
    type: 'image',
    image: { bytes: mediaFile('image_rgb24.png'), mime_type: 'image/png' },
  })
  const path = `/admin/channels/1/media/${(picture.content as { id: string }).id}`
  let away = true
  await page.route(`**${path}`, (route) =>
    away
      ? route.fulfill({
          status: 503,
          contentType: 'application/json',
          body: JSON.stringify({ message: 'WhatsApp is away' }),
        })
      : route.continue(),
  )
  await page.reload()
  await log.getByText('WhatsApp is away').waitFor()
  assert.deepEqual(await violationsOf(page), [])
  away = false
  await log.getByRole('button', { name: 'Try again' }).click()
  await isLoaded(log.getByRole('button', { name: 'Open large: image' }).locator('img'))
  await page.close()
})

test('a link of ours is text until it is requested, and then comes only from the gateway', async () => {
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  const link = host.file('/shop.png', mediaFile('image_rgb24.png'), 'image/png')
  await world.sandbox.phone('16505550003').says('hello')
  await world.send({ to: '16505550003', type: 'image', image: { link, caption: 'from our shop' } })
  await world.sandbox.settled()
  const before = host.calls.get('/shop.png') ?? 0
  const page = await conversationWith('16505550003')
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  const log = page.getByRole('log')
  await log.getByText(link).waitFor()
  assert.equal(host.calls.get('/shop.png') ?? 0, before, 'nobody went there by himself')
  await log.getByRole('button', { name: 'Show' }).click()
  await isLoaded(log.getByRole('button', { name: 'Open large: image' }).locator('img'))
  assert.equal(host.calls.get('/shop.png'), before + 1, 'the gateway went there')
  assert.deepEqual(
    asked.filter((url) => !url.startsWith(world.gateway.url)),
    [],
  )
  assert.deepEqual(page.wrongs, [])
  await page.close()
})

test('an HTML page sent as a picture is not rendered, and does not run', async () => {
  const phone = world.sandbox.phone('16505550004')
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>globalThis.hit=1</script></svg>`
  const message = await phone.says({
    type: 'image',
    image: { bytes: Buffer.from(svg), mime_type: 'image/svg+xml', caption: 'look at me' },
  })
  const page = await conversationWith('16505550004')
  await page.getByRole('log').getByText('This browser cannot show it.').waitFor()
  const saving = page.waitForEvent('download')
  // Opened by itself, it is a download.
  await page
    .goto(`${world.gateway.url}/admin/channels/1/media/${(message.content as { id: string }).id}`)
    .catch(() => undefined)
  await saving
  assert.equal(await page.evaluate(() => 'hit' in globalThis), false)
  await page.close()
})
