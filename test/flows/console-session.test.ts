import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { endOfSession, keepSession } from '../../packages/gateway/src/store/console-sessions.ts'
import { freshDatabase } from '../support/shared-postgres.ts'
import { onBothEngines } from '../store/engines.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

const own = { 'content-type': 'application/json', 'x-postern-console': '1' }

async function signIn(world: World): Promise<string> {
  const response = await fetch(`${world.gateway.url}/console/session`, {
    method: 'POST',
    headers: own,
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  })
  assert.equal(response.status, 200)
  return response.headers.get('set-cookie')!.split(';')[0]!
}

const ask = (world: World, cookie: string, path = '/admin/channels') =>
  fetch(`${world.gateway.url}${path}`, { headers: { cookie } })
const signOut = (world: World, cookie: string) =>
  fetch(`${world.gateway.url}/console/session`, { method: 'DELETE', headers: { ...own, cookie } })

test('after a sign-out the cookie is invalid; other sessions, and signed cookies without a session, do not change that', async () => {
  await using world = await startWorld({ webhook: false })
  const [one, other] = [await signIn(world), await signIn(world)]
  for (const cookie of [one, other]) assert.equal((await ask(world, cookie)).status, 200)
  assert.equal((await signOut(world, one)).status, 200)
  assert.equal((await ask(world, one)).status, 401)
  assert.equal((await ask(world, one, '/console/events')).status, 401)
  const asked = (await (await ask(world, one, '/console/session')).json()) as { data: { signed_in: boolean } }
  assert.equal(asked.data.signed_in, false)
  assert.equal((await ask(world, other)).status, 200)
  assert.equal((await signOut(world, one)).status, 200, 'twice is no error')
})

test('a new sign-in ends the earlier session', async () => {
  await using world = await startWorld({ webhook: false })
  const before = await signIn(world)
  const again = await fetch(`${world.gateway.url}/console/session`, {
    method: 'POST',
    headers: { ...own, cookie: before },
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  })
  assert.equal(again.status, 200)
  assert.equal((await ask(world, before)).status, 401)
})

test('every node accepts a cookie, and none does after its sign-out', async (t) => {
  const folders = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'postern-sessions-')))
  t.after(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })))
  const shared = { DATABASE_URL: await freshDatabase(), MASTER_KEY: randomBytes(32).toString('base64') }
  await using here = await startWorld({ webhook: false, env: shared, dataDir: folders[0]! })
  await using there = await startWorld({ webhook: false, env: shared, dataDir: folders[1]! })
  const cookie = await signIn(here)
  assert.equal((await ask(there, cookie)).status, 200)
  assert.equal((await signOut(here, cookie)).status, 200)
  assert.equal((await ask(there, cookie)).status, 401)
})

test('answers to operators are not cached, and their type is not guessed', async () => {
  await using world = await startWorld({ webhook: false })
  const cookie = await signIn(world)
  for (const path of [
    '/admin/channels',
    '/admin/channels/99',
    '/admin/nothing',
    '/admin/stats?x=1',
    '/console/session',
    '/console/events',
  ]) {
    const leave = new AbortController()
    const answer = await fetch(`${world.gateway.url}${path}`, { headers: { cookie }, signal: leave.signal })
    assert.equal(answer.headers.get('cache-control'), 'no-store', path)
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff', path)
    leave.abort()
  }
  const refused = await fetch(`${world.gateway.url}/admin/channels`)
  assert.deepEqual([refused.status, refused.headers.get('cache-control')], [401, 'no-store'])
})

test('one session cannot take all places of the event stream', async () => {
  await using world = await startWorld({ webhook: false })
  const [greedy, other] = [await signIn(world), await signIn(world)]
  const open: AbortController[] = []
  const stream = async (cookie: string): Promise<number> => {
    const leave = new AbortController()
    open.push(leave)
    return (await fetch(`${world.gateway.url}/console/events`, { headers: { cookie }, signal: leave.signal })).status
  }
  const statuses: number[] = []
  for (let i = 0; i < 64; i++) statuses.push(await stream(greedy))
  assert.equal(statuses.filter((status) => status === 200).length, 16)
  assert.equal(await stream(other), 200)
  for (const leave of open) leave.abort()
})

onBothEngines('sessions are bounded, and what has ended goes', async ({ store }) => {
  const { sql } = store
  await keepSession(sql, { id: 'over', now: 1, endsAt: 50 })
  await keepSession(sql, { id: 'first', now: 2, endsAt: 10_000 })
  assert.equal(await endOfSession(sql, 'over', 49), 50)
  assert.equal(await endOfSession(sql, 'over', 50), undefined)
  for (let i = 0; i < 1_000; i++) await keepSession(sql, { id: `s${i}`, now: 100 + i, endsAt: 10_000 })
  const rows = await sql.get<{ n: number }>('select count(*) as n from console_sessions')
  assert.equal(Number(rows!.n), 1_000)
  assert.equal(await endOfSession(sql, 'first', 2_000), undefined, 'the oldest makes room')
  assert.equal(await endOfSession(sql, 's0', 2_000), 10_000)
})
