import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { DEMO } from '../app/demo.ts'
import { startWorld, type World } from '../../../../test/support/world.ts'
import { run } from './run.ts'

let world: World
before(async () => void (world = await startWorld()))
after(() => world.stop())

async function cli(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const env = { SANDBOX_PORT: new URL(world.sandbox.url).port, DATA_DIR: world.dataDir }
  const exit = await run(['trigger', ...args], env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err }
}

test('trigger --list names messages, what phones do, and webhooks', async () => {
  const { exit, out } = await cli('--list')
  assert.equal(exit, 0)
  for (const line of [/^text +a message$/m, /^taps +a phone$/m, /^account_review +a webhook$/m]) assert.match(out, line)
  const json = JSON.parse((await cli('--list', '--json')).out) as { verbs: string[]; kinds: string[] }
  assert.ok(json.verbs.length > 20 && json.kinds.length > 10)
})

test('trigger plays messages, taps, and any verb with its values', async () => {
  const [mei, pablo] = DEMO.phones
  assert.match((await cli('text', '--from', pablo, '--text', 'from the terminal')).out, /^16505551234 says: wamid\./)
  const { body } = await world.receiver.gets({ event: 'new_message' })
  assert.match(JSON.stringify(body), /"from":"16505551234".*from the terminal/)
  for (const name of ['location', 'contacts', 'order']) assert.equal((await cli(name)).exit, 0, name)
  await world.receiver.until(
    () =>
      ['location', 'contacts', 'order'].every((type) =>
        world.receiver.received.some(({ raw }) => raw.includes(`"type":"${type}"`)),
      ),
    'three messages',
  )
  await world.send({ to: mei, type: 'template', template: { name: 'test_button_reply_1' } })
  await world.sandbox.phone(mei).sees(({ type }) => type === 'template')
  const tapped = await cli('taps', '--button', 'Yes')
  assert.equal(tapped.exit, 0, tapped.err)
  await world.receiver.until(
    () => world.receiver.received.some(({ raw }) => raw.includes('"type":"button"')),
    'the tap',
  )
  const changed = await cli('changesNumber', '--from', pablo, '--set', 'number=16505550199', '--json')
  assert.deepEqual(JSON.parse(changed.out), { number: '16505550199' })
})

test('trigger sends a webhook by its name, with values of the caller', async () => {
  assert.equal(
    (await cli('account_review', '--set', 'decision=REJECTED')).out,
    'WhatsApp sent the webhook account_review.\n',
  )
  await world.receiver.gets({ event: 'channel_update', what: 'review', now: 'REJECTED' })
})

test('trigger says what is wrong', async () => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /name is missing/],
    [['dance'], 1, /There is no dance to trigger\. postern trigger --list/],
    [['text', '--from', 'Ann'], 2, /--from must be a number/],
    [['text', '--set', 'novalue'], 2, /--set must be key=value/],
    [['text', '--set', '__proto__.x=1'], 2, /--set must be key=value/],
    [['taps'], 1, /"button" must be a text/],
    [['text', '--sandbox', 'http://127.0.0.1:1'], 1, /No sandbox answers at/],
    [['text', '--sandbox', world.gateway.url], 1, /no route GET \/sandbox|is not the sandbox|There is no route/],
  ]
  for (const [args, exit, says] of cases) {
    const told = await cli(...args)
    assert.equal(told.exit, exit, args.join(' '))
    assert.match(told.err, says, args.join(' '))
  }
})
