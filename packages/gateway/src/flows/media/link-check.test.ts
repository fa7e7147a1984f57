import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { createOutbound, type Outbound } from '../../platform/outbound/guard.ts'
import type { MediaKind } from './formats.ts'
import { tracksOf } from './track-reader.ts'
import { createLinkCheck, type LinkCheck } from './link-check.ts'
import type { Verdict } from '../../domain/media/verdict.ts'

const MIB = 1024 * 1024
const file = (name: string) => readFileSync(new URL(`../../../../../test/fixtures/media/${name}`, import.meta.url))

type Served = {
  bytes: Buffer
  ranges?: boolean
  respond?: (request: IncomingMessage, response: ServerResponse) => void
}

let served = new Map<string, Served>()
let asked: { path: string; range: string | undefined }[] = []

const server = createServer((request, response) => {
  const path = request.url!
  const { range } = request.headers
  asked.push({ path, range })
  const found = served.get(path)
  if (!found) return void response.writeHead(404).end('not here')
  if (found.respond) return found.respond(request, response)
  const { bytes, ranges = true } = found
  const wanted = ranges ? /^bytes=(\d+)-(\d+)$/.exec(range ?? '') : null
  if (!wanted) return void response.writeHead(200, { 'content-length': bytes.length }).end(bytes)
  const [start, end] = [Number(wanted[1]), Math.min(Number(wanted[2]), bytes.length - 1)]
  if (start >= bytes.length) {
    return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
  }
  const part = bytes.subarray(start, end + 1)
  response.writeHead(206, { 'content-range': `bytes ${start}-${end}/${bytes.length}`, 'content-length': part.length })
  response.end(part)
})

const clock = new ManualClock()
let origin = ''
let outbound: Outbound
let links: LinkCheck

before(async () => {
  // The thread that parses videos starts with the first one. The time limit of these tests is for the check only.
  await tracksOf(0, async () => new Uint8Array())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  outbound = createOutbound({
    allow: ['127.0.0.1'],
    resolve: async (host) => [{ address: host === 'intranet.example' ? '10.0.0.1' : '127.0.0.1', family: 4 }],
  })
})
beforeEach(() => {
  served = new Map()
  asked = []
  links = createLinkCheck({ outbound, clock, budgetMs: 500 })
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await outbound.close()
})

async function probe(kind: MediaKind, bytes: Buffer, more: Partial<Served> = {}, path = '/file'): Promise<Verdict> {
  served.set(path, { bytes, ...more })
  return links.check(origin + path, kind, 'probe')
}

function short(verdict: Verdict): string {
  return verdict.ok ? verdict.evidence : verdict.reason
}

/** A box of `size` bytes that players skip. */
function free(size: number): Buffer {
  const box = Buffer.alloc(size)
  box.writeUInt32BE(size, 0)
  box.write('free', 4)
  return box
}

/** The same video with its index far back: a large box stands before the media data. */
function stretched(name: string, by: number): Buffer {
  const bytes = file(name)
  const at = bytes.indexOf('mdat') - 4
  return Buffer.concat([bytes.subarray(0, at), free(by), bytes.subarray(at)])
}

// The link names no format, so that only the bytes decide.
const FILES: [name: string, kind: MediaKind, expected: string][] = [
  ['image_rgb24.png', 'image', 'content'],
  ['image_rgba.png', 'image', 'content'],
  ['image_palette.png', 'image', 'content'],
  ['image_rgb48be.png', 'image', 'image_not_rgb'],
  ['image_gray.png', 'image', 'content'],
  ['image_colour.jpeg', 'image', 'content'],
  ['image.gif', 'image', 'media_type_wrong'],
  ['sticker_static.webp', 'image', 'media_type_wrong'],
  ['document.pdf', 'image', 'media_type_wrong'],
  ['video_h264_aac.mp4', 'image', 'media_type_wrong'],
  ['sticker_static.webp', 'sticker', 'content'],
  ['sticker_animated.webp', 'sticker', 'content'],
  ['image_rgb24.png', 'sticker', 'media_type_wrong'],
  ['video_h264_aac.mp4', 'video', 'content'],
  ['video_h264_aac.3gp', 'video', 'content'],
  ['video_moov_at_end.mp4', 'video', 'content'],
  ['video_silent.mp4', 'video', 'content'],
  ['video_hevc.mp4', 'video', 'video_codec'],
  ['video_mpeg4_part2.mp4', 'video', 'video_codec'],
  ['video_two_audio.mp4', 'video', 'video_audio_tracks'],
  ['video_mp3_audio.mp4', 'video', 'video_audio_codec'],
  ['video_quicktime.mov', 'video', 'media_type_wrong'],
  ['audio.m4a', 'video', 'media_type_wrong'],
  ['image_rgb24.png', 'video', 'media_type_wrong'],
  ['audio.aac', 'audio', 'content'],
  ['audio.m4a', 'audio', 'content'],
  ['audio.mp3', 'audio', 'content'],
  ['audio_opus_mono.ogg', 'audio', 'content'],
  ['audio_opus_stereo.ogg', 'audio', 'audio_not_mono'],
  ['audio_vorbis.ogg', 'audio', 'audio_codec'],
  ['audio.wav', 'audio', 'media_type_wrong'],
  ['video_h264_aac.mp4', 'audio', 'media_type_wrong'],
  ['document.pdf', 'document', 'content'],
  ['document.docx', 'document', 'content'],
  ['image_rgb24.png', 'document', 'media_type_wrong'],
]
for (const [name, kind, expected] of FILES) {
  test(`${name} as ${kind}: ${expected}`, async () => {
    assert.equal(short(await probe(kind, file(name))), expected)
  })
}

test('a JPEG in shades of gray is accepted, one in CMYK is refused', async () => {
  const [colour, gray, cmyk] = [3, 1, 4].map((components) => {
    const bytes = Buffer.from(file('image_colour.jpeg'))
    bytes[bytes.indexOf(Buffer.from([0xff, 0xc0])) + 9] = components
    return bytes
  })
  assert.equal(short(await probe('image', colour!, {}, '/colour')), 'content')
  assert.equal(short(await probe('image', gray!, {}, '/gray')), 'content')
  assert.equal(short(await probe('image', cmyk!, {}, '/cmyk')), 'image_not_rgb')
})

test('plain text is a document, an HTML page is not', async () => {
  assert.equal(short(await probe('document', Buffer.from('Dear customer,\nyour invoice …'))), 'content')
  assert.equal(
    short(await probe('document', Buffer.from('\n<!DOCTYPE html><html>Sign in</html>'), {}, '/b')),
    'media_type_wrong',
  )
  assert.equal(
    short(await probe('image', Buffer.from(`{"error":"${'expired '.repeat(9)}"}`), {}, '/c')),
    'media_type_wrong',
  )
})

test('a WebP with the extension .png is refused as a WebP', async () => {
  const verdict = await probe('image', file('sticker_static.webp'), {}, '/logo.png')
  assert(!verdict.ok)
  assert.deepEqual([verdict.rule, verdict.actual], ['type', 'image/webp'])
  assert.match(verdict.message, /image\/webp.+image\/jpeg or image\/png/)
})

test('the index at the end of a large video is found by few and small range requests', async () => {
  for (const [name, expected] of [
    ['video_moov_at_end.mp4', 'content'],
    ['video_hevc.mp4', 'video_codec'],
    ['video_two_audio.mp4', 'video_audio_tracks'],
  ] as const) {
    asked = []
    assert.equal(short(await probe('video', stretched(name, 10 * MIB), {}, `/${name}`)), expected)
    assert(asked.length <= 4, String(asked.length))
  }
})

test('a host without range requests is read up to the limit, and what follows proves nothing', async () => {
  const early = await probe(
    'video',
    Buffer.concat([file('video_hevc.mp4'), free(3 * MIB)]),
    { ranges: false },
    '/early',
  )
  assert.equal(short(early), 'video_codec')
  const late = await probe('video', stretched('video_hevc.mp4', 3 * MIB), { ranges: false }, '/late')
  assert.equal(short(late), 'content')
  assert.equal(asked.length, 2)
})

function image(bytes: number): Buffer {
  const start = file('image_rgb24.png')
  return Buffer.concat([start, Buffer.alloc(bytes - start.length)])
}

for (const ranges of [true, false]) {
  test(`five megabytes pass, one byte more does not (${ranges ? 'with' : 'without'} ranges)`, async () => {
    assert.equal(short(await probe('image', image(5 * MIB), { ranges }, '/fits')), 'content')
    const verdict = await probe('image', image(5 * MIB + 1), { ranges }, '/over')
    assert(!verdict.ok)
    assert.deepEqual([verdict.reason, verdict.limit, verdict.actual], ['media_too_large', 5 * MIB, 5 * MIB + 1])
  })
}

test('a static sticker has a lower limit than an animated one', async () => {
  const padded = (name: string, bytes: number) => Buffer.concat([file(name), Buffer.alloc(bytes - file(name).length)])
  assert.equal(
    short(await probe('sticker', padded('sticker_static.webp', 100 * 1024 + 1), {}, '/a')),
    'media_too_large',
  )
  assert.equal(short(await probe('sticker', padded('sticker_animated.webp', 100 * 1024 + 1), {}, '/b')), 'content')
  assert.equal(
    short(await probe('sticker', padded('sticker_animated.webp', 500 * 1024 + 1), {}, '/c')),
    'media_too_large',
  )
})

test('a total size that the bytes contradict proves nothing', async () => {
  const bytes = file('image_rgb24.png')
  const verdict = await probe('image', bytes, {
    respond(request, response) {
      if (request.headers.range !== 'bytes=0-65535') return void response.writeHead(416).end()
      const headers = { 'content-range': `bytes 0-${bytes.length - 1}/99999999`, 'content-length': bytes.length }
      response.writeHead(206, headers).end(bytes)
    },
  })
  assert.equal(short(verdict), 'content')
  assert.equal(asked.length, 2)
})

test('a file without a length is judged by its first bytes only', async () => {
  const endless = {
    respond(_: IncomingMessage, response: ServerResponse) {
      response.writeHead(200)
      response.write(file('image_rgb24.png'))
      const more = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 1)
      response.on('close', () => clearInterval(more))
    },
  }
  assert.equal(short(await probe('image', Buffer.alloc(0), endless)), 'content')
})

const NO_EVIDENCE: [what: string, respond: NonNullable<Served['respond']>][] = [
  ['never answers', () => {}],
  ['answers 403', (_, response) => void response.writeHead(403).end()],
  ['answers 500', (_, response) => void response.writeHead(500).end()],
  ['hangs up', (_, response) => void response.destroy()],
  ['sends nothing', (_, response) => void response.writeHead(200, { 'content-length': 0 }).end()],
  [
    'breaks off',
    (_, response) => void response.writeHead(200, { 'content-length': 900 }).write('x', () => response.destroy()),
  ],
  ['packs the file', (_, response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('GIF89a')],
  ['redirects in a circle', (_, response) => void response.writeHead(302, { location: '/file' }).end()],
  [
    'drips',
    (_, response) => {
      response.writeHead(200, { 'content-length': 100_000 })
      const drip = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(drip))
    },
  ],
]
for (const [what, respond] of NO_EVIDENCE) {
  test(`a host that ${what} proves nothing, and costs at most the time limit`, async () => {
    const started = performance.now()
    const verdict = await probe('image', Buffer.alloc(0), { respond })
    assert(verdict.ok && verdict.evidence === 'none', JSON.stringify(verdict))
    assert(verdict.why.length > 5)
    assert(performance.now() - started < 900)
  })
}

test('a missing file and an unknown host prove nothing', async () => {
  assert.equal(short(await links.check(`${origin}/missing`, 'image', 'probe')), 'none')
  assert.equal(short(await links.check('http://127.0.0.1:9/x.png', 'image', 'probe')), 'none')
})

test('redirects are followed to the file', async () => {
  served.set('/short', {
    bytes: Buffer.alloc(0),
    respond: (_, response) => void response.writeHead(301, { location: '/long' }).end(),
  })
  served.set('/long', { bytes: stretched('video_hevc.mp4', MIB) })
  assert.equal(short(await links.check(`${origin}/short`, 'video', 'probe')), 'video_codec')
  assert.equal(asked.filter(({ path }) => path === '/short').length, 1)
})

for (const target of [
  'http://10.0.0.1/x',
  'http://[::1]/x',
  'http://169.254.169.254/latest',
  'http://intranet.example/x',
  'file:///etc/passwd',
]) {
  test(`a redirect to ${target} is refused`, async () => {
    const verdict = await probe('image', Buffer.alloc(0), {
      respond: (_, response) => void response.writeHead(302, { location: target }).end(),
    })
    assert.equal(short(verdict), 'media_host_not_public')
  })
}

test('a host that resolves to a private address is refused', async () => {
  assert.equal(short(await links.check('http://intranet.example/x.png', 'image', 'probe')), 'media_host_not_public')
})

const URLS: [url: string, kind: MediaKind, expected: string][] = [
  ['https://files.example/a.jpg', 'image', 'url'],
  ['https://files.example/a.JPEG', 'image', 'url'],
  ['https://files.example/a.png?x-oss-process=image/format,webp', 'image', 'url'],
  ['https://files.example/a?name=.gif', 'image', 'url'],
  ['https://files.example/a#.gif', 'image', 'url'],
  ['https://files.example/photo', 'image', 'url'],
  ['https://files.example/v1.2/photo', 'image', 'url'],
  ['https://files.example/get.php?id=7', 'image', 'url'],
  ['https://user:pass@files.example:8443/a.png', 'image', 'url'],
  ['https://files.example/a.gif', 'image', 'media_type_wrong'],
  ['https://files.example/a.WEBP?v=1', 'image', 'media_type_wrong'],
  ['https://files.example/a.mp4', 'image', 'media_type_wrong'],
  ['https://files.example/a.mp4', 'video', 'url'],
  ['https://files.example/a.3gp', 'video', 'url'],
  ['https://files.example/a.mov', 'video', 'media_type_wrong'],
  ['https://files.example/a.ogg', 'audio', 'url'],
  ['https://files.example/a.wav', 'audio', 'media_type_wrong'],
  ['https://files.example/a.xlsx', 'document', 'url'],
  ['https://files.example/a.zip', 'document', 'media_type_wrong'],
  ['https://files.example/a.webp', 'sticker', 'url'],
  ['https://files.example/a.png', 'sticker', 'media_type_wrong'],
  ['ftp://files.example/a.png', 'image', 'media_url_invalid'],
  ['files.example/a.png', 'image', 'media_url_invalid'],
  ['', 'image', 'media_url_invalid'],
  ['http://10.0.0.1/a.png', 'image', 'media_host_not_public'],
  ['http://0x0a000001/a.png', 'image', 'media_host_not_public'],
  ['http://[::1]/a.png', 'image', 'media_host_not_public'],
  ['http://localhost/a.png', 'image', 'media_host_not_public'],
]
for (const [url, kind, expected] of URLS) {
  test(`${url} as ${kind}, by the link only: ${expected}`, async () => {
    const strict = createLinkCheck({ outbound: createOutbound({ allow: [] }) })
    assert.equal(short(await strict.check(url, kind, 'type')), expected)
    if (expected !== 'url') assert.equal(short(await strict.check(url, kind, 'probe')), expected)
    assert.equal(asked.length, 0)
  })
}

test('with the check off, every link passes', async () => {
  assert((await links.check('ftp://10.0.0.1/a.gif', 'image', 'off')).ok)
})

test('a verdict is cached for ten minutes, per kind', async () => {
  const paths = { '/good': 'content', '/bad': 'media_type_wrong', '/missing': 'none' }
  served.set('/good', { bytes: file('image_rgb24.png') })
  served.set('/bad', { bytes: file('image.gif') })
  const round = async () => {
    for (const [path, expected] of Object.entries(paths)) {
      assert.equal(short(await links.check(origin + path, 'image', 'probe')), expected)
    }
  }
  await round()
  await round()
  assert.equal(asked.length, 3)
  clock.advance(599_999)
  await round()
  assert.equal(asked.length, 3)
  assert.equal(short(await links.check(`${origin}/good`, 'sticker', 'probe')), 'media_type_wrong')
  assert.equal(asked.length, 4)
  clock.advance(1)
  await round()
  assert.equal(asked.length, 7)
})

test('concurrent checks of one link share one request', async () => {
  served.set('/file', { bytes: file('image_rgb24.png') })
  const verdicts = await Promise.all(
    Array.from({ length: 50 }, async () => links.check(`${origin}/file`, 'image', 'probe')),
  )
  assert.deepEqual(new Set(verdicts.map(short)), new Set(['content']))
  assert.equal(asked.length, 1)
})

test('with more slow hosts than places, the rest pass unchecked and are checked next time', async () => {
  const few = createLinkCheck({ outbound, clock, budgetMs: 300, maxProbes: 2 })
  for (const path of ['/a', '/b']) served.set(path, { bytes: Buffer.alloc(0), respond: () => {} })
  served.set('/c', { bytes: file('image.gif') })
  const slow = ['/a', '/b'].map(async (path) => few.check(origin + path, 'image', 'probe'))
  const passed = await few.check(`${origin}/c`, 'image', 'probe')
  assert(passed.ok && passed.evidence === 'none')
  await Promise.all(slow)
  assert.equal(short(await few.check(`${origin}/c`, 'image', 'probe')), 'media_type_wrong')
})

test('the cache is limited, and drops the least recently used link', async () => {
  const small = createLinkCheck({ outbound, clock, maxRemembered: 2 })
  const ask = (path: string) => small.check(origin + path, 'image', 'probe')
  for (const path of ['/a', '/b', '/a', '/c', '/a']) await ask(path)
  assert.equal(asked.length, 3)
  await ask('/b')
  assert.equal(asked.length, 4)
})

test('a cached link costs microseconds', async () => {
  served.set('/file', { bytes: file('image_rgb24.png') })
  const url = `${origin}/file`
  await links.check(url, 'image', 'probe')
  const rounds = 100_000
  const started = performance.now()
  for (let i = 0; i < rounds; i++) void links.check(url, 'image', 'probe')
  const each = ((performance.now() - started) * 1000) / rounds
  // Measured below 1. The margin is for a busy machine.
  assert(each < 5, `${each} µs`)
})
