import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { setTimeout as after } from 'node:timers/promises'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { caller, startWorld, type Answer, type World } from '../support/world.ts'

const SEND = '/external/messages/whatsapp'
const FIRST = 15_550_700_000
const template = (to: string | number) => ({
  to: String(to),
  type: 'template',
  template: { name: 'test_button_reply_1' },
})
const slow = (world: World, perSecond: number) =>
  world.admin('PATCH', '/admin/channels/1', { messages_per_second: perSecond })
const send = (world: World, to: string | number): Promise<Answer> => world.customer('POST', SEND, template(to))
const reasonOf = (answer: Answer): unknown => (answer.error as { reason?: unknown }).reason
const sent = (world: World) =>
  world.sandbox.received().filter((call) => call.method === 'POST' && call.path.endsWith('/messages'))

type Stats = {
  pace: { numbers: { channel_id: number; now_per_second: number; code: number | null }[]; pairs_closed: number }
  live: Record<string, number>
}
const stats = async (world: World): Promise<Stats> => (await world.admin('GET', '/admin/stats')).data

async function waiting(world: World, fact: (sends: number) => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const { sends_waiting: sends } = (await stats(world)).live
    if (fact(sends!)) return
    assert(Date.now() < deadline, `${sends} sends wait`)
    await after(5)
  }
}

test('a send that cannot go within two seconds is refused with a Retry-After, and WhatsApp’s limit is never exceeded', async () => {
  await using world = await startWorld({ webhook: false })
  world.sandbox.limits({ throughput: 20, pair: true })
  await slow(world, 20)
  const startedAt = Date.now()
  const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => send(world, FIRST + i)))
  const took = Date.now() - startedAt
  const ok = answers.filter((answer) => answer.http === 200)
  const refused = answers.filter((answer) => answer.http === 429)
  assert.equal(ok.length + refused.length, 80, 'nothing was throttled by WhatsApp')
  // A second's tokens at once, then twenty a second for the duration.
  const most = 20 + (20 * took) / 1000 + 5
  assert(ok.length >= 35 && ok.length <= most, `${ok.length} were sent in ${took} ms`)
  assert(took > 1_500, `the last ones waited, all took ${took} ms`)
  for (const answer of refused) {
    assert.deepEqual([answer.code, reasonOf(answer)], [429, 'rate_limited_number'])
    assert(Number(answer.headers.get('retry-after')) >= 1)
  }
  assert.equal(sent(world).length, ok.length, 'what was refused was not sent')
})

test('one contact gets 45 at once; then the pair is refused', async () => {
  await using world = await startWorld({ webhook: false })
  await slow(world, 1000)
  const answers: Answer[] = []
  for (let i = 0; i < 46; i++) answers.push(await send(world, FIRST))
  assert(answers.slice(0, 45).every((answer) => answer.http === 200))
  assert.deepEqual([answers[45]!.http, reasonOf(answers[45]!)], [429, 'rate_limited_pair'])
  assert.equal((await send(world, FIRST + 1)).http, 200)
})

test('a caller that disconnects while waiting gets no send', async () => {
  await using world = await startWorld({ webhook: false })
  await slow(world, 1)
  await send(world, FIRST)
  const body = JSON.stringify(template(FIRST + 1))
  const call = request(`${world.gateway.url}${SEND}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'certification-code': DEMO.certificationCode,
      'content-length': body.length,
    },
  })
  call.on('error', () => {})
  call.end(body)
  await waiting(world, (sends) => sends > 0)
  call.destroy()
  await waiting(world, (sends) => sends === 0)
  await after(1_100)
  assert.equal((await send(world, FIRST + 2)).http, 200)
  assert.deepEqual(
    sent(world).map((one) => (one.body as { to: string }).to),
    [`+${FIRST}`, `+${FIRST + 2}`],
  )
})

test('a throttle of WhatsApp slows the number down, and the stats report it', async () => {
  await using world = await startWorld({ webhook: false })
  world.sandbox.fault({ on: 'messages', code: 130429 })
  const throttled = await send(world, FIRST)
  assert.deepEqual([throttled.http, throttled.code], [503, 10002])
  assert(throttled.headers.has('retry-after'))
  const [number] = (await stats(world)).pace.numbers
  assert.deepEqual([number!.channel_id, number!.code], [1, 130429])
  assert(number!.now_per_second < 60)
  assert.equal((await send(world, FIRST)).http, 200, 'it waits out the second and goes on')

  world.sandbox.fault({ on: 'messages', code: 131056 })
  assert.equal((await send(world, FIRST + 1)).http, 503)
  assert.equal((await stats(world)).pace.pairs_closed, 1)

  world.sandbox.fault({ on: 'messages', code: 131057 })
  assert.equal((await send(world, FIRST + 2)).http, 503)
  const closed = await send(world, FIRST + 3)
  assert.deepEqual([closed.http, reasonOf(closed)], [429, 'rate_limited_number'])
  assert(Number(closed.headers.get('retry-after')) > 50)
})

test('calls of one code are limited before their body is read; other codes are not affected', async () => {
  await using world = await startWorld({ webhook: false, env: { CALLS_PER_SECOND: '5' } })
  await slow(world, 1)
  const second = await world.admin('POST', '/admin/channels/1/certification-codes')
  const { certification_code: other } = second.data as { certification_code: string }
  const wrongType = { 'content-type': 'text/plain' }
  const answers: Answer[] = []
  for (let i = 0; i < 12; i++) answers.push(await world.customer('POST', SEND, 'not even JSON', wrongType))
  const counts = Object.groupBy(answers, (answer) => String(answer.http))
  assert((counts['415']?.length ?? 0) >= 10)
  assert((counts['429']?.length ?? 0) >= 1, 'the limit comes before the content type')
  assert.equal(reasonOf(counts['429']![0]!), 'rate_limited')
  const free = await world.customer('GET', '/external/messages', undefined, { 'certification-code': other })
  assert.equal(free.http, 200)
})

test('guesses are slowed down; a caller with a valid code or admin token is always admitted', async () => {
  await using world = await startWorld({ webhook: false })
  const guess = (n: number) =>
    world.customer('GET', '/external/messages', undefined, { 'certification-code': `guess ${n}` })
  const answers = await Promise.all(Array.from({ length: 130 }, (_, i) => guess(i)))
  const counts = Object.groupBy(answers, (answer) => String(answer.http))
  assert(counts['401']!.length >= 100 && counts['401']!.length <= 105)
  assert(counts['429']!.every((answer) => reasonOf(answer) === 'rate_limited'))
  assert.equal((await world.customer('GET', '/external/messages')).http, 200)
  assert.equal((await world.admin('GET', '/admin/stats')).http, 200)
  const call = caller(() => world.gateway.url)
  const guessToken = (n: number) =>
    call('GET', '/admin/stats', undefined, { authorization: `Bearer an-admin-token-for-test${n}` })
  const tokens = await Promise.all(Array.from({ length: 130 }, (_, i) => guessToken(i)))
  const of = Object.groupBy(tokens, (answer) => String(answer.http))
  assert(of['401']!.length >= 100 && of['401']!.length <= 105, 'codes and tokens are counted apart')
  assert.equal((await world.admin('GET', '/admin/stats')).http, 200, 'nobody is refused for what others guess')
})

test('while WhatsApp hangs, the sends of one channel take half of the node and no more', async () => {
  await using world = await startWorld({ webhook: false, env: { MOST_SENDS_IN_FLIGHT: '10' } })
  await slow(world, 1000)
  world.sandbox.fault({ on: 'messages', latencyMs: 1_000, times: null })
  const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send(world, FIRST + i)))
  const counts = Object.groupBy(answers, (answer) => String(answer.http))
  assert.deepEqual([counts['200']!.length, counts['503']!.length], [5, 15])
  assert(
    counts['503']!.every((answer) => reasonOf(answer) === 'overloaded' && answer.headers.get('retry-after') === '2'),
  )
  assert.equal((await stats(world)).live.shed, 15)
  assert.equal(sent(world).length, 5)
  const metrics = await (await fetch(`${world.gateway.url}/metrics`)).text()
  assert.match(metrics, /postern_shed_total\{cause="channel_sends"\} 15/)
  assert.equal((await fetch(`${world.gateway.url}/readyz`)).status, 200)
})

test('SIGTERM does not wait for sends that wait for the rate limit', async () => {
  await using world = await startWorld({ webhook: false })
  await slow(world, 1)
  await send(world, FIRST)
  const last = send(world, FIRST + 1)
  await waiting(world, (sends) => sends > 0)
  const startedAt = Date.now()
  await world.gateway.stop()
  assert(Date.now() - startedAt < 900)
  const answer = await last
  assert.deepEqual([answer.http, reasonOf(answer)], [503, 'shutting_down'])
})
