import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test, type TestContext } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import { createOutbound } from '../outbound/guard.ts'
import type { ProviderProblem } from './problem.ts'
import { createProvider } from './provider.ts'

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function providerAt(t: TestContext, issuer: string, clock = new ManualClock()) {
  const outbound = createOutbound({ allow: [] })
  const provider = createProvider({
    ...{ issuer, clientId: 'postern', clientSecret: 'secret-of-the-client', scopes: 'openid', roleClaim: 'groups' },
    ...{ clock, outbound, timeoutMs: 400 },
  })
  t.after(() => Promise.all([provider.close(), outbound.close()]))
  return provider
}

const REDIRECT = 'https://console.example.com/console/oidc/callback'
const metadata = (issuer: string, more: object = {}) => ({
  ...{
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
  },
  ...more,
})
const isAway = (words: RegExp) => (error: ProviderProblem) => {
  assert.equal(error.kind, 'away', error.message)
  assert.match(error.message, words)
  return true
}
const json = { 'content-type': 'application/json' }

test('a document without end, a silent provider, and one with another name are named, and asked again later', async (t) => {
  const answers: Record<string, RequestListener> = {
    endless: (_request, response) => {
      response.writeHead(200, json)
      const more = (): void => void (response.writable && response.write('x'.repeat(64 * 1024), more))
      response.on('error', () => undefined)
      more()
    },
    silent: () => undefined,
    other: (_request, response) =>
      void response.writeHead(200, json).end(JSON.stringify(metadata('https://other.example.com'))),
    redirect: (_request, response) => void response.writeHead(302, { location: 'https://other.example.com/' }).end(),
  }
  const words = {
    endless: /longer than 524288 bytes/,
    silent: /not within 400 ms/,
    other: /issuer|unexpected/,
    redirect: /status/,
  }
  for (const [name, answer] of Object.entries(answers)) {
    let asked = 0
    const issuer = await serve(t, (request, response) => {
      asked++
      answer(request, response)
    })
    const clock = new ManualClock()
    const provider = providerAt(t, issuer, clock)
    const begun = [provider.begin(REDIRECT), provider.begin(REDIRECT)]
    for (const one of begun) await assert.rejects(one, isAway(words[name as keyof typeof words]))
    await assert.rejects(provider.begin(REDIRECT), isAway(words[name as keyof typeof words]))
    assert.equal(asked, 1, name)
    clock.advance(1_001)
    await assert.rejects(provider.begin(REDIRECT))
    assert.equal(asked, 2, name)
  }
})

test('the document is read once an hour, and stays good when the provider is away after that', async (t) => {
  let asked = 0
  let isUp = true
  const issuer = await serve(t, (_request, response) => {
    asked++
    if (!isUp) return void response.writeHead(503).end()
    response.writeHead(200, json).end(JSON.stringify(metadata(issuer)))
  })
  const clock = new ManualClock()
  const provider = providerAt(t, issuer, clock)
  const { url, begun } = await provider.begin(REDIRECT)
  assert.equal(new URL(url).origin, issuer)
  assert.equal(new URL(url).searchParams.get('redirect_uri'), REDIRECT)
  assert.ok(!url.includes(begun.verifier), 'the verifier stays here')
  await provider.begin(REDIRECT)
  assert.equal(asked, 1)
  clock.advance(60 * 60_000 + 1)
  isUp = false
  await provider.begin(REDIRECT)
  await provider.begin(REDIRECT)
  assert.equal(asked, 2)
})

test('a host that the provider names must be public; only its own may be private', async (t) => {
  let reached = 0
  const inside = await serve(t, (_request, response) => {
    reached++
    response.writeHead(200, json).end('{}')
  })
  const issuer = await serve(t, (_request, response) =>
    response.writeHead(200, json).end(JSON.stringify(metadata(issuer, { token_endpoint: `${inside}/token` }))),
  )
  const provider = providerAt(t, issuer)
  const { begun } = await provider.begin(REDIRECT)
  await assert.rejects(
    provider.finish(begun, `?code=x&state=${begun.state}`),
    isAway(/not reached from here: loopback/),
  )
  assert.equal(reached, 0)
})

test('what the token endpoint says of a wrong client is told without the secret', async (t) => {
  const issuer = await serve(t, (request, response) => {
    if (request.method === 'GET') return response.writeHead(200, json).end(JSON.stringify(metadata(issuer)))
    const answer = { error: 'invalid_client', error_description: 'secret-of-the-client is wrong' }
    response.writeHead(401, json).end(JSON.stringify(answer))
  })
  const provider = providerAt(t, issuer)
  const { begun } = await provider.begin(REDIRECT)
  const failed = provider.finish(begun, `?code=x&state=${begun.state}`)
  await assert.rejects(failed, (error: ProviderProblem) => {
    assert.equal(error.kind, 'wrong')
    assert.match(error.message, /invalid_client/)
    assert.doesNotMatch(error.message, /secret-of-the-client/)
    return true
  })
})
