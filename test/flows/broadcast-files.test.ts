import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'postern-rates-'))
const rates = join(folder, 'rates.csv')
writeFileSync(
  rates,
  `valid_from,market,countries,category,tier,currency,price
2026-01-01,Hong Kong,HK,marketing,0:30,USD,0.0732
2026-01-01,Hong Kong,,marketing,31:MAX,USD,0.0700
`,
)
let world: World
before(async () => {
  world = await startWorld({ webhook: false, env: { RATE_CARD_FILE: rates } })
})
after(async () => {
  await world.stop()
  rmSync(folder, { recursive: true })
})

type Envelope = { http: number; message: string; data: never; error: { fields?: { path: string; message: string }[] } }

/** Uploads a file as a form does, or as a plain body. */
async function upload(content: string | Uint8Array, { filename = 'people.csv', type = '' } = {}): Promise<Envelope> {
  const form = new FormData()
  form.append('file', new Blob([content as never]), filename)
  const response = await fetch(`${world.gateway.url}/external/broadcast-files`, {
    method: 'POST',
    headers: { 'certification-code': DEMO.certificationCode, ...(type !== '' && { 'content-type': type }) },
    body: type === '' ? form : (content as never),
  })
  return { http: response.status, ...((await response.json()) as Omit<Envelope, 'http'>) }
}

test('a file is stored as it came, with its columns and rows; and removed', async () => {
  const { http, data } = await upload('\uFEFFTelefon;Name\r\n85268411234;Ana\r\n16505551234;"Ben; B"\r\n')
  assert.equal(http, 201)
  const { file_id: id, columns, rows, delimiter, format, filename } = data as Record<string, unknown>
  assert.deepEqual([columns, rows, delimiter, format, filename], [['Telefon', 'Name'], 2, ';', 'csv', 'people.csv'])
  const found = await world.customer('GET', `/external/broadcast-files/${id as string}`)
  assert.deepEqual(found.data, data)
  assert.equal((await world.customer('DELETE', `/external/broadcast-files/${id as string}`)).http, 200)
  assert.equal((await world.customer('GET', `/external/broadcast-files/${id as string}`)).http, 404)
})

test('a file comes as a plain body, too', async () => {
  const csv = await upload('phone,name\n85268411234,Ana\n', { type: 'text/csv; charset=utf-8' })
  assert.deepEqual([csv.http, (csv.data as { rows: number }).rows], [201, 1])
  const lines = await upload('{"to":"85268411234"}\n{"to":"16505551234"}\n', { type: 'application/x-ndjson' })
  assert.deepEqual([lines.http, (lines.data as { rows: number; format: string }).format], [201, 'jsonl'])
})

test('a file of several parts is read to its end, and stored whole', async () => {
  const rows = Array.from({ length: 30_000 }, (_, i) => `${person(i)},Person number ${i} with a long name`)
  const made = await upload(`phone,name\n${rows.join('\n')}\n`)
  assert.equal(made.http, 201)
  const { file_id: id, rows: count, bytes } = made.data as { file_id: string; rows: number; bytes: number }
  assert.equal(count, 30_000)
  assert(bytes > 1024 * 1024)
  const { id: draft } = await broadcast({ template: 'test_button_reply_1', file_id: id, draft: true })
  assert.equal((await ask<Report>('POST', `${draft}/check`)).forecast.accepted, 30_000)
})

test('what is no list of recipients is refused with the line and what to do, and nothing is kept', async () => {
  const latin = await upload(Buffer.from('phone,name\n85268411234,Jos\xe9\n', 'latin1'))
  assert.equal(latin.http, 422)
  assert.match(latin.message, /^file: line 2 is not UTF-8: save the file as "CSV UTF-8"/)
  assert.match((await upload('phone,name\n')).message, /no rows/)
  const json = await upload('{}', { type: 'application/json' })
  assert.deepEqual([json.http, json.message.includes('multipart/form-data')], [415, true])
})

test('a form that ends too early is refused, and nothing is kept', async () => {
  const response = await fetch(`${world.gateway.url}/external/broadcast-files`, {
    method: 'POST',
    headers: {
      'certification-code': DEMO.certificationCode,
      'content-type': 'multipart/form-data; boundary=b',
    },
    body: '--b\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\nphone\n85268411234\n',
  })
  assert.deepEqual([response.status, ((await response.json()) as { code: number }).code], [400, 400])
})

type Report = {
  ok: boolean
  problem: string | null
  rows: number
  forecast: Record<'total' | 'accepted' | 'failed' | 'duplicates' | 'skipped', number> & {
    failed_by_reason: Record<string, number>
  }
  bad: { rows: number; first: { line: number; recipient: string; reason: string; message: string }[] }
  reasons: { reason: string; rows: number }[]
  preview: { line: number; to: string; name: string | null; rendered: { body: string } }[]
  templates: { name: string; language: string; rows: number }[]
  pace: { messages_per_second: number; seconds: number }
  categories: { category: string; type: string; messages: number }[]
  cost: { currency: string; amount_micros: number } | null
  quiet_hours: { held: number }
}
type Shown = {
  id: string
  state: string
  counts: Record<'total' | 'accepted' | 'failed' | 'duplicates' | 'skipped' | 'waiting', number>
  reason: { reason: string } | null
  failed_by_code: { reason: string; recipients: number }[]
  tested_at: number | null
}

const FIRST = 85_261_000_000
const CODE = {
  ...{ type: 'button', sub_type: 'copy_code', index: '0' },
  parameters: [{ type: 'coupon_code', coupon_code: 'A10' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }

/** WhatsApp does not deliver marketing to these people: from now on it is not repeated for a day. */
async function limit(people: readonly string[]): Promise<void> {
  for (const to of people) {
    world.sandbox.fault({ on: 'messages', code: 131049, as: 'answer', match: { to } })
    assert.equal((await world.customer('POST', '/external/messages/whatsapp', { to, ...MARKETING })).http, 400)
  }
}

const person = (i: number): string => String(FIRST + i)
const broadcast = async (body: unknown): Promise<Shown> => {
  const answer = await world.customer('POST', '/external/broadcasts', body)
  assert.equal(answer.http, 201, answer.message)
  return answer.data
}
const ask = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const answer = await world.customer(method, `/external/broadcasts/${path}`, body)
  assert.equal(answer.http, 200, answer.message)
  return answer.data
}
const fileId = async (content: string): Promise<string> => ((await upload(content)).data as { file_id: string }).file_id

async function until(id: string, state: string): Promise<Shown> {
  for (let i = 0; i < 400; i++) {
    const shown = await ask<Shown>('GET', id)
    if (shown.state === state) return shown
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  throw new Error(`${id} is not ${state}: ${JSON.stringify(await ask('GET', id))}`)
}

test('the forecast of a check is what the broadcast becomes, number by number', async () => {
  world.sandbox.addTemplate({
    name: 'offer',
    category: 'MARKETING',
    components: [{ type: 'BODY', text: 'Hello {{1}}, {{2}} is on offer.' }],
  })
  world.sandbox.addTemplate({
    name: 'offer',
    language: 'de',
    category: 'MARKETING',
    components: [{ type: 'BODY', text: 'Hallo {{1}}, {{2}} ist im Angebot.' }],
  })
  await world.admin('POST', '/admin/channels/1/templates/sync')
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 1000 })
  const rows = Array.from({ length: 60 }, (_, i) => `+${person(i)};Person ${i};"Tea; green";${i % 3 ? 'en_US' : 'de'}`)
  rows.push(
    `${person(3)};Again;Tea;de`,
    '0612345678;Wrong;Tea;de',
    `${person(70)};Emil;;de`,
    `${person(71)};Eve;Tea;fr`,
  )
  const file = await fileId(`\uFEFFTelefon;Vorname;Ware;Sprache\r\n${rows.join('\r\n')}\r\n`)
  for (const i of [4, 5])
    await world.customer('PUT', `/external/contacts/${person(i)}/preferences`, { marketing: 'stopped' })
  await limit([person(5), person(6), person(7), person(8)])

  const made = await broadcast({
    name: 'Autumn',
    template: 'offer',
    file_id: file,
    map: { phone: 'Telefon', name: 'Vorname', language: 'Sprache', body: ['Vorname', 'Ware'] },
    draft: true,
  })
  assert.equal(made.state, 'draft')
  const report = await ask<Report>('POST', `${made.id}/check`)
  assert.deepEqual([report.ok, report.rows, report.bad.rows], [false, 64, 3])
  assert.deepEqual(
    report.bad.first.map(({ line, reason }) => [line, reason]),
    [
      [63, 'number_invalid'],
      [64, 'values'],
      [65, 'template'],
    ],
  )
  assert.match(report.bad.first[1]!.message, /^column "Ware", \{\{2\}\} of the body: /)
  assert.deepEqual(
    report.preview.slice(0, 2).map(({ line, to, name, rendered }) => [line, to, name, rendered.body]),
    [
      [2, person(0), 'Person 0', 'Hallo Person 0, Tea; green ist im Angebot.'],
      [3, person(1), 'Person 1', 'Hello Person 1, Tea; green is on offer.'],
    ],
  )
  assert.deepEqual(
    report.templates.map(({ language, rows: count }) => [language, count]),
    [
      ['de', 20],
      ['en_US', 40],
    ],
  )
  const refused = await world.customer('POST', `/external/broadcasts/${made.id}/start`)
  assert.equal(refused.http, 422)
  assert.match(refused.message, /3 of 64 rows cannot be sent/)
  assert.equal((await ask<Shown>('GET', made.id)).counts.total, 0, 'nothing was made of it')

  const csv = await fetch(`${world.gateway.url}/external/broadcasts/${made.id}/check.csv`, {
    headers: { 'certification-code': DEMO.certificationCode },
  })
  const lines = (await csv.text()).trim().split('\r\n')
  assert.equal(lines.length, 1 + 3 + 1 + 2 + 3, 'bad rows, a duplicate, two who have stopped, three who are limited')

  await ask('PATCH', made.id, { skip_bad: true })
  const { forecast, categories, cost } = await ask<Report>('POST', `${made.id}/check`)
  await ask('POST', `${made.id}/start`)
  const done = await until(made.id, 'done')
  const { failed_by_reason: byReason, ...counts } = forecast
  assert.deepEqual(counts, { total: 60, accepted: 55, failed: 5, duplicates: 1, skipped: 3 })
  for (const name of Object.keys(counts) as (keyof typeof counts)[])
    assert.equal(done.counts[name], counts[name], `${name} of the forecast`)
  assert.deepEqual(
    done.failed_by_code.map(({ reason, recipients }) => [reason, recipients]),
    Object.entries(byReason),
  )
  assert.deepEqual(byReason, { marketing_limited: 3, opted_out: 2 })
  await world.sandbox.settled()
  const bill = await world.customer('GET', '/external/costs?group_by=category')
  const { groups, total } = bill.data as {
    groups: { category: string; messages: number }[]
    total: { amount_micros: number }
  }
  assert.deepEqual(
    groups.map(({ category, messages }) => [category, messages]),
    categories.map(({ category, messages }) => [category, messages]),
  )
  assert.deepEqual([cost!.currency, cost!.amount_micros], ['USD', total.amount_micros])
})

test('a limit of one number counts at the other numbers of its account, in the forecast too', async () => {
  const { data } = await world.admin('GET', '/admin/channels/1')
  const made = await world.admin('POST', '/admin/channels', {
    name: 'of the same account',
    waba_id: (data as { waba_id: string }).waba_id,
    ...{ business_phone: '15550729999', phone_number_id: '990001', access_token: 'sandbox-token' },
  })
  const headers = { 'certification-code': (made.data as { certification_code: string }).certification_code }
  const limited = person(950)
  await limit([limited])
  const recipients = [limited, person(951)]
  for (const [message, expected] of [
    [MARKETING, { accepted: 1, failed_by_reason: { marketing_limited: 1 } }],
    [
      { type: 'template', template: { name: 'test_button_reply_1' } },
      { accepted: 2, failed_by_reason: {} },
    ],
  ] as const) {
    const draft = await world.customer('POST', '/external/broadcasts', { message, recipients, draft: true }, headers)
    const { id } = draft.data as Shown
    const checked = await world.customer('POST', `/external/broadcasts/${id}/check`, undefined, headers)
    const { accepted, failed_by_reason } = (checked.data as Report).forecast
    assert.deepEqual({ accepted, failed_by_reason }, expected)
  }
})

test('a channel that demands a check or a test lets no broadcast begin without it, whichever way', async () => {
  const path = '/external/broadcasts'
  const recipients = [person(900)]
  const message = { template: 'test_button_reply_1' }
  const file = { file_id: await fileId(`phone\n${person(901)}\n`) }
  const { id: before } = await broadcast({ ...message, recipients, start: false })
  for (const broadcast_start of ['checked', 'tested']) {
    await world.admin('PATCH', '/admin/channels/1', { broadcast_start })
    for (const body of [{ recipients }, { recipients, start: false }, { recipients: [], start: false }, file])
      assert.equal((await world.customer('POST', path, { ...message, ...body })).http, 409, JSON.stringify(body))
    for (const verb of ['resume', 'start'])
      assert.equal((await world.customer('POST', `${path}/${before}/${verb}`)).http, 409, `${verb} of an earlier one`)
    const ways = [{ recipients }, file]
    const drafts = await Promise.all(ways.map((body) => broadcast({ ...message, ...body, draft: true })))
    for (const { id } of drafts) {
      for (const verb of ['start', 'resume'])
        assert.equal((await world.customer('POST', `${path}/${id}/${verb}`)).http, 409, `${verb} of a draft`)
      await ask('POST', `${id}/${broadcast_start === 'checked' ? 'check' : 'test'}`, {
        ...(broadcast_start === 'tested' && { numbers: [person(902)] }),
      })
      await ask('POST', `${id}/start`)
      await until(id, 'done')
    }
  }
  assert.equal((await ask<Shown>('GET', before)).state, 'paused')
  await world.admin('PATCH', '/admin/channels/1', { broadcast_start: 'free' })
})
