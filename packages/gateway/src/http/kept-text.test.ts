import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { encodingFor, keptText } from './kept-text.ts'

test('a large text is made once, compressed as the request wants, and not sent to who has it', async (t) => {
  let made = 0
  const text = 'reference '.repeat(5_000)
  const app = Fastify()
  t.after(() => app.close())
  app.get(
    '/docs',
    keptText(
      async () => {
        made++
        return text
      },
      { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    ),
  )
  const get = (headers: Record<string, string>) => app.inject({ url: '/docs', headers })
  const [plain, br, gzip] = await Promise.all([
    get({}),
    get({ 'accept-encoding': 'gzip, deflate, br' }),
    get({ 'accept-encoding': 'gzip' }),
  ])
  assert.equal(plain.body, text)
  assert.equal(plain.headers['content-encoding'], undefined)
  assert.deepEqual([br.headers['content-encoding'], gzip.headers['content-encoding']], ['br', 'gzip'])
  assert.equal(brotliDecompressSync(br.rawPayload).toString(), text)
  assert.equal(gunzipSync(gzip.rawPayload).toString(), text)
  assert.equal(br.headers.vary, 'accept-encoding')
  const etag = String(plain.headers.etag)
  for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const again = await get({ 'if-none-match': tag })
    assert.deepEqual([again.statusCode, again.body], [304, ''])
  }
  assert.equal((await get({ 'if-none-match': '"other"' })).statusCode, 200)
  assert.equal(made, 1)
})

test('what cannot be made is tried again', async (t) => {
  let made = 0
  const app = Fastify()
  t.after(() => app.close())
  app.get(
    '/docs',
    keptText(async () => {
      if (++made === 1) throw new Error('no memory')
      return 'text'
    }, {}),
  )
  assert.equal((await app.inject('/docs')).statusCode, 500)
  assert.equal((await app.inject('/docs')).body, 'text')
})

for (const [accepts, encoding] of [
  ['', undefined],
  ['br', 'br'],
  ['gzip;q=1.0, br;q=0', 'gzip'],
  ['BR ; q=0.5', 'br'],
  ['br;q=x', undefined],
  ['identity, *', undefined],
  ['brotli', undefined],
] as const)
  test(`accept-encoding: ${accepts}`, () => assert.equal(encodingFor(accepts), encoding))
