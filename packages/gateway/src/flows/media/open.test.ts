import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import { createCloudApi, type CloudApi } from '../../platform/cloud-api/client.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { openMedia, removeMedia } from './open.ts'

const MIB = 1024 * 1024
const TOKEN = 'EAAB-token-42'

let asked: { method: string; url: string; range: string | undefined }[] = []
let serveFile: (request: IncomingMessage, response: ServerResponse) => void
let describe: (origin: string) => { status?: number; json: unknown }

const server = createServer((request, response) => {
  asked.push({ method: request.method!, url: request.url!, range: request.headers.range })
  if (request.url!.startsWith('/file')) return serveFile(request, response)
  const { status = 200, json } = describe(origin)
  response.writeHead(status).end(JSON.stringify(json))
})
let origin = ''
let api: CloudApi

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  api = createCloudApi({ origin, version: 'v25.0', timeoutMs: 1_000 })
})
beforeEach(() => {
  asked = []
  describe = (at) => ({ json: { url: `${at}/file?${TOKEN}`, mime_type: 'image/png', file_size: 9, id: '5' } })
  serveFile = (_, response) =>
    void response.writeHead(200, { 'content-type': 'image/png', 'content-length': 9 }).end('123456789')
})
after(async () => {
  await api.close()
  server.closeAllConnections()
  server.close()
})

const open = (id: string, range?: string) => openMedia({ api, phoneNumberId: '301', token: TOKEN, id, range })
const remove = (id: string) => removeMedia({ api, phoneNumberId: '301', token: TOKEN, id })

const UNKNOWN = {
  status: 400,
  json: { error: { message: 'Unsupported get request.', type: 'GraphMethodException', code: 100, error_subcode: 33 } },
}

test('a file has its bytes, type and length, and no part of the token', async () => {
  const media = (await open('5'))!
  assert.equal(media.status, 200)
  assert.equal(Buffer.concat(await media.body.toArray()).toString(), '123456789')
  assert.equal(media.headers['content-type'], 'image/png')
  assert.equal(media.headers['content-length'], '9')
  assert(!JSON.stringify(media.headers).includes(TOKEN))
  assert.deepEqual(asked[0], { method: 'GET', url: '/v25.0/5?phone_number_id=301', range: undefined })
})

test('a file of a stranger cannot run as a page', async () => {
  describe = (at) => ({ json: { url: `${at}/file`, mime_type: 'text/html\r\nx-evil: 1', id: '5' } })
  serveFile = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<script>1</script>')
  const { headers, body } = (await open('5'))!
  body.destroy()
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.equal(headers['content-disposition'], 'attachment')
  assert.match(headers['content-security-policy']!, /sandbox/)
  assert.equal(headers['content-type'], 'text/html')
})

test('a range is passed on as a range', async () => {
  serveFile = (_, response) => {
    response
      .writeHead(206, { 'content-range': 'bytes 2-4/9', 'content-length': 3, 'accept-ranges': 'bytes' })
      .end('345')
  }
  const media = (await open('5', 'bytes=2-4'))!
  assert.equal(media.status, 206)
  assert.equal(media.headers['content-range'], 'bytes 2-4/9')
  assert.equal(Buffer.concat(await media.body.toArray()).toString(), '345')
  assert.equal(asked[1]?.range, 'bytes=2-4')
})

for (const range of ['bytes=0-1,3-4', 'lines=1-2', 'bytes=-', 'bytes=1-2\r\nx: y']) {
  test(`a range that is not one part is ignored: ${JSON.stringify(range)}`, async () => {
    const media = (await open('5', range))!
    media.body.destroy()
    assert.equal(asked[1]?.range, undefined)
  })
}

test('an id that Meta does not know, or that is no media id, is missing', async () => {
  describe = () => UNKNOWN
  assert.equal(await open('5'), undefined)
  assert.equal(await remove('5'), false)
  assert.equal(asked.length, 2)
  for (const id of ['me', '../5', '', '5?fields=access_token', 'me/accounts']) {
    assert.equal(await open(id), undefined)
    assert.equal(await remove(id), false)
  }
  assert.equal(asked.length, 2)
})

test('a file that disappears before the download is missing', async () => {
  serveFile = (_, response) => void response.writeHead(404).end()
  assert.equal(await open('5'), undefined)
})

test('other errors are thrown', async () => {
  describe = () => ({ status: 401, json: { error: { message: 'Invalid OAuth access token', code: 190 } } })
  await assert.rejects(open('5'), CloudApiError)
})

test('deleting reports whether the file existed', async () => {
  describe = () => ({ json: { success: true } })
  assert.equal(await remove('5'), true)
  assert.deepEqual(asked[0], { method: 'DELETE', url: '/v25.0/5?phone_number_id=301', range: undefined })
})

test('a file of 100 MB is streamed: memory grows by less than 32 MB', async () => {
  serveFile = (_, response) => {
    response.writeHead(200, { 'content-length': 100 * MIB })
    const chunk = Buffer.alloc(64 * 1024)
    let left = 1600
    const write = () => {
      while (left-- > 0) if (!response.write(chunk)) return void response.once('drain', write)
      response.end()
    }
    write()
  }
  const read = async () => {
    let bytes = 0
    for await (const chunk of (await open('5'))!.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      peak = Math.max(peak, process.memoryUsage().rss)
    }
    return bytes
  }
  let peak = 0
  await read()
  const before = process.memoryUsage().rss
  peak = before
  assert.equal(await read(), 100 * MIB)
  assert((peak - before) / MIB < 32, `${(peak - before) / MIB} MB`)
})
