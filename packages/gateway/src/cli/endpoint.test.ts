import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Receiver } from '../../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { run } from './run.ts'

/** Runs `postern endpoint …` in this process. */
async function endpoint(
  words: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ exit: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const exit = await run(['endpoint', ...words], env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

const at = (world: World): NodeJS.ProcessEnv => ({
  PORT: new URL(world.gateway.url).port,
  ADMIN_TOKEN,
  DATA_DIR: world.dataDir,
})

test('an endpoint is added, listed, shown, tested, paused, resumed, retried, replayed and removed', async (t) => {
  await using world = await startWorld()
  const receiver = await Receiver.start()
  t.after(() => receiver.close())
  const folder = mkdtempSync(join(tmpdir(), 'postern-endpoint-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const headers = join(folder, 'headers')
  writeFileSync(headers, 'Authorization: Bearer n8n\nX-Team: ops\n')
  const ask = (...words: string[]) => endpoint(words, at(world))
  const json = async (...words: string[]): Promise<never> => {
    const { exit, out } = await ask(...words, '--json')
    assert.equal(exit, 0, out)
    return JSON.parse(out) as never
  }

  const filter = ['--event', 'new_message', '--event', 'message_status_update', '--status', 'failed', '--type', 'text']
  const made: { endpoint_id: string; secret: string } = await json(
    ...['add', '1', receiver.url, '--name', 'Bot', '--headers-file', headers, ...filter],
  )
  receiver.secret = made.secret
  const id = made.endpoint_id

  const listed = await ask('list')
  assert.match(listed.out, /CHANNEL +ID +NAME +STATE/)
  assert.match(listed.out, new RegExp(`${id} +Bot +active`))
  const one: { headers: string[]; events: string[]; statuses: string[]; types: string[] }[] = await json('list', '1')
  const { headers: names, events, statuses, types } = one[1]!
  assert.deepEqual(
    [names, events],
    [
      ['authorization', 'x-team'],
      ['new_message', 'message_status_update'],
    ],
  )
  assert.deepEqual([statuses, types], [['failed'], ['text']])

  assert.match((await ask('test', id)).out, /Bot took the test event: it answered HTTP 200/)
  assert.equal((await receiver.gets({ event: 'test' })).headers['x-team'], 'ops')
  const shown = await ask('show', id)
  for (const fact of [/name +Bot/, /state +active/, /statuses +failed/, /waiting +0/]) assert.match(shown.out, fact)
  assert.ok(!shown.out.includes('n8n'))

  assert.match((await ask('pause', id)).out, /Bot is paused/)
  assert.match((await ask('show', id)).out, /state +paused: paused by an operator/)
  const retried = await ask('retry', id)
  assert.deepEqual([retried.exit, /paused: resume it/.test(retried.err)], [1, true])
  assert.match((await ask('resume', id)).out, /Bot is resumed/)
  assert.match((await ask('retry', id)).out, /Bot is tried now/)

  await world.sandbox.phone('85268411234').says('hello')
  const { id: event } = await receiver.gets({ event: 'new_message' })
  assert.match((await ask('replay', id, '--from-event', event)).out, /1 event goes to Bot again/)
  const since = ['--since', new Date(Date.now() - 60_000).toISOString(), '--state', 'delivered']
  assert.ok(((await json('replay', id, ...since)) as { replayed: number }).replayed >= 0)

  const rotated: { secret: string } = await json('rotate-secret', id)
  assert.notEqual(rotated.secret, made.secret)
  receiver.behaviour = 500
  const failed = await ask('test', id)
  assert.deepEqual([failed.exit, /did not take the test event: it answered HTTP 500/.test(failed.err)], [1, true])
  assert.match((await ask('remove', id)).out, /Bot is removed/)
  const gone = await ask('show', id)
  assert.deepEqual([gone.exit, /No endpoint has the id/.test(gone.err)], [1, true])
})

test('what the gateway refuses is told with the field', async () => {
  await using world = await startWorld()
  const { exit, err } = await endpoint(['add', '1', 'ftp://a.example'], at(world))
  assert.equal(exit, 1)
  assert.match(err, /url: must be a URL that begins with http/)
})

test('wrong words end with 2 and say which', async () => {
  const cases: [string[], RegExp][] = [
    [[], /endpoint add/],
    [['add'], /channel_id is missing/],
    [['add', '1'], /url is missing/],
    [['add', 'one', 'https://a.example'], /must be a whole number/],
    [['list', 'ep_1'], /must be a whole number/],
    [['pause'], /endpoint_id is missing/],
    [['pause', '1'], /begins with ep_/],
  ]
  for (const [words, says] of cases) {
    const { exit, out, err } = await endpoint(words)
    assert.equal(exit, 2, words.join(' '))
    assert.match(out + err, says)
  }
})
