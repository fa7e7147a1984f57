import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startPostern, type Postern } from '../testing/index.ts'
import { mapOf } from './broadcast-file.ts'

const POSTERN = fileURLToPath(new URL('../../bin/postern.js', import.meta.url))
const TEMPLATE = ['--template', 'test_header_text_2']

let postern: Postern
let folder: string
before(async () => {
  postern = await startPostern()
  folder = mkdtempSync(join(tmpdir(), 'postern-people-'))
})
after(async () => {
  await postern?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs `postern broadcast send` on a file with these lines. */
function send(name: string, lines: string[], ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const file = join(folder, name)
  writeFileSync(file, lines.join('\n'))
  const all = ['broadcast', 'send', file, '--url', postern.url, ...args]
  const env = { ...process.env, CERTIFICATION_CODE: postern.certificationCode }
  return new Promise((resolve) => {
    execFile(process.execPath, [POSTERN, ...all], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err })
    })
  })
}

const accepted = (): number =>
  postern.sandbox.received().filter(({ path, status }) => status === 200 && path.endsWith('/messages')).length

const PEOPLE = ['Telephone;First name', '85268411234;Ana', '+1 650 555 1234;Ben']
const MAP = [
  '--map',
  'to=Telephone',
  '--map',
  'body.1=First name',
  '--set',
  'body.2=10 %',
  '--set',
  'body.3=Monday',
  '--map',
  'header=First name',
]

test('a dry run shows what would happen and sends nothing; the same command without it sends; again it sends nothing', async () => {
  const dry = await send('people.csv', PEOPLE, ...TEMPLATE, ...MAP, '--dry-run')
  assert.equal(dry.code, 0, dry.err)
  assert.match(dry.out, /Would get it +2/)
  assert.match(dry.out, /Nothing was sent/)
  assert.equal(accepted(), 0)
  const sent = await send('people.csv', PEOPLE, ...TEMPLATE, ...MAP, '--wait')
  assert.equal(sent.code, 0, sent.err)
  assert.match(sent.out, /done/)
  assert.equal(accepted(), 2)
  const again = await send('people.csv', PEOPLE, ...TEMPLATE, ...MAP, '--wait')
  assert.match(again.err, /already, so nothing is sent/)
  assert.equal(accepted(), 2)
})

test('bad rows are named by line, and nothing is sent unless they are to be left out', async () => {
  const before = accepted()
  const lines = [...PEOPLE, 'no number;Carl', ';Dora']
  const refused = await send('bad.csv', lines, ...TEMPLATE, ...MAP)
  assert.equal(refused.code, 1)
  assert.match(refused.err, /Nothing was sent/)
  assert.match(refused.err, /^4 +no number/m)
  assert.match(refused.err, /^5 /m)
  assert.equal(accepted(), before)
  const skipped = await send('bad.csv', lines, ...TEMPLATE, ...MAP, '--skip-bad', '--wait')
  assert.equal(skipped.code, 0, skipped.err)
  assert.equal(accepted(), before + 2)
})

test('what cannot work is said before anything is uploaded', async () => {
  const wrong = await send('people.csv', PEOPLE, ...TEMPLATE, '--map', 'Telephone')
  assert.equal(wrong.code, 2)
  assert.match(wrong.err, /--map must be key=column, got "Telephone"/)
  const missing = await send('people.csv', PEOPLE, '--dry-run')
  assert.match(missing.err, /--template/)
  const column = await send('people.csv', PEOPLE, ...TEMPLATE, '--map', 'to=Phone', '--dry-run')
  assert.notEqual(column.code, 0)
  assert.match(column.err, /Phone/)
})

test('columns and values of all rows', () => {
  assert.deepEqual(mapOf({ map: ['to=Telephone', 'body.1=A=B'], set: ['body.2=10 %'] }), {
    to: 'Telephone',
    'body.1': 'A=B',
    'body.2': { value: '10 %' },
  })
  assert.throws(() => mapOf({ map: ['to=A'], set: ['to=B'] }), /given twice/)
  assert.equal(mapOf({}), undefined)
})

test('settings of an earlier run do not stay; who cancelled it is told so', async () => {
  const before = accepted()
  const lines = [...PEOPLE, 'no number;Carl']
  const tomorrow = String(Math.floor(Date.now() / 1000) + 86_400)
  const skips = await send('later.csv', lines, ...TEMPLATE, ...MAP, '--dry-run', '--skip-bad', '--send-at', tomorrow)
  assert.equal(skips.code, 0, skips.err)
  const strict = await send('later.csv', lines, ...TEMPLATE, ...MAP)
  assert.equal(strict.code, 1, 'without --skip-bad, bad rows stop it')
  assert.match(strict.err, /Nothing was sent/)
  const ask = async (method: string, path: string): Promise<unknown> => {
    const headers = { 'certification-code': postern.certificationCode }
    const answer = await fetch(`${postern.url}/external/broadcasts${path}`, { method, headers })
    return ((await answer.json()) as { data: unknown }).data
  }
  const [{ id, send_at, skip_bad }] = (await ask('GET', '?count=1')) as [Record<'id' | 'send_at' | 'skip_bad', unknown>]
  assert.deepEqual([send_at, skip_bad], [null, false])
  await ask('POST', `/${id as string}/cancel`)
  const cancelled = await send('later.csv', lines, ...TEMPLATE, ...MAP)
  assert.equal(cancelled.code, 1)
  assert.match(cancelled.err, new RegExp(`${id as string}, which was cancelled\\. To send it: --again`))
  assert.equal(accepted(), before)
})
