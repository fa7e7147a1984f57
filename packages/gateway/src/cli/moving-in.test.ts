import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { run } from './run.ts'

type Ran = { exit: number; out: string; err: string; json: Record<string, unknown> }

let world: World
before(async () => void (world = await startWorld({ webhook: false })))
after(() => world.stop())

async function cli(...args: string[]): Promise<Ran> {
  let [out, err] = ['', '']
  const env = { PORT: new URL(world.gateway.url).port, ADMIN_TOKEN, DATA_DIR: world.dataDir }
  const exit = await run([...args, '--json'], env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err, json: JSON.parse(out) as Record<string, unknown> }
}

const file = (name: string, text: string): string => {
  writeFileSync(join(world.dataDir, name), text)
  return join(world.dataDir, name)
}

const SHOP = [
  ...['channel', 'add', '--name', 'Shop', '--business-phone', '12065550147', '--waba-id', '102290129340398'],
  ...['--access-token', 'sandbox-token', '--no-check', '--compatibility', 'page', '--phone-number-id'],
]
const ask = async (code: string): Promise<number> =>
  (await world.customer('GET', '/external/channel', undefined, { 'certification-code': code })).code

test('a channel keeps the number and the code that it has elsewhere; both are refused once taken', async () => {
  const own = 'af92196e-0d07-3c1d-a631-a71c5e3f9d20'
  const path = file('code', `${own}\n`)
  const added = await cli(...SHOP, '4711', '--channel-id', '30058', '--certification-code-file', path)
  assert.deepEqual(added.json, { channel_id: 30058, certification_code: own })
  assert.equal(await ask(own), 200)

  const sameId = await cli(...SHOP, '4712', '--channel-id', '30058')
  assert.equal(sameId.exit, 1)
  assert.match(sameId.err, /channel_id: a channel has or had the number 30058\. Choose another/)
  const sameCode = await cli(...SHOP, '4712', '--certification-code-file', path)
  assert.equal(sameCode.exit, 1)
  assert.match(sameCode.err, /certification_code: this code is in use, or was revoked/)
  assert.ok(!(sameCode.out + sameCode.err).includes(own))

  const second = await cli('channel', 'rotate', '30058', '--certification-code', 'a-second-code-0001')
  assert.equal(second.json.certification_code, 'a-second-code-0001')
  assert.deepEqual([await ask(own), await ask('a-second-code-0001')], [200, 200])
  const again = await cli('channel', 'rotate', '30058', '--certification-code', 'a-second-code-0001')
  assert.match(again.err, /certification_code: this code is in use/)
})

test('malformed numbers and codes are refused by the name of their field', async () => {
  const wrong: [string, unknown, RegExp][] = [
    ['channel_id', 0, /^channel_id: /],
    ['channel_id', 1.5, /^channel_id: /],
    ['channel_id', '30059', /^channel_id: must be a number, got a string/],
    ['channel_id', 1e12, /^channel_id: /],
    ['certification_code', 'fifteen-visible', /^certification_code: must be 16 to 200 visible/],
    ['certification_code', 'x'.repeat(201), /^certification_code: /],
    ['certification_code', 'with a space inside', /^certification_code: /],
    ['certification_code', '认证码认证码认证码认证码认证码认证码', /^certification_code: /],
    ['certification_code', 'postern-demo-certification-code', /^certification_code: is the public code/],
    ['compatibility', 'hosted', /^compatibility: must be one of/],
  ]
  const body = { name: 'S', business_phone: '1', phone_number_id: '4713', waba_id: '1', access_token: 't' }
  for (const [key, value, says] of wrong) {
    const answer = await world.admin('POST', '/admin/channels', { ...body, [key]: value })
    assert.deepEqual(
      [answer.http, (answer.error as unknown as { fields: { path: string }[] }).fields[0]!.path],
      [422, key],
      String(value),
    )
    assert.match(answer.message, says)
    if (key === 'certification_code') assert.ok(!JSON.stringify(answer).includes(String(value)))
  }
  const longest = { certification_code: `${'x'.repeat(199)}~`, channel_id: 999_999_999_999 }
  assert.equal((await world.admin('POST', '/admin/channels', { ...body, ...longest })).http, 201)
  const next = await world.admin('POST', '/admin/channels', { ...body, phone_number_id: '4714' })
  assert.equal((next.data as { channel_id: number }).channel_id, 1_000_000_000_000)
  assert.equal((await world.admin('GET', '/admin/channels/1000000000000')).http, 200)
})

const WABA = '102290129340398'
const HEAD =
  'name,business_phone,phone_number_id,waba_id,access_token,channel_id,certification_code,webhook_url,compatibility'
const codes = (id: number): Promise<number> =>
  world
    .admin('GET', `/admin/channels/${id}`)
    .then(({ data }) => (data as { certification_codes?: unknown[] }).certification_codes?.length ?? 0)

test('import: channels and codes from a file; again, it changes nothing; secrets of the file are not printed', async () => {
  const path = file(
    'shops.csv',
    [
      HEAD,
      `"Shop, north",12065550150,5001,${WABA},token-one,31001,code-of-shop-north-1,http://127.0.0.1:9/hook,page`,
      ',,5001,,,,code-of-shop-north-2,,',
      `Shop south,12065550151,5002,${WABA},token-two,,,,`,
      '',
    ].join('\r\n'),
  )
  const dry = await cli('import', path, '--dry-run', '--no-check')
  assert.equal(dry.exit, 0, dry.err)
  assert.deepEqual(dry.json, {
    dry_run: true,
    rows: [
      { line: 2, did: 'channel', channel_id: 31001 },
      { line: 3, did: 'code', channel_id: 31001 },
      { line: 4, did: 'channel', channel_id: null },
    ],
  })
  assert.equal((await world.admin('GET', '/admin/channels/31001')).http, 404, 'a dry run makes nothing')

  const made = await cli('import', path, '--no-check')
  assert.equal(made.exit, 0, made.err)
  const rows = made.json.rows as Record<string, unknown>[]
  const south = Number(rows[2]!.channel_id)
  assert.deepEqual(
    rows.map(({ line, did, channel_id }) => [line, did, channel_id]),
    [
      [2, 'channel', 31001],
      [3, 'code', 31001],
      [4, 'channel', south],
    ],
  )
  assert.match(String(rows[0]!.webhook_secret), /^whsec_/)
  assert.match(String(rows[2]!.certification_code), /^pc_/)
  for (const code of ['code-of-shop-north-1', 'code-of-shop-north-2', String(rows[2]!.certification_code)])
    assert.equal(await ask(code), 200)
  const { data } = await world.admin('GET', '/admin/channels/31001')
  const { name, compatibility, webhook_url: url } = data as Record<string, unknown>
  assert.deepEqual([name, compatibility, url], ['Shop, north', 'page', 'http://127.0.0.1:9/hook'])

  const again = await cli('import', path, '--no-check')
  assert.deepEqual(again.json.rows, [
    { line: 2, did: 'nothing', channel_id: 31001 },
    { line: 3, did: 'nothing', channel_id: 31001 },
    { line: 4, did: 'nothing', channel_id: south },
  ])
  assert.deepEqual([await codes(31001), await codes(south)], [2, 1])
  for (const { out, err } of [dry, made, again])
    for (const secret of ['token-one', 'token-two', 'code-of-shop-north'])
      assert.ok(!(out + err).includes(secret), secret)
})

test('import: bad lines are told together, by line, in words; nothing is made of the file', async () => {
  await cli(...SHOP, '6000', '--channel-id', '32000', '--certification-code', 'a-code-that-is-taken-1')
  const path = file(
    'bad.csv',
    [
      HEAD,
      `Good,12065550160,6001,${WABA},good-token-77,32001,a-good-code-000001,,`,
      `,12065550161,6002,${WABA},secret-token-77,x7,short-secret,ftp://x,hosted`,
      `Taken,12065550162,6003,${WABA},t,32000,a-code-that-is-taken-1,,`,
      `Other,12065550147,6000,${WABA},another-token-77,,,,`,
      ',,6001,,,32002,,,',
    ].join('\n'),
  )
  const { exit, json, out, err } = await cli('import', path, '--no-check')
  assert.equal(exit, 1)
  const told = (json.problems as { line: number; column: string; message: string }[]).map(
    ({ line, column }) => `${line} ${column}`,
  )
  // The form of all values is looked at first.
  assert.deepEqual(
    told,
    ['3 channel_id', '3 certification_code', '3 webhook_url', '3 compatibility'].toSorted(byColumn),
  )
  assert.match(err, /Nothing was made: .*bad\.csv has lines that are wrong\.\n {2}line 3, /)
  const fixed = file('bad2.csv', [HEAD, ...linesOf(path).filter((line) => !line.includes('short-secret'))].join('\n'))
  const second = await cli('import', fixed, '--no-check')
  assert.equal(second.exit, 1)
  assert.deepEqual(
    (second.json.problems as { line: number; column: string }[]).map(({ line, column }) => `${line} ${column}`),
    ['3 channel_id', '3 certification_code', '4 name', '4 access_token', '5 channel_id'],
  )
  for (const text of [out, err, second.out, second.err])
    for (const secret of ['token-77', 'short-secret', 'a-code-that-is-taken', 'a-good-code'])
      assert.ok(!text.includes(secret), secret)
  assert.equal((await world.admin('GET', '/admin/channels/32001')).http, 404)
})

const byColumn = (a: string, b: string): number => COLUMNS.indexOf(a.slice(2)) - COLUMNS.indexOf(b.slice(2))
const COLUMNS = ['webhook_url', 'compatibility', 'channel_id', 'certification_code']
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(1)

test('import: the columns are checked, and WhatsApp is asked for each new number', async () => {
  const columns = await cli('import', file('columns.csv', 'name,phone,name\nx,1,y\n'))
  assert.match(columns.err, /line 1: there is no column "phone"\. Columns: name, business_phone/)
  assert.match(columns.err, /line 1, name: is there twice/)
  assert.match(columns.err, /line 1, phone_number_id: this column is missing/)
  const path = file('unknown.csv', `${HEAD}\nShop,12065550170,7001,${WABA},not-a-token-of-the-sandbox,33001,,,\n`)
  const asked = await cli('import', path, '--dry-run')
  assert.equal(asked.exit, 1)
  assert.match(asked.err, /line 2: WhatsApp does not confirm the token: /)
  assert.match(asked.err, /use --no-check/)
  assert.ok(!asked.err.includes('not-a-token-of'))
})

test('import: a token in any place, also where a heading should be, is not printed', async () => {
  const token = 'EAAGm0PX4ZCpsBA77secret-token'
  const headless = await cli('import', file('headless.csv', `Shop,12065550180,8001,${WABA},${token}\n,,8002,,,\n`))
  assert.match(headless.err, /line 1: there is no column "Shop"\. Columns: name, /)
  assert.match(headless.err, /line 1: value 5 is not the name of a column\. Columns: /)
  assert.ok(!(headless.out + headless.err).includes('EAAG'))
  const columns = /The first line names the columns: (.*)\./.exec((await help()).out)![1]!.split(', ')
  assert.ok(columns.includes('compatibility'))
  for (const column of columns) {
    const [head, cells] =
      column === 'phone_number_id' ? [column, token] : [`phone_number_id,${column}`, `8003,${token}`]
    const { exit, out, err } = await cli('import', file('shifted.csv', `${head}\n${cells}\n`), '--dry-run')
    assert.equal(exit, 1, column)
    assert.ok(!(out + err).includes('EAAG'), `${column}: ${err}`)
  }
})

async function help(): Promise<{ out: string }> {
  let out = ''
  await run(['import', '--help'], {}, { out: (text) => (out += text), err: () => {} })
  return { out: out.replace(/\s+/g, ' ') }
}
