import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pool } from 'undici'
import { NoAnswer } from '../../packages/gateway/src/platform/cloud-api/errors.ts'
import { exchange } from '../../packages/gateway/src/platform/cloud-api/exchange.ts'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { postEvent } from '../../packages/gateway/src/flows/deliver/attempt.ts'
import { startAnsweringThread } from '../support/answering-thread.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'
const TIMEOUT_MS = 1_000

test('a process that was stopped past its timeout reads the answer of a send before it calls it unknown', async (t) => {
  const server = await startAnsweringThread(ANSWER)
  const pool = new Pool(server.origin, { connections: 1, pipelining: 1 })
  t.after(() => Promise.all([pool.destroy(), server.close()]))
  const request = { origin: server.origin, method: 'POST' as const, path: '/', headers: {}, body: '{}', maxBytes: 1000 }
  const answer = exchange(pool, { ...request, timeoutMs: TIMEOUT_MS })
  answer.catch(() => {})
  await server.heard()
  await server.holdLoopPastTheAnswer(TIMEOUT_MS + 200)
  assert.equal((await answer).status, 200)
})

test('a process that was stopped reads the answer of an endpoint before it calls the attempt failed', async (t) => {
  const server = await startAnsweringThread(ANSWER)
  const pool = new Pool(server.origin, { connections: 1, pipelining: 1 })
  t.after(() => Promise.all([pool.destroy(), server.close()]))
  const answer = postEvent(
    pool,
    { origin: server.origin, path: '/', headers: {}, body: '{}', timeoutMs: TIMEOUT_MS },
    systemClock,
  )
  await server.heard()
  await server.holdLoopPastTheAnswer(TIMEOUT_MS + 200)
  assert.deepEqual(await answer.then(({ status, text }) => [status, text]), [200, '{}'])
})

test('a process that was stopped and has no answer still times out', async (t) => {
  const server = await startAnsweringThread('')
  const pool = new Pool(server.origin, { connections: 1, pipelining: 1 })
  t.after(() => Promise.all([pool.destroy(), server.close()]))
  const request = { origin: server.origin, method: 'POST' as const, path: '/', headers: {}, body: '{}', maxBytes: 1000 }
  const answer = exchange(pool, { ...request, timeoutMs: 300 })
  answer.catch(() => {})
  await server.heard()
  await server.holdLoopPastTheAnswer(500)
  await assert.rejects(answer, NoAnswer)
})
