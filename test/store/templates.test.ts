import assert from 'node:assert/strict'
import type { CatalogEntry } from '../../packages/gateway/src/domain/templates/catalog-entry.ts'
import {
  catalogState,
  creatorsOf,
  findTemplate,
  insertCreated,
  keepTemplate,
  listTemplates,
  applyTemplateUpdates,
  removeTemplate,
  replaceCatalog,
  replaceNamed,
  templatesOf,
} from '../../packages/gateway/src/store/templates.ts'
import {
  expireMediaOfLink,
  findMedia,
  findMediaOfLink,
  insertMedia,
  removeMediaRow,
} from '../../packages/gateway/src/store/media.ts'
import { onBothEngines } from './engines.ts'

const T = 1_800_000_000_000
const WABA = '10'

const entry = (id: string, name: string, more: Partial<CatalogEntry> = {}): CatalogEntry => ({
  id,
  name,
  language: 'en_US',
  status: 'APPROVED',
  category: 'UTILITY',
  quality: '',
  components: [{ type: 'BODY', text: 'Hello “you”.' }],
  wants: { isNamed: false, buttons: [] },
  ...more,
})

onBothEngines(
  'a catalog: what stays the same keeps its times, what changed gets new ones',
  async ({ store: { sql } }) => {
    await replaceCatalog(
      sql,
      WABA,
      [entry('1', 'a'), entry('2', 'b', { rejectedReason: 'SCAM', status: 'REJECTED' })],
      T,
    )
    await replaceCatalog(sql, WABA, [entry('1', 'a'), entry('2', 'b'), entry('3', 'c')], T + 1000, T + 1500)
    const rows = await templatesOf(sql, WABA)
    assert.deepEqual(
      rows.map(({ entry: { id, status }, times }) => [
        id,
        status,
        times.createdAt - T,
        times.statusUpdatedAt && times.statusUpdatedAt - T,
      ]),
      [
        ['1', 'APPROVED', 0, 0],
        ['2', 'APPROVED', 0, 1500],
        ['3', 'APPROVED', 1500, 0],
      ],
    )
    assert.deepEqual(rows[0]!.entry, entry('1', 'a'))
    const state = await catalogState(sql, WABA)
    assert.equal(state?.syncedAt, T + 1000)
    await replaceNamed(
      sql,
      WABA,
      'a',
      [entry('1', 'a', { quality: 'RED' }), entry('9', 'a', { language: 'de' })],
      T + 2000,
    )
    assert.equal((await templatesOf(sql, WABA)).length, 4)
    assert.notEqual((await catalogState(sql, WABA))?.changedAt, state?.changedAt)
    assert.equal((await catalogState(sql, WABA))?.syncedAt, T + 1000)
  },
)

onBothEngines(
  'updates from webhooks: only the newer stays, and a fetch from before does not undo it',
  async ({ store: { sql } }) => {
    await replaceCatalog(sql, WABA, [entry('1', 'a')], T)
    const before = await catalogState(sql, WABA)
    await applyTemplateUpdates(
      sql,
      WABA,
      [
        { what: 'status', id: '1', at: T + 10_000, value: 'REJECTED', reason: 'SCAM' },
        { what: 'quality', id: '1', at: T + 10_000, value: 'RED' },
        { what: 'category', id: '1', at: T + 10_000, value: 'MARKETING' },
        { what: 'status', id: '1', at: T + 5_000, value: 'PAUSED', reason: null },
        { what: 'status', id: 'nobody', at: T + 5_000, value: 'PAUSED', reason: null },
      ],
      T + 20_000,
    )
    await replaceCatalog(sql, WABA, [entry('1', 'a')], T + 9_000, T + 21_000)
    const kept = (await findTemplate(sql, WABA, '1'))!
    assert.deepEqual(
      [kept.entry.status, kept.entry.rejectedReason, kept.entry.quality, kept.entry.category],
      ['REJECTED', 'SCAM', 'RED', 'MARKETING'],
    )
    assert.equal(kept.times.statusUpdatedAt, T + 10_000)
    assert.ok((await catalogState(sql, WABA))!.changedAt > before!.changedAt)
    await keepTemplate(sql, WABA, entry('1', 'a'), T + 30_000)
    assert.equal((await findTemplate(sql, WABA, '1'))?.entry.status, 'APPROVED')
  },
)

onBothEngines('two changes of one millisecond are two', async ({ store: { sql } }) => {
  await replaceCatalog(sql, WABA, [entry('1', 'a')], T)
  const seen = new Set<number>()
  for (const value of ['RED', 'GREEN', 'YELLOW']) {
    await applyTemplateUpdates(sql, WABA, [{ what: 'quality', id: '1', at: T, value }], T)
    seen.add((await catalogState(sql, WABA))!.changedAt)
  }
  assert.equal(seen.size, 3)
})

onBothEngines('who created a template is remembered, and gone with it', async ({ store: { sql } }) => {
  await replaceCatalog(sql, WABA, [entry('1', 'a')], T)
  await insertCreated(sql, WABA, entry('2', 'b', { status: 'PENDING' }), 7, T + 1000)
  await replaceCatalog(sql, WABA, [entry('1', 'a')], T + 2000)
  assert.equal((await findTemplate(sql, WABA, '2'))?.entry.status, 'PENDING')
  await replaceCatalog(sql, WABA, [entry('1', 'a'), entry('2', 'b')], T + 3000)
  assert.deepEqual([...(await creatorsOf(sql, ['1', '2', '3']))], [['2', 7]])
  assert.equal(await removeTemplate(sql, WABA, '2', T + 4000), true)
  assert.equal(await removeTemplate(sql, WABA, '2', T + 4000), false)
  assert.equal((await creatorsOf(sql, ['2'])).size, 0)
})

onBothEngines('a list chooses by every column and pages by number', async ({ store: { sql } }) => {
  const all = ['9', '10', '7', '100', '99'].map((id, i) =>
    entry(id, `t${i % 2}`, { quality: i === 0 ? 'RED' : '', language: i < 2 ? 'de' : 'en_US' }),
  )
  await replaceCatalog(sql, WABA, all, T)
  await replaceCatalog(sql, '11', [entry('5', 't0')], T)
  const ids = async (filter: Partial<Parameters<typeof listTemplates>[2]>) =>
    (await listTemplates(sql, WABA, { count: 10, ...filter })).map((one) => one.entry.id)
  assert.deepEqual(await ids({}), ['100', '99', '10', '9', '7'])
  assert.deepEqual(await ids({ count: 2, lastId: '99' }), ['10', '9'])
  assert.deepEqual(await ids({ name: 't1' }), ['100', '10'])
  assert.deepEqual(await ids({ quality: 'RED', language: 'de', status: 'APPROVED', category: 'UTILITY' }), ['9'])
  assert.deepEqual(await ids({ status: 'PAUSED' }), [])
})

onBothEngines('media ids, and the links they were made from', async ({ store: { sql } }) => {
  const row = (id: string, link: string | null, expires: number, kind = 'image') => ({
    channel_id: 7,
    id,
    kind,
    mime_type: 'image/png',
    bytes: 5,
    filename: 'ü.png',
    link,
    created_at: T,
    expires_at: T + expires,
  })
  const link = `https://files.example/${'x'.repeat(4000)}`
  await insertMedia(sql, row('1', link, 1000))
  await insertMedia(sql, row('2', link, 2000))
  await insertMedia(sql, row('3', null, 2000))
  assert.deepEqual({ ...(await findMedia(sql, 7, '3')) }, row('3', null, 2000))
  assert.equal(await findMedia(sql, 8, '3'), undefined)
  assert.equal((await findMediaOfLink(sql, 7, link, 'image'))?.id, '2')
  assert.equal(await findMediaOfLink(sql, 7, link, 'document'), undefined)
  await expireMediaOfLink(sql, 7, link, T + 500)
  assert.equal((await findMediaOfLink(sql, 7, link, 'image'))?.expires_at, T + 500)
  await removeMediaRow(sql, 7, '3')
  assert.equal(await findMedia(sql, 7, '3'), undefined)
  await insertMedia(sql, { ...row('4', null, 0), created_at: T + 40 * 86_400_000, expires_at: T + 70 * 86_400_000 })
  assert.equal(await findMedia(sql, 7, '1'), undefined, 'what expired long ago goes when something comes')
})
