import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { request } from 'undici'
import { createOutbound, OutboundRefused, type OutboundOptions } from './guard.ts'

let hits = 0
let sockets = 0
const server = createServer((_, response) => {
  hits++
  response.end('here')
})
server.on('connection', () => sockets++)
let port = 0

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  port = (server.address() as AddressInfo).port
})
after(() => {
  server.closeAllConnections()
  server.close()
})

async function get(url: string, options: Partial<OutboundOptions> = {}): Promise<string> {
  const outbound = createOutbound({ allow: [], ...options })
  try {
    const answer = await request(url, { dispatcher: outbound.dispatcher })
    return await answer.body.text()
  } finally {
    await outbound.close()
  }
}

const LITERALS = [
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://0x7f.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://[::1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://0.0.0.0:PORT/',
  'http://user:secret-word@127.0.0.1:PORT/',
  'http://public.example@127.0.0.1:PORT/',
  'http://localhost:PORT/',
  'http://LOCALHOST.:PORT/',
  'http://app.localhost:PORT/',
  'http://①②⑦.0.0.1:PORT/',
]

for (const form of LITERALS) {
  test(`${form} is refused by its text, and again on connecting`, async () => {
    const url = form.replace('PORT', String(port))
    const outbound = createOutbound({ allow: [] })
    const check = outbound.checkUrl(url)
    assert(!check.ok)
    assert.equal(check.reason, 'host_not_public')
    const before = hits
    await assert.rejects(get(url, { resolve: async () => [{ address: '127.0.0.1', family: 4 }] }), (error: Error) => {
      assert(error instanceof OutboundRefused, String(error))
      assert.doesNotMatch(error.message, /secret-word/)
      return true
    })
    assert.equal(hits, before)
  })
}

test('a text that is not an http URL is refused with its reason', () => {
  const { checkUrl } = createOutbound({ allow: [] })
  const reasons = [
    'nonsense',
    '//host/x',
    'ftp://files.example/a',
    'file:///etc/passwd',
    'javascript:1',
    'http://',
  ].map((url) => {
    const check = checkUrl(url)
    return check.ok ? 'passed' : check.reason
  })
  assert.deepEqual(reasons, [
    'url_malformed',
    'url_malformed',
    'url_not_http',
    'url_not_http',
    'url_not_http',
    'url_malformed',
  ])
})

test('public names, unusual ports and user names in the URL pass', () => {
  const { checkUrl } = createOutbound({ allow: [] })
  for (const url of [
    'https://shop.example/hook',
    'http://shop.example.:8443/x?y',
    'https://u:p@shop.example',
    'http://8.8.8.8',
  ]) {
    assert(checkUrl(url).ok, url)
  }
})

test('a name that resolves to a private address is refused, and the message says which', async () => {
  await assert.rejects(
    get(`http://shop.example:${port}/`, { resolve: async () => [{ address: '10.0.0.1', family: 4 }] }),
    { name: 'OutboundRefused', host: 'shop.example', why: 'it resolves to 10.0.0.1 (private)' },
  )
})

test('of a mixed DNS answer only the permitted addresses are used', async () => {
  const answers = [
    { address: '10.0.0.1', family: 4 },
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]
  assert.equal(
    await get(`http://shop.example:${port}/`, { allow: ['127.0.0.0/8'], resolve: async () => answers }),
    'here',
  )
})

test('DNS is asked once for a connection, so a changed answer is never used unchecked', async () => {
  let asked = 0
  const resolve = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '10.0.0.1', family: 4 }]
  assert.equal(await get(`http://shop.example:${port}/`, { allow: ['127.0.0.1'], resolve }), 'here')
  assert.equal(asked, 1)
  await assert.rejects(get(`http://shop.example:${port}/`, { allow: ['127.0.0.1'], resolve }), OutboundRefused)
})

test('successive requests share sockets and lookups', async () => {
  let asked = 0
  const outbound = createOutbound({
    allow: ['127.0.0.1'],
    resolve: async () => {
      asked++
      return [{ address: '127.0.0.1', family: 4 }]
    },
  })
  const before = sockets
  for (let i = 0; i < 20; i++) {
    const answer = await request(`http://shop.example:${port}/`, { dispatcher: outbound.dispatcher })
    await answer.body.dump()
  }
  // Two, not one: the pool may open a second socket before the first one's answer is fully read.
  assert(asked <= 2, String(asked))
  assert(sockets - before <= 2)
  await outbound.close()
})

test('concurrent requests share the lookup of a slow name', async () => {
  let asked = 0
  let answer: (value: { address: string; family: number }[]) => void = () => {}
  const outbound = createOutbound({
    allow: ['127.0.0.1'],
    connections: 8,
    resolve: () => {
      asked++
      return new Promise((settle) => (answer = settle))
    },
  })
  const url = `http://shop.example:${port}/`
  const all = Array.from({ length: 8 }, async () =>
    (await request(url, { dispatcher: outbound.dispatcher })).body.text(),
  )
  await new Promise((later) => setTimeout(later, 20))
  assert.equal(asked, 1)
  answer([{ address: '127.0.0.1', family: 4 }])
  assert.deepEqual(new Set(await Promise.all(all)), new Set(['here']))
  await outbound.close()
})

test('a resolver that never answers ends with the timeout for connecting', async () => {
  const started = Date.now()
  await assert.rejects(
    get(`http://shop.example:${port}/`, { connectTimeoutMs: 300, resolve: () => new Promise(() => {}) }),
    {
      code: 'UND_ERR_CONNECT_TIMEOUT',
    },
  )
  assert(Date.now() - started < 3_000)
})

test('an invalid entry of the allow list is named', () => {
  assert.throws(() => createOutbound({ allow: ['10.0.0.0/8', 'office'] }), /office/)
})
