import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import type { WireTemplateEntry } from '@postern/cloud-api'
import { catalogTypes } from '../../packages/gateway/src/domain/templates/catalog-types.ts'
import { body, buttons, entryOf, header } from '../../packages/gateway/src/domain/templates/test-templates.ts'
import { run as postern } from '../../packages/gateway/src/cli/run.ts'
import { ADMIN_TOKEN, startWorld } from '../support/world.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const exec = promisify(execFile)

const named = (name: string, more: Partial<WireTemplateEntry> = {}): Partial<WireTemplateEntry> => ({ name, ...more })
const url = { type: 'URL', text: 'Track', url: 'https://shop.example/{{1}}' }
const reply = { type: 'QUICK_REPLY', text: 'More' }
const order = [header('IMAGE'), body('Hi {{1}}, order {{2}} is ready. */'), buttons(reply, url)]
const card = { components: [header('IMAGE'), body('{{1}}')] }

const ENTRIES = [
  entryOf([body('Hello')], named('hello_world')),
  entryOf(order, named('order_ready')),
  entryOf(order, named('order_ready', { language: 'de' })),
  entryOf(order, named('order_ready', { language: 'fr', status: 'REJECTED' })),
  entryOf([body('Hello')], named('rejected', { status: 'REJECTED' })),
  entryOf(
    [header('TEXT', 'From {{shop}}'), body('Hi {{first_name}}: {{code}}')],
    named('named', { parameter_format: 'NAMED' }),
  ),
  entryOf([body('Save'), buttons({ type: 'COPY_CODE', text: 'Copy' })], named('coupon')),
  entryOf([body('Well?'), buttons(reply)], named('reply')),
  entryOf(
    [body('{{1}} is your code'), buttons({ type: 'OTP', otp_type: 'COPY_CODE', text: 'Copy' })],
    named('login', { category: 'AUTHENTICATION' }),
  ),
  entryOf(
    [{ type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Soon', has_expiration: true } }, body('For {{1}}')],
    named('offer'),
  ),
  entryOf([body('For {{1}}'), { type: 'CAROUSEL', cards: [card, card] }], named('cards')),
  entryOf([header('TEXT', 'About {{1}}'), body('Hi {{1}}')], named('uneven')),
  entryOf([body('Hi {{1}}')], named('uneven', { language: 'de' })),
]

/** What the compiler says about the type tests with this catalog. */
async function compiled(catalog: string): Promise<string> {
  const folder = mkdtempSync(join(ROOT, '.types-'))
  try {
    writeFileSync(join(folder, 'templates.d.ts'), catalog)
    writeFileSync(join(folder, 'catalog.ts'), readFileSync(join(import.meta.dirname, 'catalog.ts.txt')))
    const config = { extends: '../tsconfig.json', include: ['*.ts'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
    const { stdout } = await exec(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error)
    return stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test('with a catalog, a wrong name, language, header, button or missing parameter does not compile', async () => {
  assert.equal(await compiled(catalogTypes(ENTRIES)), '')
})

test('without one, the same refusals are unused: the catalog makes them', async () => {
  assert.match(await compiled('export {}\n'), /catalog\.ts\(\d+,\d+\): error TS2578: Unused '@ts-expect-error'/)
})

test('`postern types` writes the catalog of an account', async () => {
  await using world = await startWorld({ webhook: false })
  const said: string[] = []
  const out = (text: string): void => void said.push(text)
  const call = (...words: string[]): Promise<number> =>
    postern(['types', '--url', world.gateway.url, ...words], { ADMIN_TOKEN }, { out, err: out })
  assert.equal(await call('1'), 0, said.join(''))
  const printed = said.join('')
  assert.match(printed, /declare module '@postern\/client' \{/)
  assert.match(printed, /test_header_text_2: \{ language: "en_US"; header: 'text'; body: \[string, string, string\] \}/)
  assert.match(printed, /authentication_ca: \{ language: "en_US"; code: true \}/)
  const file = join(world.dataDir, 'templates.d.ts')
  assert.equal(await call('--out', file), 0)
  assert.equal(readFileSync(file, 'utf8').trim(), printed.trim())
  assert.equal(await call('--out', join(world.dataDir, 'none', 'x.d.ts')), 1)
  assert.match(said.join(''), /--out cannot be written/)
})
