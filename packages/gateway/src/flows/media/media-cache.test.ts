import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import type { FilePart } from '../../platform/cloud-api/multipart.ts'
import { createOutbound, type Outbound } from '../../platform/outbound/guard.ts'
import {
  createMediaCache,
  MediaUnreachable,
  type KeptMedia,
  type MediaCache,
  type MediaStorage,
} from './media-cache.ts'
import { MediaRefused } from './upload.ts'

const PNG = readFileSync(new URL('../../../../../test/fixtures/media/image_rgb24.png', import.meta.url))
const CHANNEL = { id: 'ch1', phoneNumberId: '301', token: 'token' }
const DAY = 24 * 3600_000

let fetches = 0
let serve: (request: IncomingMessage, response: ServerResponse) => void
const server = createServer((request, response) => {
  fetches++
  serve(request, response)
})

let uploads: { phoneNumberId: string; name: string; type: string; length: number | undefined; bytes: Buffer }[] = []
const api = {
  async uploadMedia(phoneNumberId: string, _token: string, { body, name, type, length }: FilePart) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.concat(await body.toArray())
    uploads.push({ phoneNumberId, name, type, length, bytes })
    return String(990_000 + uploads.length)
  },
}

function memoryStorage() {
  const rows = new Map<string, KeptMedia>()
  let gets = 0
  const storage: MediaStorage = {
    async get(channelId, url) {
      gets++
      return rows.get(`${channelId} ${url}`)
    },
    async put(channelId, url, media) {
      rows.set(`${channelId} ${url}`, media)
    },
    async remove(channelId, url) {
      rows.delete(`${channelId} ${url}`)
    },
  }
  return { storage, gets: () => gets }
}

let clock: ManualClock
let outbound: Outbound
let link = ''
let storage: ReturnType<typeof memoryStorage>
let cache: MediaCache

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  link = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pictures/summer%20sale.png?v=1`
  outbound = createOutbound({ allow: ['127.0.0.1'] })
})
beforeEach(() => {
  fetches = 0
  uploads = []
  clock = new ManualClock()
  storage = memoryStorage()
  cache = createMediaCache({ api, outbound, storage: storage.storage, clock, timeoutMs: 400 })
  serve = (_, response) => void response.writeHead(200, { 'content-length': PNG.length }).end(PNG)
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await outbound.close()
})

test('ten thousand sends of one link fetch and upload it once', async () => {
  const ids = await Promise.all(Array.from({ length: 5_000 }, () => cache.idFor(CHANNEL, link, 'image')))
  for (let i = 0; i < 5_000; i++) ids.push(await cache.idFor(CHANNEL, link, 'image'))
  assert.deepEqual(new Set(ids), new Set(['990001']))
  assert.deepEqual([fetches, uploads.length, storage.gets()], [1, 1, 1])
  const { name, type, length, bytes, phoneNumberId } = uploads[0]!
  assert.deepEqual([name, type, length, phoneNumberId], ['summer sale.png', 'image/png', PNG.length, '301'])
  assert(bytes.equals(PNG))
})

test('an id survives a restart, and is renewed before Meta deletes the file', async () => {
  await cache.idFor(CHANNEL, link, 'image')
  const again = () => createMediaCache({ api, outbound, storage: storage.storage, clock })
  clock.advance(29 * DAY - 1)
  assert.equal(await again().idFor(CHANNEL, link, 'image'), '990001')
  assert.equal(uploads.length, 1)
  clock.advance(1)
  assert.equal(await again().idFor(CHANNEL, link, 'image'), '990002')
  assert.equal(await cache.idFor(CHANNEL, link, 'image'), '990002')
  assert.equal(uploads.length, 2)
})

test('an id belongs to its channel, and to the kind it was checked as', async () => {
  await cache.idFor(CHANNEL, link, 'image')
  await cache.idFor({ ...CHANNEL, id: 'ch2', phoneNumberId: '302' }, link, 'image')
  assert.deepEqual(
    uploads.map((upload) => upload.phoneNumberId),
    ['301', '302'],
  )
  await assert.rejects(cache.idFor(CHANNEL, link, 'sticker'), MediaRefused)
})

test('an id that Meta has lost can be removed', async () => {
  await cache.idFor(CHANNEL, link, 'image')
  await cache.forget(CHANNEL.id, link)
  assert.equal(await cache.idFor(CHANNEL, link, 'image'), '990002')
})

test('a failure reaches all waiting calls, and the next call tries again', async () => {
  serve = (_, response) => void response.writeHead(404).end()
  const both = await Promise.allSettled([1, 2].map(() => cache.idFor(CHANNEL, link, 'image')))
  for (const result of both) assert(result.status === 'rejected' && result.reason instanceof MediaUnreachable)
  assert.equal(fetches, 1)
  serve = (_, response) => void response.end(PNG)
  assert.equal(await cache.idFor(CHANNEL, link, 'image'), '990001')
})

const UNREACHABLE: [what: string, respond: typeof serve][] = [
  [
    'breaks off',
    (_, response) => void response.writeHead(200, { 'content-length': 999_999 }).write(PNG, () => response.destroy()),
  ],
  ['never answers', () => {}],
  ['never ends', (_, response) => void response.writeHead(200, { 'content-length': 999_999 }).write(PNG)],
  ['goes in circles', (_, response) => void response.writeHead(302, { location: '/' }).end()],
]
for (const [what, respond] of UNREACHABLE) {
  test(`a host that ${what}: unreachable, and nothing is uploaded`, async () => {
    serve = respond
    await assert.rejects(
      cache.idFor(CHANNEL, link, 'image'),
      (error: Error) => error instanceof MediaUnreachable && error.reason === 'media_unreachable',
    )
    assert.equal(uploads.length, 0)
  })
}

test('a private host is not fetched, directly or by redirect', async () => {
  const isPrivate = (error: Error) => error instanceof MediaUnreachable && error.reason === 'media_host_not_public'
  await assert.rejects(cache.idFor(CHANNEL, 'http://10.0.0.1/a.png', 'image'), isPrivate)
  serve = (_, response) => void response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
  await assert.rejects(cache.idFor(CHANNEL, link, 'image'), isPrivate)
  await assert.rejects(cache.idFor(CHANNEL, 'nonsense', 'image'), MediaUnreachable)
})

test('a file over the limit is refused by its length before it is read', async () => {
  serve = (_, response) =>
    void response
      .writeHead(200, { 'content-length': 6 * 1024 * 1024 })
      .write(Buffer.concat([PNG, Buffer.alloc(100_000)]))
  await assert.rejects(
    cache.idFor(CHANNEL, link, 'image'),
    (error: Error) => error instanceof MediaRefused && error.status === 413,
  )
  assert.equal(uploads.length, 0)
})
