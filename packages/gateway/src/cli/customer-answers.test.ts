import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Failed } from './command.ts'
import { eventsOf } from './listen/stream.ts'
import { run } from './run.ts'

/** A gateway that answers each call with the next of these. */
function answering(t: TestContext, ...answers: Response[]): void {
  t.mock.method(globalThis, 'fetch', async (url: string) =>
    url.endsWith('/healthz') ? Response.json({ status: 'ok', version: '1.0.0' }) : answers.shift()!,
  )
}

const onPage = (status: number, error: object): Response =>
  Response.json(
    { status: 'error', code: status, message: 'no such thing', data: {}, error: {} },
    { headers: { 'x-postern-status': String(status), 'x-postern-error': JSON.stringify(error) } },
  )

async function cli(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const all = [...args, '--certification-code', 'c', '--url', 'http://127.0.0.1:9']
  const exit = await run(all, {}, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

test('results come out as they are, also where a chunk ends within a character', async (t) => {
  const csv = '\ufeffn,line,recipient\n1,2,Müller 👋\n'
  const bytes = new TextEncoder().encode(csv)
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  answering(t, new Response(body, { headers: { 'content-type': 'text/csv' } }))
  assert.deepEqual(await cli('broadcast', 'results', 'bc_1'), { exit: 0, out: csv, err: '' })
})

test('an error of a channel of the page is an error, with its status and its details', async (t) => {
  answering(t, onPage(404, { reason: 'resource_not_found' }), onPage(404, { reason: 'resource_not_found' }))
  const results = await cli('broadcast', 'results', 'bc_1')
  assert.deepEqual([results.exit, results.out], [1, ''])
  assert.match(results.err, /no such thing/)
  const shown = JSON.parse((await cli('broadcast', 'show', 'bc_1', '--json')).out) as Record<string, unknown>
  assert.deepEqual([shown.http, shown.error], [404, { reason: 'resource_not_found' }])
})

test('listen on a channel of the page waits for a gateway that stops, and ends when it is refused', async (t) => {
  const stream = new Response('id: evt_1\ndata: {"event":"test"}\n\n', {
    headers: { 'content-type': 'text/event-stream' },
  })
  answering(t, onPage(503, { reason: 'shutting_down' }), stream, onPage(401, { reason: 'certification_code_invalid' }))
  const events = eventsOf({
    ...{ url: 'http://127.0.0.1:9/external/events/stream', headers: {}, query: {}, after: 'now' },
    ...{ signal: new AbortController().signal, note() {} },
  })
  assert.equal((await events.next()).value?.id, 'evt_1')
  await assert.rejects(events.next(), (error) => error instanceof Failed && /no such thing/.test(error.message))
})

test('broadcast send --wait of a file fails when the broadcast was stopped or cancelled', async (t) => {
  const answer = (data: object): Response => Response.json({ status: 'success', code: 200, message: '', data })
  for (const [state, unknown, exit] of [
    ['stopped', 0, 1],
    ['cancelled', 0, 1],
    ['done', 1, 1],
    ['done', 0, 0],
  ] as const) {
    const counts = { total: 2, waiting: 0, accepted: 2, failed: 0, unknown }
    const broadcast = { id: 'bc_1', name: 'people', reason: null, progress: null, cost: null, retry_of: null, counts }
    answering(
      t,
      answer({ file_id: 'f_1' }),
      answer({ ...broadcast, state: 'draft' }),
      answer({ ...broadcast, state: 'draft' }),
      answer({ ok: true }),
      answer({ ...broadcast, state: 'running' }),
      answer({ ...broadcast, state }),
    )
    const args = ['broadcast', 'send', import.meta.filename, '--template', 'offer', '--map', 'to=Telephone', '--wait']
    const sent = await cli(...args)
    assert.equal(sent.exit, exit, `${state}: ${sent.err}`)
    t.mock.reset()
  }
})
