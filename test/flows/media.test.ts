import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { after, before, beforeEach, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { mediaFile, startFileHost, type FileHost } from '../support/file-host.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

type Json = Record<string, unknown>

const MIB = 1024 * 1024
const CODE = { 'certification-code': DEMO.certificationCode }
const png = mediaFile('image_rgb24.png')

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
/** Each to another contact: one contact may get only so many messages in a short time. */
const send = (body: Json) =>
  world.customer('POST', '/external/messages/whatsapp', { to: String(85_260_000_000 + people++), ...body })
const sentBodies = () =>
  world.sandbox
    .received()
    .filter((call) => call.path.endsWith('/messages'))
    .map((call) => call.body)
const uploads = () => world.sandbox.received().filter((call) => call.path.endsWith('/media')).length

async function upload(name: string, bytes: Buffer, field = 'file'): Promise<Answer> {
  const form = new FormData()
  form.set('note', 'a field that nobody asked for')
  form.set(field, new File([bytes], name))
  const response = await fetch(`${world.gateway.url}/external/media`, { method: 'POST', headers: CODE, body: form })
  return { ...((await response.json()) as Answer), http: response.status, headers: response.headers }
}

async function download(id: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${world.gateway.url}/external/media/${id}`, { headers: { ...CODE, ...headers } })
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) }
}

test('a file is uploaded, sent by its id, read back whole and in parts, and deleted', async () => {
  const answer = await upload('Fotos (Ann) ☀.png', png)
  assert.equal(answer.http, 201, JSON.stringify(answer))
  const { id, mime_type, file_size, expires_at } = answer.data as unknown as {
    id: string
    mime_type: string
    file_size: number
    expires_at: number
  }
  assert.deepEqual([mime_type, file_size], ['image/png', png.length])
  assert.ok(Math.abs(expires_at - Date.now() / 1000 - 30 * 24 * 3600) < 60)
  assert.equal((await send({ type: 'image', image: { id } })).http, 200)

  const whole = await download(id)
  assert.equal(whole.status, 200)
  assert.ok(whole.bytes.equals(png))
  const { headers } = whole
  assert.equal(headers.get('content-type'), 'image/png')
  assert.equal(headers.get('content-length'), String(png.length))
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.match(headers.get('content-security-policy')!, /sandbox/)
  assert.equal(headers.get('content-disposition'), "attachment; filename*=UTF-8''Fotos%20%28Ann%29%20%E2%98%80.png")

  const part = await download(id, { range: 'bytes=1-3' })
  assert.deepEqual([part.status, part.bytes.toString()], [206, 'PNG'])
  assert.equal(part.headers.get('content-range'), `bytes 1-3/${png.length}`)
  assert.equal((await download(id, { range: 'bytes=999999-' })).status, 416)

  const path = `/external/media/${id}`
  assert.deepEqual((await world.customer('DELETE', path)).data, { success: true })
  assert.equal((await world.customer('DELETE', path)).http, 404)
  assert.equal((await world.customer('GET', path)).http, 404)
})

test('a file of a contact is read by the id of the webhook', async () => {
  const { sandbox } = world
  const received = await sandbox.phone(DEMO.phones[0]).says({ type: 'image', image: { caption: 'Look' } })
  const { id } = received.content as { id: string }
  const { status, headers, bytes } = await download(id)
  assert.equal(status, 200)
  assert.match(headers.get('content-type')!, /^image\//)
  assert.equal(headers.get('content-disposition'), 'attachment')
  assert.ok(bytes.length > 0)
})

test('a file of a type or size that WhatsApp does not accept is refused with its type or size', async () => {
  const cases: [name: string, bytes: Buffer, http: number, reason: string][] = [
    ['a.gif', mediaFile('image.gif'), 415, 'media_type_wrong'],
    ['a.png', Buffer.from([0, 1, 2, 3, 0, 255]), 415, 'media_type_wrong'],
    ['a.png', Buffer.alloc(0), 415, 'media_type_wrong'],
    ['a.ogg', mediaFile('audio_vorbis.ogg'), 415, 'audio_codec'],
    ['a.png', Buffer.concat([png, Buffer.alloc(5 * MIB - png.length + 1)]), 413, 'media_too_large'],
    ['a.webp', Buffer.concat([mediaFile('sticker_static.webp'), Buffer.alloc(100 * 1024)]), 413, 'media_too_large'],
  ]
  for (const [name, bytes, http, reason] of cases) {
    const answer = await upload(name, bytes)
    const error = answer.error as unknown as { reason: string; fields: { path: string }[] }
    assert.deepEqual([answer.http, answer.code, error.reason, error.fields[0]?.path], [http, http, reason, 'file'])
  }
  assert.equal((await upload('a.png', png)).http, 201, 'and the next one is taken')
})

test('invalid uploads', async () => {
  const json = await world.customer('POST', '/external/media', { file: 'x' })
  assert.deepEqual([json.http, json.code], [415, 415])
  const other = await upload('a.png', png, 'picture')
  assert.deepEqual([other.http, other.message], [422, 'file: is required: one file in a part called file'])
  const post = async (type: string, body: string) => {
    const response = await fetch(`${world.gateway.url}/external/media`, {
      method: 'POST',
      headers: { ...CODE, 'content-type': type },
      body,
    })
    return { http: response.status, ...((await response.json()) as { code: number }) }
  }
  assert.equal((await post('multipart/form-data', 'x')).http, 400)
  assert.equal((await post('multipart/form-data; boundary=b', '--b--\r\n')).http, 422)
  const field = '--b\r\ncontent-disposition: form-data; name="file"\r\n\r\nnot a file\r\n--b--\r\n'
  assert.equal((await post('multipart/form-data; boundary=b', field)).http, 422)
  const unsigned = await fetch(`${world.gateway.url}/external/media`, { method: 'POST', body: new FormData() })
  assert.equal(unsigned.status, 401)
  const message = await post('multipart/form-data; boundary=b', field)
  assert.equal(message.code, 422)
})

test('an interrupted upload leaves nothing behind, here or at Meta', async () => {
  const before = uploads()
  const known = async (): Promise<number> =>
    Number((await world.gateway.store.sql.get<{ n: number }>('select count(*) as n from media'))!.n)
  const knownBefore = await known()
  await new Promise<void>((resolve) => {
    const broken = httpRequest(`${world.gateway.url}/external/media`, {
      method: 'POST',
      headers: { ...CODE, 'content-type': 'multipart/form-data; boundary=b', 'content-length': 10 * MIB },
    })
    broken.on('error', () => resolve())
    broken.write('--b\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\n')
    // Closed when a part of the file is on its way, which is before the rest could arrive.
    broken.write(Buffer.alloc(256 * 1024, 'x'), () => broken.destroy())
    broken.on('close', () => resolve())
  })
  assert.equal((await upload('a.pdf', mediaFile('document.pdf'))).http, 201)
  assert.equal(uploads() - before, 1)
  assert.equal((await known()) - knownBefore, 1)
})

test('media of another number is not accessible', async () => {
  const { number } = world.sandbox.addNumber()
  const foreign = world.sandbox.addMedia({ numberId: number.id })
  assert.equal((await download(foreign.id)).status, 404)
  assert.equal((await download('me')).status, 404)
  assert.equal((await download('..%2F..%2Fdebug_token')).status, 404)
  const sent = await send({ type: 'image', image: { id: foreign.id } })
  assert.deepEqual([sent.http, sent.code], [400, 10002])
  assert.match(sent.message, /^\(#100\) .*media attachment ID/)
})

// ── media_mode: upload ──────────────────────────────────────────────────────────────────────────

const setMode = async (mode: string) =>
  assert.equal((await world.admin('PATCH', '/admin/channels/1', { media_mode: mode })).http, 200)

beforeEach(() => setMode('link'))

/** Deletes a file at Meta without the gateway. */
async function lostAtMeta(id: string): Promise<void> {
  const response = await fetch(`${world.sandbox.url}/v25.0/${id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${DEMO.accessToken}` },
  })
  assert.equal(response.status, 200)
}

test('a link is fetched and uploaded once for all recipients, and sent by its id', async () => {
  await setMode('upload')
  const link = host.file('/once.png', png)
  const before = uploads()
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => send({ type: 'image', image: { link, caption: 'Hi' } })),
  )
  assert.deepEqual(
    answers.filter((answer) => answer.http !== 200),
    [],
  )
  assert.deepEqual([host.calls.get('/once.png'), uploads() - before], [1, 1])
  const images = sentBodies()
    .slice(-50)
    .map((body) => body.image as Json)
  assert.ok(images.every((image) => image.link === undefined && image.caption === 'Hi'))
  assert.equal(new Set(images.map((image) => image.id)).size, 1)

  // Meta loses the file: one refusal, one new upload, one more call. The customer does not notice.
  await lostAtMeta(images[0]!.id as string)
  const calls = sentBodies().length
  assert.equal((await send({ type: 'image', image: { link } })).http, 200)
  assert.equal(sentBodies().length - calls, 2)
  assert.equal(uploads() - before, 2)
  assert.notEqual((sentBodies().at(-1)!.image as Json).id, images[0]!.id)
  // A customer's send with such an id works too, because its link is known.
  assert.equal((await send({ type: 'image', image: { id: images[0]!.id } })).http, 200)
})

test('cards and template headers use ids too; a refused file is named, an unreachable one is sent by link', async () => {
  await setMode('upload')
  const good = host.file('/upload/card.png', mediaFile('image_rgba.png'))
  const away = host.at('/upload/away.png', (_, response) => void response.writeHead(500).end())
  const fake = host.file('/upload/fake.png', mediaFile('sticker_static.webp'))
  const card = (card_index: number, link: string) => ({
    card_index,
    header: { type: 'image', image: { link } },
    action: { name: 'cta_url', parameters: { display_text: 'Buy', url: 'https://shop.example/0' } },
  })
  const carousel = (...links: string[]) => ({
    type: 'interactive',
    interactive: { type: 'carousel', body: { text: 'New' }, action: { cards: links.map((link, i) => card(i, link)) } },
  })
  assert.equal((await send(carousel(good, away, good))).http, 200)
  const { action } = sentBodies().at(-1)!.interactive as { action: { cards: { header: { image: Json } }[] } }
  const images = action.cards.map((one) => one.header.image)
  assert.deepEqual(
    images.map((image) => Object.keys(image)),
    [['id'], ['link'], ['id']],
  )
  assert.deepEqual([host.calls.get('/upload/card.png'), host.calls.get('/upload/away.png')], [1, 1])

  const refused = await send(carousel(good, fake, fake))
  assert.equal(refused.http, 422)
  const { fields } = refused.error as unknown as { fields: Json[] }
  assert.deepEqual(
    fields.map((field) => [field.path, field.reason]),
    [1, 2].map((i) => [`interactive.action.cards.${i}.header.image.link`, 'media_type_wrong']),
  )
  await send(carousel(good, fake))
  assert.equal(host.calls.get('/upload/fake.png'), 1, 'a file that is no good is not fetched again for every send')

  const parameters = [{ type: 'image', image: { link: good } }]
  const template = { name: 'test_header_image_5', components: [{ type: 'header', parameters }] }
  assert.equal((await send({ type: 'template', template })).http, 200)
  const sent = sentBodies().at(-1)!.template as { components: { parameters: { image: Json }[] }[] }
  assert.deepEqual(Object.keys(sent.components[0]!.parameters[0]!.image), ['id'])
})

test('an id whose type is known is checked in a send', async () => {
  await using world = await startWorld({ webhook: false })
  await world.sandbox.phone('16505551234').says('hi')
  const uploadOf = async (name: string): Promise<string> => {
    const form = new FormData()
    form.set('file', new Blob([new Uint8Array(mediaFile(name))]), name)
    const answer = await fetch(`${world.gateway.url}/external/media`, {
      method: 'POST',
      headers: { 'certification-code': 'postern-demo-certification-code' },
      body: form,
    })
    assert.equal(answer.status, 201)
    return ((await answer.json()) as { data: { id: string } }).data.id
  }
  const [pdf, mp3, ogg, png] = await Promise.all(
    ['document.pdf', 'audio.mp3', 'audio_opus_mono.ogg', 'image_rgb24.png'].map(uploadOf),
  )
  const send = (body: Record<string, unknown>) =>
    world.customer('POST', '/external/messages/whatsapp', { to: '16505551234', ...body })
  const wrong: [body: Record<string, unknown>, path: string][] = [
    [{ type: 'image', image: { id: pdf } }, 'image.id'],
    [{ type: 'document', document: { id: png } }, 'document.id'],
    [{ type: 'audio', audio: { id: mp3, voice: true } }, 'audio.id'],
    [{ type: 'audio', audio: { link: 'https://files.example/a.mp3', voice: true } }, 'audio.link'],
    [
      {
        type: 'interactive',
        interactive: {
          type: 'button',
          header: { type: 'image', image: { id: mp3 } },
          body: { text: 'x' },
          action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] },
        },
      },
      'interactive.header.image.id',
    ],
  ]
  for (const [body, path] of wrong) {
    const answer = await send(body)
    assert.equal(answer.http, 422, JSON.stringify([body, answer]))
    const [field] = answer.error.fields as unknown as { path: string; reason: string }[]
    assert.deepEqual([field!.path, field!.reason], [path, 'media_type_wrong'])
  }
  for (const body of [
    { type: 'document', document: { id: pdf } },
    { type: 'audio', audio: { id: mp3 } },
    { type: 'audio', audio: { id: ogg, voice: true } },
    { type: 'image', image: { id: png } },
    { type: 'image', image: { id: '1234567890' } },
  ]) {
    const answer = await send(body)
    assert.notEqual(answer.http, 422, JSON.stringify([body, answer]))
  }
})
