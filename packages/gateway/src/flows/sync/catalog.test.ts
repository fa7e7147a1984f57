import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { ManualClock } from '../../../../runtime/src/clock.ts'
import type { TemplateCalls } from '../../platform/cloud-api/template-calls.ts'
import type { WireTemplateEntry } from '../../../../cloud-api/src/wire.ts'
import { silentLog } from '../../platform/log.ts'
import { openSqlite } from '../../store/sqlite/engine.ts'
import type { Store } from '../../store/store.ts'
import { findTemplate, insertCreated, listTemplates, applyTemplateUpdates } from '../../store/templates.ts'
import { readTemplate } from '../../domain/templates/read-template.ts'
import { createCatalog, type Catalog } from './catalog.ts'

const ACCOUNT = { wabaId: '10', accessToken: 'token' }

const template = (id: string, name: string, more: Partial<WireTemplateEntry> = {}): WireTemplateEntry => ({
  id,
  name,
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hello.' }],
  ...more,
})

let dir = ''
let store: Store
let clock: ManualClock
let catalog: Catalog
let atMeta: WireTemplateEntry[] = []
let calls: string[] = []
let gate: Promise<void> | undefined
let isDown = false

const allTemplates: TemplateCalls['allTemplates'] = async function* (_waba, _token, options) {
  calls.push(options?.name ?? '*')
  // Meta's answer is the state at the time of the request.
  const answer = structuredClone(atMeta)
  await gate
  if (isDown) throw new Error('no connection')
  yield* answer.filter((one) => options?.name === undefined || one.name.includes(options.name))
}

const names = async () => (await catalog.entries(ACCOUNT)).all.map((entry) => `${entry.name} ${entry.status}`)

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'postern-catalog-'))
  clock = new ManualClock()
  store = await openSqlite({ dataDir: dir, clock })
  atMeta = [template('1', 'a'), template('2', 'ab')]
  calls = []
  gate = undefined
  isDown = false
  catalog = createCatalog({ store, cloudApi: { allTemplates }, clock, log: silentLog, accounts: () => [ACCOUNT] })
})
afterEach(async () => {
  catalog.stop()
  await store.close()
  rmSync(dir, { recursive: true, force: true })
})

test('the first read fetches the catalog, later reads use memory', async () => {
  const both = await Promise.all([catalog.entries(ACCOUNT), catalog.entries(ACCOUNT)])
  assert.deepEqual(
    both.map((entries) => entries.all.length),
    [2, 2],
  )
  await catalog.entries(ACCOUNT)
  assert.deepEqual(calls, ['*'])
})

test('a single name is requested alone, and names that contain it do not change', async () => {
  await catalog.entries(ACCOUNT)
  atMeta = [
    template('1', 'a', { status: 'PAUSED' }),
    template('2', 'ab', { status: 'PAUSED' }),
    template('3', 'a', { language: 'de' }),
  ]
  assert.equal(await catalog.refresh(ACCOUNT, 'a'), true)
  assert.deepEqual(calls, ['*', 'a'])
  assert.deepEqual((await names()).sort(), ['a APPROVED', 'a PAUSED', 'ab APPROVED'])
  atMeta = []
  clock.advance(1)
  await catalog.refresh(ACCOUNT, 'a')
  assert.deepEqual(await names(), ['ab APPROVED'])
})

test('a thousand sends that do not fit share one request, and further ones are limited', async () => {
  await catalog.entries(ACCOUNT)
  const answers = await Promise.all(Array.from({ length: 1_000 }, () => catalog.refresh(ACCOUNT, 'a')))
  assert.ok(answers.every((answer) => answer))
  assert.deepEqual(calls, ['*', 'a'])
  for (let i = 0; i < 500; i++) await catalog.refresh(ACCOUNT, 'a')
  assert.deepEqual(calls, ['*', 'a', 'a', 'a'], 'three times one name')
  for (let i = 0; i < 500; i++) await catalog.refresh(ACCOUNT, `unknown_${i}`)
  assert.equal(calls.length, 1 + 100, 'a hundred times all names')
  clock.advance(10_000)
  for (let i = 0; i < 500; i++) await catalog.refresh(ACCOUNT, `other_${i}`)
  assert.deepEqual(
    calls.slice(101),
    ['other_0', 'other_1', '*'],
    'then two names and everything once, each ten seconds',
  )
})

test('when Meta is unavailable, not every send tries the first fetch again', async () => {
  isDown = true
  for (let i = 0; i < 10; i++) await assert.rejects(catalog.entries(ACCOUNT), /no connection/)
  assert.equal(calls.length, 1)
  clock.advance(2_000)
  isDown = false
  assert.equal((await catalog.entries(ACCOUNT)).all.length, 2)
})

test('a failed refresh leaves the known entries', async () => {
  await catalog.entries(ACCOUNT)
  isDown = true
  assert.equal(await catalog.refresh(ACCOUNT, 'a'), false)
  assert.deepEqual(await names(), ['a APPROVED', 'ab APPROVED'])
})

test('a sync after a change never ends with a fetch from before the change', async () => {
  await catalog.entries(ACCOUNT)
  clock.advance(1)
  let open = (): void => {}
  gate = new Promise((resolve) => (open = resolve))
  const before = catalog.sync(ACCOUNT)
  atMeta = [template('3', 'c')]
  const after = [catalog.sync(ACCOUNT), catalog.sync(ACCOUNT)]
  open()
  assert.equal(await before, 2)
  assert.deepEqual(await Promise.all(after), [1, 1])
  assert.deepEqual(calls, ['*', '*', '*'], 'those who came after share one')
  assert.deepEqual(await names(), ['c APPROVED'])
})

test('a webhook’s change is visible at once, and an earlier fetch does not undo it', async () => {
  await catalog.entries(ACCOUNT)
  clock.advance(60_000)
  let open = (): void => {}
  gate = new Promise((resolve) => (open = resolve))
  const slow = catalog.sync(ACCOUNT)
  clock.advance(2_000)
  const at = clock.now()
  await applyTemplateUpdates(store.sql, '10', [{ what: 'status', id: '1', at, value: 'PAUSED', reason: null }], at)
  catalog.changed('10')
  assert.deepEqual(await names(), ['a PAUSED', 'ab APPROVED'])
  open()
  await slow
  assert.deepEqual(await names(), ['a PAUSED', 'ab APPROVED'])
  // The fetch after the webhook began later, so its result is used.
  gate = undefined
  clock.advance(5_000)
  await new Promise((resolve) => setImmediate(resolve))
  await catalog.sync(ACCOUNT)
  assert.deepEqual(await names(), ['a APPROVED', 'ab APPROVED'])
})

test('updates in the wrong order: the later one stays', async () => {
  await catalog.entries(ACCOUNT)
  clock.advance(100_000)
  const now = clock.now()
  const applyStatus = (value: string, at: number) =>
    applyTemplateUpdates(store.sql, '10', [{ what: 'status', id: '1', at, value, reason: null }], now)
  await applyStatus('PAUSED', now - 10_000)
  await applyStatus('REJECTED', now - 20_000)
  const kept = await findTemplate(store.sql, '10', '1')
  assert.equal(kept?.entry.status, 'PAUSED')
  assert.equal(kept?.times.statusUpdatedAt, now - 10_000)
  await applyTemplateUpdates(store.sql, '10', [{ what: 'quality', id: '1', at: now, value: 'YELLOW' }], now)
  await applyTemplateUpdates(
    store.sql,
    '10',
    [{ what: 'category', id: '1', at: now + 60_000, value: 'MARKETING' }],
    now,
  )
  const { entry, times } = (await findTemplate(store.sql, '10', '1'))!
  assert.deepEqual([entry.quality, entry.category], ['YELLOW', 'MARKETING'])
  assert.deepEqual([times.qualityUpdatedAt, times.categoryUpdatedAt], [now, now], 'Meta’s clock may run ahead of ours')
})

test('a change of status without a webhook has a time too', async () => {
  await catalog.entries(ACCOUNT)
  clock.advance(5_000)
  atMeta[0]!.status = 'DISABLED'
  await catalog.sync(ACCOUNT)
  const { times } = (await findTemplate(store.sql, '10', '1'))!
  assert.equal(times.statusUpdatedAt, clock.now())
  assert.equal(times.createdAt, clock.now() - 5_000)
  assert.equal(times.qualityUpdatedAt, 0)
})

test('a new template stays, though Meta’s list does not have it yet', async () => {
  await catalog.entries(ACCOUNT)
  await insertCreated(store.sql, '10', readTemplate(template('9', 'new', { status: 'PENDING' }))!, 4, clock.now())
  catalog.reread('10')
  clock.advance(1_000)
  await catalog.sync(ACCOUNT)
  assert.ok((await names()).includes('new PENDING'))
  atMeta.push(template('9', 'new'))
  clock.advance(1_000)
  await catalog.sync(ACCOUNT)
  assert.ok((await names()).includes('new APPROVED'))
  assert.equal((await findTemplate(store.sql, '10', '9'))?.channelId, 4)
  atMeta.pop()
  clock.advance(61_000)
  await catalog.sync(ACCOUNT)
  assert.ok(!(await names()).some((name) => name.startsWith('new')))
})

test('pages go from the highest id to the lowest, however long the ids are', async () => {
  atMeta = ['7', '10', '9', '1478820956612233', '999999999999999'].map((id) => template(id, `t${id}`))
  await catalog.entries(ACCOUNT)
  const seen: string[] = []
  for (let lastId: string | undefined; ; lastId = seen.at(-1)) {
    const page = await listTemplates(store.sql, '10', { count: 2, lastId })
    if (page.length === 0) break
    seen.push(...page.map((one) => one.entry.id))
  }
  assert.deepEqual(seen, ['1478820956612233', '999999999999999', '10', '9', '7'])
})
