import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createLive } from '../../packages/gateway/src/http/console/live.ts'
import { joinNodes } from '../../packages/gateway/src/http/console/live-nodes.ts'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { createLog } from '../../packages/gateway/src/platform/log.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

const own = { 'content-type': 'application/json', 'x-postern-console': '1' }

async function signIn(world: World): Promise<string> {
  const response = await fetch(`${world.gateway.url}/console/session`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  })
  return response.headers.get('set-cookie')!.split(';')[0]!
}

/** Follows the stream; `until` waits for a fact, however long a busy machine takes. */
async function follow(world: World, cookie: string) {
  const response = await fetch(`${world.gateway.url}/console/events`, { headers: { cookie } })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type')!, /^text\/event-stream/)
  let text = ''
  let ended = false
  void (async () => {
    for await (const chunk of response.body!) text += Buffer.from(chunk).toString()
  })()
    .catch(() => undefined)
    .finally(() => (ended = true))
  const until = async (what: string, fact: (text: string, ended: boolean) => boolean): Promise<void> => {
    for (let i = 0; !fact(text, ended); i++) {
      assert.ok(i < 600, `${what}; told so far: ${text}`)
      await sleep(50)
    }
  }
  return { until, forget: () => (text = '') }
}

test('a console is notified of messages, deliveries, channels and templates, and of no other topic', async () => {
  await using world = await startWorld()
  const { url } = world.gateway
  assert.equal((await fetch(`${url}/console/events`)).status, 401)
  assert.equal(
    (await fetch(`${url}/console/events`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).status,
    401,
  )
  const cookie = await signIn(world)
  assert.equal(
    (await fetch(`${url}/console/events`, { headers: { cookie, 'sec-fetch-site': 'cross-site' } })).status,
    401,
  )

  const stream = await follow(world, cookie)
  await stream.until('it is open', (text) => text.includes('event: open'))
  await world.sandbox.phone('85268411234').says('a secret between us')
  await stream.until('a message and its delivery', (text) => /^data: messages deliveries/m.test(text))
  await stream.until('nothing of what it says', (text) => !text.includes('secret'))

  stream.forget()
  await world.admin('PATCH', '/admin/channels/1', { name: 'Another name' })
  await stream.until('a channel', (text) => /^data: .*channels/m.test(text))
  stream.forget()
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await stream.until('templates', (text) => /^data: .*templates/m.test(text))

  // Another sign-in is another session, and stays open.
  const other = await follow(world, await signIn(world))
  const out = await fetch(`${url}/console/session`, { method: 'DELETE', headers: { 'x-postern-console': '1', cookie } })
  assert.equal(out.status, 200)
  await stream.until('the end with the session', (text, ended) => ended && text.includes('event: ended'))
  other.forget()
  await world.sandbox.phone('85268411234').says('still there?')
  await other.until('the other one goes on', (text, ended) => !ended && /^data: messages/m.test(text))
  // The shutdown of the world must not wait for the remaining reader: a test that hangs here has failed.
})

test('a change on one node reaches a console on the other, over PostgreSQL', async (t) => {
  const url = await freshDatabase()
  const log = createLog('silent', false)
  const node = async () => {
    const store = await openPostgres({ url, clock: systemClock, log })
    const live = createLive(systemClock)
    return { store, live, joined: joinNodes(live, store, systemClock) }
  }
  const [here, there] = [await node(), await node()]
  t.after(async () => {
    for (const { store, live, joined } of [here, there]) {
      joined.stop()
      live.close()
      await store.close()
    }
  })
  let told = ''
  const response = {
    writableLength: 0,
    destroyed: false,
    writeHead: () => undefined,
    write: (text: string) => (told += text),
    end: () => undefined,
    once: () => undefined,
    on: () => undefined,
  }
  here.live.stream(response as never, { id: 's', endsAt: Date.now() + 3_600_000 })
  // A node asks every ten seconds, so the change is repeated until the other node knows that it is wanted.
  for (let i = 0; !told.includes('data: templates'); i++) {
    assert.ok(i < 300, 'the other node told')
    there.live.changed('templates')
    await sleep(100)
  }
})
