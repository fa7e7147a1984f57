import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { createAdmin } from './admin/index.ts'
import { createClient, PosternError, type SendMessage } from './index.ts'

type Asked = { url: URL; key: string | null }

/** Answers each `fetch` with the next of these; a function throws instead, as for a connection that breaks. */
function answering(t: TestContext, ...answers: (() => Response | Promise<Response>)[]): Asked[] {
  const asked: Asked[] = []
  t.mock.method(globalThis, 'fetch', async (url: URL, { headers }: RequestInit) => {
    asked.push({ url, key: new Headers(headers).get('idempotency-key') })
    return answers[Math.min(asked.length, answers.length) - 1]!()
  })
  return asked
}

const lost = (): never => {
  throw new TypeError('fetch failed')
}
const fine = (): Response => Response.json({ status: 'success', code: 200, message: '', data: {}, error: {} })
const MESSAGE: SendMessage = { to: '85268411234', type: 'text', text: 'hi' }
const client = createClient({ url: 'http://gateway.example', certificationCode: 'c' })
const admin = createAdmin({ url: 'http://gateway.example', adminToken: 't' })

async function refused(work: PromiseLike<unknown>): Promise<PosternError> {
  try {
    await work
  } catch (error) {
    if (error instanceof PosternError) return error
    throw error
  }
  throw new Error('it was not refused')
}

test('an operator’s route knows no keys: a send without an answer is not repeated, whatever the caller gives', async (t) => {
  const asked = answering(t, lost)
  // @ts-expect-error an operator's call takes no key
  const options: Parameters<typeof admin.messages.send>[2] = { idempotencyKey: 'order-7' }
  assert.equal((await refused(admin.messages.send(1, MESSAGE, options))).reason, 'no_answer')
  assert.deepEqual(
    asked.map(({ key }) => key),
    [null],
  )
})

test('a customer’s POST is repeated with the caller’s key; other methods know no keys', async (t) => {
  const sent = answering(t, lost, fine)
  await client.send(MESSAGE, { idempotencyKey: 'order-7' })
  assert.deepEqual(
    sent.map(({ key }) => key),
    ['order-7', 'order-7'],
  )
  t.mock.reset()
  const cancelled = answering(t, lost)
  await refused(client.scheduled.cancel('msg_1', { idempotencyKey: 'order-7' }))
  assert.deepEqual(
    cancelled.map(({ key }) => key),
    [null],
  )
})

const onPage =
  (status: number, error: object, headers: Record<string, string> = {}) =>
  (): Response =>
    Response.json(
      { status: 'error', code: 10002, message: 'no', data: {}, error: {} },
      { headers: { 'x-postern-status': String(status), 'x-postern-error': JSON.stringify(error), ...headers } },
    )

test('a channel of the page: the status and the details of an error are in headers', async (t) => {
  const upstream = { code: 131031 }
  answering(t, onPage(403, { reason: 'upstream_refused', upstream, reference: 'msg_1' }))
  const error = await refused(client.send(MESSAGE))
  assert.deepEqual(
    [error.http, error.code, error.reason, error.upstream, error.reference],
    [403, 10002, 'upstream_refused', upstream, 'msg_1'],
  )
  assert.equal((await refused(client.media.download('1'))).reason, 'upstream_refused')
  t.mock.reset()
  const asked = answering(t, onPage(429, { reason: 'rate_limited' }, { 'retry-after': '0' }), fine)
  await client.send(MESSAGE)
  assert.equal(asked.length, 2)
})

test('stream() from now continues where it began when it broke before the first id', async (t) => {
  const broken = (): Response => {
    const body = new ReadableStream({ start: (controller) => controller.error(new TypeError('terminated')) })
    return new Response(body, { headers: { 'x-postern-cursor': 'evt_3' } })
  }
  const asked = answering(t, broken, () => new Response('id: evt_4\ndata: {"event":"test"}\n\n'))
  const stream = client.stream({ after: 'now' })
  assert.equal((await stream.next()).value?.id, 'evt_4')
  assert.deepEqual(
    asked.map(({ url }) => url.searchParams.get('after')),
    ['now', 'evt_3'],
  )
})
