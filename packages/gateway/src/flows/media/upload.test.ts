import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, beforeEach, test } from 'node:test'
import { createCloudApi, type CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError, NoAnswer } from '../../platform/cloud-api/errors.ts'
import { MediaBroken, MediaRefused, uploadStream, type Uploaded, type UploadRequest } from './upload.ts'

const MIB = 1024 * 1024
const file = (name: string) => readFileSync(new URL(`../../../../../test/fixtures/media/${name}`, import.meta.url))

let received: { bytes: number; start: string; complete: boolean }[] = []
let refuseUploads = false
const server = createServer((request, response) => {
  const entry = { bytes: 0, start: '', complete: false }
  received.push(entry)
  if (refuseUploads) {
    response.writeHead(400).end('{"error":{"message":"(#100) no","code":100}}')
    return
  }
  request.on('data', (chunk: Buffer) => {
    if (entry.start.length < 1_000) entry.start += chunk.toString('latin1')
    entry.bytes += chunk.length
  })
  request.on('error', () => {})
  request.on('end', () => {
    entry.complete = true
    response.end('{"id":"990011"}')
  })
})
let api: CloudApi

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  api = createCloudApi({ origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, version: 'v25.0' })
})
beforeEach(() => {
  received = []
  refuseUploads = false
})
after(async () => {
  await api.close()
  server.closeAllConnections()
  server.close()
})

function upload(stream: Readable, filename: string, more: Partial<UploadRequest> = {}): Promise<Uploaded> {
  return uploadStream({ api, phoneNumberId: '301', token: 'token', stream, filename, ...more })
}

/** `head`, then zeros up to `size`, in chunks as from a socket. */
function large(head: Buffer, size: number): Readable {
  const zeros = Buffer.alloc(64 * 1024)
  function* chunks() {
    yield head
    for (let left = size - head.length; left > 0; left -= zeros.length) yield zeros.subarray(0, left)
  }
  return Readable.from(chunks(), { objectMode: false })
}

const TYPES: [name: string, as: string, mimeType: string, kind: string][] = [
  ['image_rgb24.png', 'a.png', 'image/png', 'image'],
  ['image_rgb24.png', 'a.pdf', 'image/png', 'image'],
  ['image_rgb24.png', '', 'image/png', 'image'],
  ['image_colour.jpeg', 'a.jpg', 'image/jpeg', 'image'],
  ['sticker_animated.webp', 'a.webp', 'image/webp', 'sticker'],
  ['video_h264_aac.mp4', 'a.mp4', 'video/mp4', 'video'],
  ['video_h264_aac.3gp', 'a.3gp', 'video/3gpp', 'video'],
  ['audio.m4a', 'a.m4a', 'audio/mp4', 'audio'],
  ['audio.aac', 'a.aac', 'audio/aac', 'audio'],
  ['audio.mp3', 'a.mp3', 'audio/mpeg', 'audio'],
  ['audio_opus_mono.ogg', 'a.ogg', 'audio/ogg', 'audio'],
  ['document.pdf', 'a', 'application/pdf', 'document'],
  ['document.docx', 'a.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'document'],
  ['README.md', 'a.txt', 'text/plain', 'document'],
]
for (const [name, as, mimeType, kind] of TYPES) {
  test(`${name} as "${as}" is uploaded as ${mimeType}`, async () => {
    const bytes = file(name)
    const uploaded = await upload(Readable.from([bytes]), as)
    assert.deepEqual(uploaded, { id: '990011', mimeType, kind, bytes: bytes.length })
    assert.equal(received.length, 1)
    assert(received[0]!.start.includes(`name="type"\r\n\r\n${mimeType}\r\n`))
    assert.match(received[0]!.start, /filename="[^"]+"/)
  })
}

/** In chunks of `size` bytes. */
function cut(bytes: Buffer, size: number): Readable {
  function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  return Readable.from(chunks(), { objectMode: false })
}

const FILMS: [name: string, reason: string | undefined][] = [
  ['video_h264_aac.mp4', undefined],
  ['video_h264_aac.3gp', undefined],
  ['video_moov_at_end.mp4', undefined],
  ['video_silent.mp4', undefined],
  ['audio.m4a', undefined],
  ['video_hevc.mp4', 'video_codec'],
  ['video_mpeg4_part2.mp4', 'video_codec'],
  ['video_mp3_audio.mp4', 'video_audio_codec'],
  ['video_two_audio.mp4', 'video_audio_tracks'],
]
for (const [name, reason] of FILMS) {
  test(`${name}: its tracks are checked as those of a link, in chunks of any size`, async () => {
    for (const size of [1_000_000, 4096, 7]) {
      received = []
      const bytes = file(name)
      const sent = upload(cut(bytes, size), name)
      if (reason === undefined) assert.equal((await sent).bytes, bytes.length)
      else {
        await assert.rejects(sent, (error: Error) => {
          assert.ok(error instanceof MediaRefused, String(error))
          assert.deepEqual([error.status, error.refusal.reason], [415, reason])
          return true
        })
        assert.ok(!received.some(({ complete }) => complete), 'Meta never has it whole')
      }
    }
  })
}

test('a video whose index stands after 3 MiB of media data is checked too', async () => {
  const bytes = file('video_hevc.mp4')
  const padding = Buffer.alloc(3 * MIB)
  padding.writeUInt32BE(padding.length)
  padding.write('mdat', 4)
  const ftyp = bytes.readUInt32BE(0)
  const film = Buffer.concat([bytes.subarray(0, ftyp), padding, bytes.subarray(ftyp)])
  await assert.rejects(upload(cut(film, 64 * 1024), 'a.mp4'), (error: Error) => {
    return error instanceof MediaRefused && error.refusal.reason === 'video_codec'
  })
})

test('an index with hundreds of thousands of boxes proves nothing, and takes little memory', async () => {
  const boxes = Buffer.alloc(8 * 200_000, Buffer.from('\x00\x00\x00\x08trak', 'latin1'))
  const film = Buffer.concat([file('video_h264_aac.mp4').subarray(0, 32), boxes])
  assert.equal((await upload(cut(film, 64 * 1024), 'a.mp4')).bytes, film.length)
})

test('old office files are distinguished by their names', async () => {
  const bytes = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(1_000)])
  assert.equal((await upload(Readable.from([bytes]), 'a.xls')).mimeType, 'application/vnd.ms-excel')
  await assert.rejects(upload(Readable.from([bytes]), 'a.bin'), MediaRefused)
})

const REFUSED: [what: string, bytes: Buffer, name: string][] = [
  ['a GIF', file('image.gif'), 'a.png'],
  ['a WAV', file('audio.wav'), 'a.mp3'],
  ['a QuickTime film', file('video_quicktime.mov'), 'a.mp4'],
  ['Vorbis in Ogg', file('audio_vorbis.ogg'), 'a.ogg'],
  ['Opus in stereo', file('audio_opus_stereo.ogg'), 'a.ogg'],
  ['a picture in SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'a.txt'],
  ['SVG behind XML', Buffer.from('<?xml version="1.0"?>\n<svg width="1"/>'), ''],
  ['SVG by its name', Buffer.from('\n'.repeat(5_000) + '<svg width="1"/>'), 'a.svg'],
  ['a table by its name', Buffer.from('a,b\n1,2\n'), 'a.csv'],
  ['a page', Buffer.from('<!doctype html><html>'), 'a.txt'],
  ['nothing', Buffer.alloc(0), 'a.txt'],
  ['a program', Buffer.from('7f454c460201010000000000', 'hex'), 'a.txt'],
  ['noise', Buffer.from('00ff00fe00fd', 'hex'), 'a.txt'],
]
for (const [what, bytes, name] of REFUSED) {
  test(`${what} is refused with 415 before Meta gets it`, async () => {
    const stream = Readable.from([bytes])
    await assert.rejects(upload(stream, name), (error: Error) => error instanceof MediaRefused && error.status === 415)
    assert.equal(received.length, 0)
    assert(stream.destroyed)
  })
}

test('a file of another kind than requested is refused', async () => {
  await assert.rejects(upload(Readable.from([file('document.pdf')]), 'a.png', { kind: 'image' }), MediaRefused)
})

const LIMITS: [name: string, bytes: number][] = [
  ['image_rgb24.png', 5 * MIB],
  ['audio.mp3', 16 * MIB],
  ['sticker_static.webp', 100 * 1024],
  ['sticker_animated.webp', 500 * 1024],
]
for (const [name, limit] of LIMITS) {
  test(`${name}: ${limit} bytes are uploaded, one more is refused with 413 and the upload to Meta is cut off`, async () => {
    assert.equal((await upload(large(file(name), limit), name)).bytes, limit)
    const stream = large(file(name), limit + 1)
    await assert.rejects(upload(stream, name), (error: Error) => {
      assert(error instanceof MediaRefused)
      assert.deepEqual([error.status, error.refusal.reason, error.refusal.limit], [413, 'media_too_large', limit])
      return true
    })
    assert(stream.destroyed)
    assert.deepEqual(
      received.map(({ complete }) => complete).filter((complete) => !complete).length,
      received.length - 1,
    )
  })
}

test('a file whose stated length is too large is not started', async () => {
  const length = 6 * MIB
  await assert.rejects(upload(large(file('image_rgb24.png'), length), 'a.png', { length }), MediaRefused)
  assert.equal(received.length, 0)
})

test('a file that breaks off is reported as broken', async () => {
  function* chunks() {
    yield file('document.pdf')
    yield Buffer.alloc(100_000)
    throw new Error('the client went away')
  }
  await assert.rejects(upload(Readable.from(chunks(), { objectMode: false }), 'a.pdf'), MediaBroken)
  const atOnce = new Readable({ read: () => void atOnce.destroy(new Error('at once')) })
  await assert.rejects(upload(atOnce, 'a.pdf'), MediaBroken)
})

test('a stalled stream ends with the timeout of the upload', async () => {
  const stalled = new Readable({ read() {} })
  stalled.push(Buffer.concat([file('document.pdf'), Buffer.alloc(100_000)]))
  const started = performance.now()
  await assert.rejects(upload(stalled, 'a.pdf', { timeoutMs: 200 }), NoAnswer)
  assert(performance.now() - started < 2_000)
  assert(stalled.destroyed)
})

for (const [what, name] of [
  ['of a wrong type', 'image.gif'],
  ['too large', 'image_rgb24.png'],
] as const) {
  test(`the rest of a file ${what} is drained when it is part of a request`, async () => {
    const stream = large(file(name), 8 * MIB)
    const ended = new Promise((done) => stream.once('end', done))
    await assert.rejects(upload(stream, name, { rest: 'drain' }), MediaRefused)
    await ended
  })
}

test('Meta’s error is thrown, and the file is released', async () => {
  refuseUploads = true
  const stream = large(file('document.pdf'), 3 * MIB)
  await assert.rejects(upload(stream, 'a.pdf'), (error: Error) => {
    // Meta may answer and close the connection while we still write. Then the answer is lost with the connection.
    return error instanceof CloudApiError || error instanceof NoAnswer
  })
  assert(stream.destroyed)
})

test('a file of 100 MB is streamed: memory grows by less than 32 MB', async () => {
  await upload(large(file('document.pdf'), 10 * MIB), 'warm.pdf')
  const before = process.memoryUsage().rss
  let peak = before
  const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5)
  const { bytes } = await upload(large(file('document.pdf'), 100 * MIB), 'a.pdf')
  clearInterval(sampler)
  assert.equal(bytes, 100 * MIB)
  assert(received[1]!.bytes > 100 * MIB)
  const growth = (peak - before) / MIB
  assert(growth < 32, `${growth} MB`)
})
