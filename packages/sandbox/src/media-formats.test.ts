import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { startSandbox, type Sandbox } from './index.ts'
import { graph, startCallback, type Callback } from './testing.ts'

/* Media that WhatsApp cannot show: accepted, then failed with 131053. */

const NUMBER = '302702419599374'
const bytesOf = (file: string): Buffer => readFileSync(new URL(`../../../test/fixtures/media/${file}`, import.meta.url))

let sandbox: Sandbox
let callback: Callback
before(async () => {
  sandbox = await startSandbox({ statusDelayMs: 0, fetchLinks: true })
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
})
after(async () => {
  await sandbox.close()
  await callback.close()
})

/** The result of a send: `delivered`, or the code and reason of its failure. */
async function fateOf(content: object): Promise<string> {
  const body = { messaging_product: 'whatsapp', to: '16505551234', ...content }
  const answer = await graph(sandbox.url, 'POST', `/v25.0/${NUMBER}/messages`, body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const id: string = answer.body.messages[0].id
  const last = (): ReturnType<Callback['statuses']>[number] | undefined =>
    callback.statuses(id).find((s) => s.status === 'delivered' || s.status === 'failed')
  await callback.until(() => last() !== undefined, 'the end of the send')
  const [error] = last()!.errors ?? []
  return error ? `${error.code} ${error.error_data!.details!}` : 'delivered'
}
const uploaded = (file: string, mimeType: string): string =>
  sandbox.addMedia({ numberId: NUMBER, mimeType, bytes: bytesOf(file) }).id

const CASES: [kind: string, file: string, mimeType: string, fate: RegExp, more?: object][] = [
  ['image', 'image_rgb24.png', 'image/png', /^delivered/],
  ['image', 'image_colour.jpeg', 'image/jpeg', /^delivered/],
  ['image', 'document.pdf', 'application/pdf', /^131053 .*application\/pdf/],
  ['image', 'sticker_static.webp', 'image/webp', /^131053 .*image\/webp/],
  ['image', 'sticker_static.webp', 'image/png', /^131053 .*image\/webp/],
  ['sticker', 'sticker_animated.webp', 'image/webp', /^delivered/],
  ['sticker', 'image_rgb24.png', 'image/png', /^131053/],
  ['video', 'video_h264_aac.mp4', 'video/mp4', /^delivered/],
  ['video', 'video_h264_aac.3gp', 'video/3gpp', /^delivered/],
  ['video', 'video_silent.mp4', 'video/mp4', /^delivered/],
  ['video', 'video_moov_at_end.mp4', 'video/mp4', /^delivered/],
  ['video', 'video_hevc.mp4', 'video/mp4', /^131053 .*video codec/],
  ['video', 'video_mpeg4_part2.mp4', 'video/mp4', /^131053 .*video codec/],
  ['video', 'video_mp3_audio.mp4', 'video/mp4', /^131053 .*audio codec/],
  ['video', 'video_two_audio.mp4', 'video/mp4', /^131053 .*one audio stream/],
  ['video', 'video_quicktime.mov', 'video/mp4', /^131053 .*video\/quicktime/],
  ['audio', 'audio.m4a', 'audio/mp4', /^delivered/],
  ['audio', 'audio.aac', 'audio/aac', /^delivered/],
  ['audio', 'audio.mp3', 'audio/mpeg', /^delivered/],
  ['audio', 'audio_opus_mono.ogg', 'audio/ogg; codecs=opus', /^delivered/],
  ['audio', 'audio_opus_mono.ogg', 'audio/ogg', /^delivered/, { voice: true }],
  ['audio', 'audio.mp3', 'audio/mpeg', /^131053 .*OPUS/, { voice: true }],
  ['audio', 'audio_vorbis.ogg', 'audio/ogg', /^131053 .*OPUS/],
  ['audio', 'audio_opus_stereo.ogg', 'audio/ogg', /^131053 .*mono/],
  ['audio', 'audio.wav', 'audio/mpeg', /^131053/],
  ['document', 'document.docx', 'application/pdf', /^delivered/],
]
for (const [kind, file, mimeType, fate, more = {}] of CASES) {
  test(`${file} as ${kind}, declared ${mimeType}${'voice' in more ? ', as a voice message' : ''}: ${fate.source}`, async () => {
    assert.match(await fateOf({ type: kind, [kind]: { id: uploaded(file, mimeType), ...more } }), fate)
  })
}

test('the same checks apply in headers, on cards and in templates', async () => {
  const wrong = { type: 'image', image: { id: uploaded('document.pdf', 'application/pdf') } }
  const right = { type: 'image', image: { id: uploaded('image_rgb24.png', 'image/png') } }
  const card = (header: object, i: number): object => ({
    card_index: i,
    header,
    action: { name: 'cta_url', parameters: { display_text: 'Go', url: 'https://x.example' } },
  })
  const button = (header: object): object => ({
    type: 'interactive',
    interactive: {
      type: 'button',
      header,
      body: { text: 'x' },
      action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] },
    },
  })
  const carousel = (header: object): object => ({
    type: 'interactive',
    interactive: { type: 'carousel', body: { text: 'x' }, action: { cards: [card(right, 0), card(header, 1)] } },
  })
  const template = (header: object): object => ({
    type: 'template',
    template: {
      name: 'test_header_image_5',
      language: { code: 'en_US' },
      components: [{ type: 'header', parameters: [header] }],
    },
  })
  for (const made of [button, carousel, template]) {
    assert.equal(await fateOf(made(right)), 'delivered')
    assert.match(await fateOf(made(wrong)), /^131053/)
  }
})

test('a link to this machine is fetched when fetching is on', async () => {
  const files: Record<string, [string, string]> = {
    '/good.mp4': ['video_h264_aac.mp4', 'video/mp4'],
    '/hevc.mp4': ['video_hevc.mp4', 'video/mp4'],
    '/page.mp4': ['video_h264_aac.mp4', 'text/html'],
  }
  const server = createServer((request, response) => {
    const [file, type] = files[request.url ?? '']!
    response.writeHead(200, { 'content-type': type }).end(bytesOf(file))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    const fate = (path: string): Promise<string> => fateOf({ type: 'video', video: { link: origin + path } })
    assert.equal(await fate('/good.mp4'), 'delivered')
    assert.match(await fate('/hevc.mp4'), /^131053 .*video codec/)
    assert.match(await fate('/page.mp4'), /^131053 .*text\/html/)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
