import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { mediaFile, startFileHost, type FileHost } from '../support/file-host.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

type Json = Record<string, unknown>

const BUDGET_MS = 2_000
/** Allowance for a busy machine. */
const SLACK_MS = 1_500
const MIB = 1024 * 1024

let world: World
let host: FileHost

before(async () => {
  world = await startWorld({ webhook: false })
  host = await startFileHost()
})
after(async () => {
  await world.stop()
  await host.close()
})

let people = 0
const send = (type: string, content: unknown) =>
  world.customer('POST', '/external/messages/whatsapp', {
    to: String(85_260_000_000 + people++),
    type,
    [type]: content,
  })

const fieldsOf = (answer: Answer) => (answer.error as unknown as { fields?: Json[] }).fields ?? []
const said = (answer: Answer): string =>
  answer.http === 200
    ? 'sent'
    : fieldsOf(answer)
        .map((field) => `${String(field.path)} ${String(field.reason)}`)
        .join(', ')

const padded = (bytes: Buffer, size: number) => Buffer.concat([bytes, Buffer.alloc(size - bytes.length)])

suite('real files', () => {
  const cases: [what: string, type: string, path: string, bytes: () => Buffer, verdict: string][] = [
    ['H.264 with AAC', 'video', '/good.mp4', () => mediaFile('video_h264_aac.mp4'), 'sent'],
    ['the index behind the pictures', 'video', '/late.mp4', () => mediaFile('video_moov_at_end.mp4'), 'sent'],
    ['no sound', 'video', '/silent.mp4', () => mediaFile('video_silent.mp4'), 'sent'],
    ['3gp', 'video', '/small.3gp', () => mediaFile('video_h264_aac.3gp'), 'sent'],
    ['HEVC', 'video', '/hevc.mp4', () => mediaFile('video_hevc.mp4'), 'video.link video_codec'],
    ['two audio streams', 'video', '/two.mp4', () => mediaFile('video_two_audio.mp4'), 'video.link video_audio_tracks'],
    [
      'MP3 sound in a video',
      'video',
      '/mp3.mp4',
      () => mediaFile('video_mp3_audio.mp4'),
      'video.link video_audio_codec',
    ],
    ['a WebP named .png', 'image', '/fake.png', () => mediaFile('sticker_static.webp'), 'image.link media_type_wrong'],
    ['16 bits a colour', 'image', '/deep.png', () => mediaFile('image_rgb48be.png'), 'image.link image_not_rgb'],
    ['exactly 5 MB', 'image', '/full.png', () => padded(mediaFile('image_rgb24.png'), 5 * MIB), 'sent'],
    [
      '5 MB and a byte',
      'image',
      '/large.png',
      () => padded(mediaFile('image_rgb24.png'), 5 * MIB + 1),
      'image.link media_too_large',
    ],
    ['a picture without extension', 'image', '/picture', () => mediaFile('image_colour.jpeg'), 'sent'],
    ['Opus, mono', 'audio', '/voice.ogg', () => mediaFile('audio_opus_mono.ogg'), 'sent'],
    ['Opus, stereo', 'audio', '/stereo.ogg', () => mediaFile('audio_opus_stereo.ogg'), 'audio.link audio_not_mono'],
    ['Vorbis', 'audio', '/vorbis.ogg', () => mediaFile('audio_vorbis.ogg'), 'audio.link audio_codec'],
    ['a PDF', 'document', '/a.pdf', () => mediaFile('document.pdf'), 'sent'],
    [
      'a picture as a document',
      'document',
      '/b.pdf',
      () => mediaFile('image_rgb24.png'),
      'document.link media_type_wrong',
    ],
    ['a sticker', 'sticker', '/s.webp', () => mediaFile('sticker_static.webp'), 'sent'],
    [
      'a login page',
      'image',
      '/login.jpg',
      () => Buffer.from('<!doctype html><html><body>Please sign in</body></html>'),
      'image.link media_type_wrong',
    ],
  ]
  for (const [what, type, path, bytes, verdict] of cases) {
    test(`${what}: ${verdict}`, async () => {
      const answer = await send(type, { link: host.file(path, bytes()) })
      assert.equal(said(answer), verdict)
      if (verdict === 'sent') return
      assert.deepEqual([answer.http, answer.code], [422, 422])
      const { reason } = answer.error as unknown as { reason: string }
      assert.equal(reason, verdict.split(' ')[1])
      assert.match(answer.message, new RegExp(`^${type}\\.link: `))
      // The verdict is cached: the same link again causes no request to the host.
      const before = host.calls.get(path)
      assert.equal(said(await send(type, { link: host.origin + path })), verdict)
      assert.equal(host.calls.get(path), before)
    })
  }
})

suite('hosts that misbehave', () => {
  const png = mediaFile('image_rgb24.png')
  const cases: [what: string, serve: Parameters<FileHost['at']>[1], verdict: string][] = [
    ['never answers', () => {}, 'sent'],
    ['answers a byte a second', (_, response) => void response.writeHead(200).write(png.subarray(0, 1)), 'sent'],
    ['answers 500', (_, response) => void response.writeHead(500).end('broken'), 'sent'],
    ['answers 404', (_, response) => void response.writeHead(404).end(), 'sent'],
    ['hangs up', (_, response) => void response.destroy(), 'sent'],
    [
      'claims a size that it does not have',
      (request, response) => {
        const far = /^bytes=5242880-/.test(request.headers.range ?? '')
        if (far) return void response.writeHead(416).end()
        response
          .writeHead(206, { 'content-range': `bytes 0-${png.length - 1}/99999999`, 'content-length': png.length })
          .end(png)
      },
      'sent',
    ],
    [
      'calls a picture text',
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(png),
      'sent',
    ],
    [
      'redirects in circles',
      (request, response) => void response.writeHead(302, { location: request.url }).end(),
      'sent',
    ],
    [
      'redirects to a picture',
      (_, response) => void response.writeHead(302, { location: '/other/picture' }).end(),
      'sent',
    ],
    [
      'redirects to a private address',
      (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
      'image.link media_host_not_public',
    ],
  ]
  cases.forEach(([what, serve, verdict], i) => {
    test(`${what}: ${verdict}, within the time limit`, async () => {
      host.file('/other/picture', png)
      const link = host.at(`/misbehaves/${i}`, serve)
      const started = performance.now()
      const answer = await send('image', { link })
      const ms = performance.now() - started
      assert.equal(said(answer), verdict, JSON.stringify(answer))
      assert.ok(ms < BUDGET_MS + SLACK_MS, `${ms.toFixed(0)} ms`)
    })
  })

  test('ten cards on hosts that never answer: still one time limit', async () => {
    const cards = Array.from({ length: 10 }, (_, card_index) => ({
      card_index,
      header: { type: 'image', image: { link: host.at(`/silent/${card_index}.png`, () => {}) } },
      action: { name: 'cta_url', parameters: { display_text: 'Buy', url: 'https://shop.example/0' } },
    }))
    const started = performance.now()
    const answer = await send('interactive', { type: 'carousel', body: { text: 'New' }, action: { cards } })
    const ms = performance.now() - started
    assert.equal(said(answer), 'sent', JSON.stringify(answer))
    assert.ok(ms < BUDGET_MS + SLACK_MS, `${ms.toFixed(0)} ms`)
    for (let i = 0; i < 10; i++) assert.equal(host.calls.get(`/silent/${i}.png`), 1, 'every card was looked at')
  })
})

test('a host that does not exist proves nothing', async () => {
  assert.equal(said(await send('image', { link: 'https://files.does-not-exist.invalid/a.png' })), 'sent')
})

test('headers, cards and template parameters: each file is named by its place, all of them at once', async () => {
  const bad = (name: string) => host.file(`/bad/${name}`, mediaFile('image.gif'))
  const good = host.file('/good/picture.png', mediaFile('image_rgba.png'))
  const button = (header: Json) => ({
    type: 'button',
    header,
    body: { text: 'Well?' },
    action: { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }] },
  })
  for (const kind of ['image', 'video', 'document']) {
    const answer = await send('interactive', button({ type: kind, [kind]: { link: bad(kind) } }))
    assert.equal(said(answer), `interactive.header.${kind}.link media_type_wrong`)
  }
  assert.equal(said(await send('interactive', button({ type: 'image', image: { link: good } }))), 'sent')

  const card = (card_index: number, link: string) => ({
    card_index,
    header: { type: 'image', image: { link } },
    action: { name: 'cta_url', parameters: { display_text: 'Buy', url: 'https://shop.example/0' } },
  })
  const carousel = {
    type: 'carousel',
    body: { text: 'New' },
    action: { cards: [0, 1, 2].map((i) => card(i, i === 1 ? good : bad(`card${i}`))) },
  }
  assert.equal(
    said(await send('interactive', carousel)),
    [0, 2].map((i) => `interactive.action.cards.${i}.header.image.link media_type_wrong`).join(', '),
  )

  const parameters = [{ type: 'image', image: { link: bad('header') } }]
  const header = await send('template', { name: 'test_header_image_5', components: [{ type: 'HEADER', parameters }] })
  assert.equal(said(header), 'template.components.0.parameters.0.image.link media_type_wrong')

  world.sandbox.addTemplate({
    name: 'cards',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'New things.' },
      { type: 'CAROUSEL', cards: [1, 2].map(() => ({ components: [{ type: 'HEADER', format: 'IMAGE' }] })) },
    ],
  })
  const sent = [good, bad('in-card')].map((link, card_index) => ({
    card_index,
    components: [{ type: 'header', parameters: [{ type: 'image', image: { link } }] }],
  }))
  const answer = await send('template', { name: 'cards', components: [{ type: 'carousel', cards: sent }] })
  assert.equal(said(answer), 'template.components.0.cards.1.components.0.parameters.0.image.link media_type_wrong')
})

test('each channel chooses how media is checked', async () => {
  const link = host.file('/modes/fake.png', mediaFile('sticker_static.webp'))
  const set = async (mode: string) =>
    assert.equal((await world.admin('PATCH', '/admin/channels/1', { media_check: mode })).http, 200)
  try {
    await set('type')
    assert.equal(said(await send('image', { link })), 'sent')
    assert.equal(said(await send('image', { link: 'https://shop.example/a.gif' })), 'image.link media_type_wrong')
    assert.equal(said(await send('image', { link: 'http://10.1.2.3/a.png' })), 'image.link media_host_not_public')
    await set('off')
    assert.equal(said(await send('image', { link: 'https://shop.example/a.gif' })), 'sent')
    assert.equal(host.calls.get('/modes/fake.png'), undefined)
    await set('probe')
    assert.equal(said(await send('image', { link })), 'image.link media_type_wrong')
  } finally {
    await set('probe')
  }
})
