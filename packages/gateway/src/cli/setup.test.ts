import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { after, before, test } from 'node:test'
import { startSandbox, type Sandbox } from '../../../sandbox/src/index.ts'
import { freePort } from '../../../../test/support/process.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { hiddenFrom } from './ask.ts'
import type { Answer, Call, Values } from './command.ts'
import { run } from './run.ts'
import { setup } from './setup.ts'

const PHONE = '16505551234'

let whatsapp: Sandbox
let world: World
let wabaId: string
let numberId: string
const folder = mkdtempSync(join(tmpdir(), 'postern-setup-'))

before(async () => {
  whatsapp = await startSandbox({ seed: 'cli setup', demo: false, statusDelayMs: 1 })
  wabaId = whatsapp.addAccount({ subscribed: false }).wabaId
  const { number } = whatsapp.addNumber({ wabaId, number: '85230001234', verifiedName: 'The Table', registered: false, pin: '416083' }) // prettier-ignore
  numberId = number.id
  whatsapp.addToken({ token: 'whole', wabaIds: [wabaId] })
  whatsapp.addTemplate({ wabaId, name: 'hello_world', components: [{ type: 'BODY', text: 'Hello' }] })
  await set(`numbers/${numberId}`, { verification: 'NOT_VERIFIED' })
  const port = await freePort()
  world = await startWorld({
    webhook: false,
    env: {
      PORT: String(port),
      CLOUD_API_URL: whatsapp.url,
      META_APP_SECRET: whatsapp.appSecret,
      META_VERIFY_TOKEN: whatsapp.verifyToken,
      PUBLIC_URL: `http://127.0.0.1:${port}`,
    },
  })
})
after(async () => {
  await world?.stop()
  await whatsapp?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function set(path: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  await fetch(`${whatsapp.url}/sandbox/${path}`, { method: 'PATCH', headers, body: JSON.stringify(body) })
}
const sentCode = async (): Promise<string> =>
  ((await (await fetch(`${whatsapp.url}/sandbox/numbers/${numberId}`)).json()) as { sentCode: string }).sentCode

type Script = [question: RegExp, answer: string | (() => Promise<string>)][]

/** Runs the command at a terminal where somebody types these answers. */
async function typed(script: Script, values: Values = {}, words: string[] = []) {
  const said: string[] = []
  const ask = async (question: string): Promise<string> => {
    said.push(question)
    const [expected, reply] = script.shift() ?? assert.fail(`nobody answers ${question}`)
    assert.match(question, expected)
    return typeof reply === 'string' ? reply : reply()
  }
  const call: Call = {
    ...{ values: { url: world.gateway.url, token: ADMIN_TOKEN, ...values }, words, env: {}, json: false },
    ...{ ask, askHidden: ask, write() {} },
    note: (text) => said.push(text),
    print: ({ text }) => said.push(text),
  }
  const answer = (await setup.run(call)) as Answer
  assert.deepEqual(script, [], 'every answer was asked for')
  return { ...answer, said: `${said.join('\n')}\n${answer.text}` }
}

/** Runs it as a script does: nobody is there to ask. */
async function scripted(...args: string[]) {
  let out = ''
  let err = ''
  const streams = { out: (text: string) => (out += text), err: (text: string) => (err += text) }
  const exit = await run(['setup', ...args, '--url', world.gateway.url, '--token', ADMIN_TOKEN], {}, streams)
  return { exit, out, err }
}

test('a script without a token is told where to get one', async () => {
  const { exit, err } = await scripted()
  assert.equal(exit, 1)
  assert.match(err, /An access token is needed: --access-token-file <path>.*System users/)
})

test('at a terminal: a channel from the token alone, refusals in words, and a stop that resumes', async () => {
  const first = await typed([
    [/Access token \(not shown\)/, 'whole'],
    [/Name in lists \[The Table\]/, ''],
    [/SMS or VOICE/, ''],
    [/Code/, '000000'],
    [/SMS or VOICE/, 'voice'],
    [/Code/, sentCode],
    [/PIN, six digits/, '000000'],
    [/PIN, six digits/, ''],
  ])
  assert.equal(first.failed, true)
  assert.match(first.said, /Channel \d+ \(The Table\) is added.*certification code/)
  assert.match(first.said, /✓ Access token: The token has both permissions/)
  assert.match(first.said, /✗ Registration: It is not proven/)
  assert.match(first.said, /! .*Invalid verification code/)
  assert.match(first.said, /! \(#133005\).*\n {4}Use the right PIN/)
  assert.match(first.said, /It stops at: Registration.*postern setup \d+/)
  assert.ok(!first.said.includes('whole'), 'the token is not shown')

  const again = await typed([
    [/PIN, six digits/, '416083'],
    [/Set the callback/, ''],
    [/Subscribe the app/, 'n'],
  ])
  assert.match(again.said, /✓ Registration: .* is registered/)
  assert.match(again.said, /✓ App: callback and fields/)
  assert.match(again.said, /It stops at: Subscription/)
})

test('in a script: options give what is missing, and --json tells the steps; the end is an answer', async () => {
  const stopped = await scripted('--json')
  assert.equal(stopped.exit, 1)
  assert.equal((JSON.parse(stopped.out) as { next: string }).next, 'subscription')

  const sent = await scripted('--yes', '--to', PHONE, '--no-wait')
  assert.equal(sent.exit, 1, sent.err)
  assert.match(sent.out, /✓ First message[^]*… First answer: No answer came yet/)
  await whatsapp.phone(PHONE).sees('Hello')

  const waits = scripted()
  await whatsapp.phone(PHONE).says('It works')
  const { exit, out } = await waits
  assert.equal(exit, 0, out)
  assert.match(out, /✓ First answer: An answer came[^]*is live\. Next: /)
})

test('another token is given in a file; an address that others have is replaced only when that is said', async () => {
  whatsapp.addToken({ token: 'half', wabaIds: [wabaId], scopes: ['whatsapp_business_messaging'] })
  const { data } = await world.admin('GET', '/admin/channels')
  const [{ channel_id: id }] = data as [{ channel_id: number }]
  await world.admin('PATCH', `/admin/channels/${id}`, { access_token: 'half' })
  await set('app', { callbackUrl: 'https://old.example.com/hook' })
  const file = join(folder, 'token')
  writeFileSync(file, 'whole\n')
  const stopped = await scripted(String(id), '--access-token-file', file, '--yes')
  assert.equal(stopped.exit, 1)
  assert.match(stopped.out, /✗ Access token: The token lacks[^]*✓ Access token[^]*✗ App: .*old\.example/)
  assert.equal((await typed([[/Replace it\?/, '']])).failed, true)
  assert.equal((await scripted('--yes', '--replace')).exit, 0)
  assert.equal((await scripted('4711')).exit, 1)
})

test('what is typed as a secret is not shown', async () => {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answered = hiddenFrom(input, output, 'Token: ')
  input.write('a-secret\r')
  assert.equal(await answered, 'a-secret')
  assert.equal(String(output.read()), 'Token: \n')
})
