import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { type Answer, startWorld, type World } from '../support/world.ts'

const PATH = '/external/contacts/preferences'
const code = { 'certification-code': DEMO.certificationCode }

let world: World
before(async () => {
  world = await startWorld()
})
after(() => world.stop())

type Done = { rows: number; changed: number; unchanged: number; wrong: number; problems: { line: number }[] }

async function importOf(text: string | Buffer): Promise<Answer> {
  const form = new FormData()
  form.set('file', new Blob([typeof text === 'string' ? text : new Uint8Array(text)]), 'optout.csv')
  const response = await fetch(`${world.gateway.url}${PATH}/import`, { method: 'POST', headers: code, body: form })
  return { ...((await response.json()) as Answer), http: response.status }
}

async function csv(query = ''): Promise<string[][]> {
  const response = await fetch(`${world.gateway.url}${PATH}.csv${query}`, { headers: code })
  assert.equal(response.status, 200)
  assert.match(response.headers.get('content-type') ?? '', /^text\/csv/)
  const lines = (await response.text()).trimEnd().split('\r\n')
  return lines.map((line) => line.split(','))
}

const known = async (to: string) =>
  ((await world.customer('GET', `/external/contacts/${to}`)).data as { marketing: { state: string; since: number } })
    .marketing

test('a file is recorded, wrong rows are told by their lines, and the same file again changes nothing', async () => {
  const file = [
    '\ufeffname,to,marketing,since',
    'Ana,+1 555 074 0001,stopped,2026-01-02T03:04:05Z',
    '"Li, Mei",15550740002,allowed,1767225600',
    'nobody,12,stopped,',
    '=cmd(),15550740003,perhaps,',
    'Bo,15550740004,,',
    '"two\r\nlines",US.80412236671908854499,stopped,',
    'Cy,15550740005,stopped,tomorrow',
  ].join('\r\n')
  const first = await importOf(file)
  assert.equal(first.http, 200, JSON.stringify(first))
  const done = first.data as Done
  assert.deepEqual([done.rows, done.changed, done.unchanged, done.wrong], [7, 4, 0, 3])
  assert.deepEqual(
    done.problems.map(({ line }) => line),
    [4, 5, 9],
  )
  assert(!JSON.stringify(done.problems).includes('15550740003'))
  assert.deepEqual(await known('15550740001'), { state: 'stopped', since: 1_767_323_045, by: 'business' })
  assert.equal((await known('15550740002')).state, 'allowed')
  assert.equal((await known('US.80412236671908854499')).state, 'stopped')
  await world.receiver.gets({ event: 'contact_update', what: 'preferences', contact: { phone: '15550740004' } })

  const again = (await importOf(file)).data as Done
  assert.deepEqual([again.changed, again.unchanged, again.wrong], [0, 4, 3])

  await world.customer('PUT', '/external/contacts/15550740001/preferences', { marketing: 'allowed' })
  assert.equal(((await importOf(file)).data as Done).changed, 0, 'an older wish of a file replaces no newer one')
  assert.equal((await known('15550740001')).state, 'allowed')
})

test('what is exported is what was said, and can be imported', async () => {
  await importOf('15550741001\n15550741002\n')
  const rows = await csv('?marketing=stopped')
  assert.deepEqual(rows[0], ['to', 'marketing', 'since', 'by', 'name'])
  const mine = rows.filter(([to]) => to!.startsWith('1555074100'))
  assert.deepEqual(
    mine.map(([to, state, , by]) => [to, state, by]),
    [
      ['15550741001', 'stopped', 'business'],
      ['15550741002', 'stopped', 'business'],
    ],
  )
  assert(rows.slice(1).every(([, state]) => state === 'stopped'))
  const all = await csv()
  assert(all.length > rows.length)
  const done = (await importOf(all.map((cells) => cells.join(',')).join('\n'))).data as Done
  assert.deepEqual([done.rows, done.unchanged], [all.length - 1, all.length - 1])
  assert.equal((await world.customer('GET', `${PATH}.csv?marketing=perhaps`)).http, 422)
})

test('thousands of rows, in chunks, and a contact twice', async () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => `${15_550_750_000 + i},stopped`)
  const done = (await importOf(['number,marketing', ...rows, '15550750000,allowed', '15550750001,stopped'].join('\n')))
    .data as Done
  assert.deepEqual([done.rows, done.changed, done.unchanged, done.wrong], [5_002, 5_001, 1, 0])
  assert.equal((await known('15550750000')).state, 'allowed')
  assert.equal((await known('15550754999')).state, 'stopped')
})

test('a file that is no such file is refused, and says where', async () => {
  for (const [text, says] of [
    ['name,city\nMei,Hong Kong', /line 1: the first line must name the columns/],
    [`to\n15550742001\n"${'x'.repeat(200_000)}`, /line 3: .*quotation mark/],
    [Buffer.from([0x31, 0xff, 0x0a]), /line 1: the file is not UTF-8/],
  ] as const) {
    const answer = await importOf(text as string)
    assert.equal(answer.http, 422, JSON.stringify(answer))
    assert.match(answer.message, says)
  }
  assert.equal((await known('15550742001')).state, 'stopped', 'the rows before are recorded')
  assert.equal((await world.customer('POST', `${PATH}/import`, {})).http, 415)
})
