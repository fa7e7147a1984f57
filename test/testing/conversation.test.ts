import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { after, before, test } from 'node:test'
import { ConversationDiffers, startPostern, type Postern, type Step } from 'postern/testing'
import { createOrderBot } from '../../examples/order-bot.ts'
import { run } from '../../packages/gateway/src/cli/run.ts'
import { readYaml } from '../../packages/gateway/src/testing/conversation/file.ts'
import { childEnv } from '../support/child-env.ts'

const MEI = '85268411234'
const EXAMPLE = new URL('../../examples/order-bot.yaml', import.meta.url).pathname

let postern: Postern
/** Changes the bot's messages on their way out, as a mistake of its programmer would. */
let broken: (message: string) => string | undefined
before(async () => {
  postern = await startPostern()
  const { send } = postern.client
  const client = {
    async send(message: Parameters<typeof send>[0], options?: Parameters<typeof send>[1]) {
      const text = broken(JSON.stringify(message))
      return text === undefined ? { msg_id: 'none' } : send(JSON.parse(text), options)
    },
  }
  await postern.webhook(createOrderBot(client), { events: ['new_message'] })
})
after(() => postern.stop())

/** Runs the command line. Returns its exit code and what it printed. */
async function postern_(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const streams = { out: (text: string) => void (out += text), err: (text: string) => void (err += text) }
  return { exit: await run(args, {}, streams), out, err }
}
const rerun = (file: string, ...more: string[]) =>
  postern_('replay-test', file, '--sandbox', postern.sandbox.url, ...more)

test('the recorded conversation of the example bot runs as recorded', async () => {
  broken = (message) => message
  const { exit, out } = await rerun(EXAMPLE)
  assert.deepEqual([exit, out], [0, 'order-bot: 10 steps, as recorded.\n'])
})

test('broken in three places at once: the rerun names each step, with a diff of what the person would see', async () => {
  broken = (message) =>
    message
      .replace('Small or large', 'Large only')
      .replace('Paid at the door', 'Paid in advance')
      .replace(/ We are with you at .{5}\./, '')
  const { exit, out } = await rerun(EXAMPLE)
  assert.equal(exit, 1)
  const steps = [...out.matchAll(/^step (\d+) /gm)].map(([, n]) => Number(n))
  // The menu and the question come twice in it.
  assert.deepEqual(steps, [2, 4, 6, 8, 10])
  assert.match(
    out,
    /step 2 .*\n {6}What may we cook for you\?\n[^]*?- - Green salad: Small or large\n {4}\+ - Green salad: Large only\n/,
  )
  assert.match(
    out,
    /step 4 .*\n {6}Pasta for 9\.00\. Shall we bring it\?\n {4}- Paid at the door\n {4}\+ Paid in advance\n {6}\[Yes, please\]\n/,
  )
  assert.match(
    out,
    /step 10 .*\n {4}- Soup of the day: order \{number\}\. We are with you at \{time\}\.\n {4}\+ Soup of the day: order \d{6}\.\n/,
  )
})

test('a message that does not come, one too many, and a button that is gone', async () => {
  broken = (message) => (message.includes('order ') ? undefined : message)
  const missing = await rerun(EXAMPLE, '--within', '2000', '--json')
  const [difference, ...others] = (
    JSON.parse(missing.out) as { differences: { step: number; what: string; diff: string[] }[] }
  ).differences
  assert.deepEqual([difference!.step, others.length], [10, 0])
  assert.match(difference!.what, /sees nothing within 2 s/)
  assert.match(difference!.diff[0]!, /^- Soup of the day: order/)

  broken = (message) => message
  const { steps } = await readYaml(readFileSync(EXAMPLE, 'utf8'))
  const without = steps.filter((step) => !('sees' in step && step.sees.startsWith('What may')))
  const more = await postern.replay(without).catch((error: unknown) => error)
  assert.ok(more instanceof ConversationDiffers)
  assert.ok(
    more.differences.every(
      ({ what, diff }) => /was not recorded/.test(what) && diff[0] === '+ What may we cook for you?',
    ),
  )
  assert.equal(more.differences.length, 2)

  broken = (message) => message.replaceAll('"Yes, please"', '"Order"')
  const tap: Step[] = [
    { phone: '16505551234', says: 'hi' },
    { phone: '16505551234', taps: 'Yes, please' },
  ]
  await assert.rejects(postern.replay(tap), /step 2 \(16505551234 taps "Yes, please"\): the phone cannot do this/)
})

test('postern record writes what the phones do and see; the file runs again', async (t) => {
  broken = (message) => message
  const folder = mkdtempSync(join(tmpdir(), 'postern-record-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const phone = postern.phone(MEI)
  const old = new Set<string>()
  const bin = new URL('../../packages/gateway/bin/postern.js', import.meta.url).pathname
  const record = (file: string) => {
    const args = [bin, 'record', join(folder, file), '--sandbox', postern.sandbox.url, '--phone', MEI, '--until-eof']
    const child = spawn(process.execPath, args, { env: childEnv({}), stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    let wake = (): void => {}
    child.stderr.on('data', (data: Buffer) => {
      said += String(data)
      wake()
    })
    const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
    const says = async (what: string): Promise<void> => {
      while (!said.includes(what)) {
        await Promise.race([
          new Promise<void>((resolve) => (wake = resolve)),
          gone.then((code) => assert.fail(`${code}: ${said}`)),
        ])
      }
    }
    return { says, end: () => (child.stdin.end(), gone) }
  }
  const [yaml, code] = [record('order-bot.yaml'), record('chat.ts')]
  await Promise.all([yaml.says('Recording'), code.says('Recording')])
  // What the phone saw in the tests before does not count.
  for (const { id } of phone.messages().filter(({ direction }) => direction === 'out')) old.add(id)
  const news = (text: RegExp) =>
    phone.sees((message) => !old.has(message.id) && text.test(JSON.stringify(message.content)))
  await phone.says('hello')
  const menu = await news(/What may/)
  await phone.picks('Pasta', { on: menu.id })
  const question = await news(/Pasta for/)
  await phone.taps('Back', { on: question.id })
  const again = await news(/What may/)
  await phone.picks('Soup of the day', { on: again.id })
  const other = await news(/Soup of the day for/)
  await phone.taps('Yes, please', { on: other.id })
  await news(/order \d/)
  // A person of another number is not recorded.
  await postern.phone('16505551234').says('hello')
  phone.reads()
  await Promise.all([yaml.says('11. '), code.says('11. ')])
  assert.deepEqual(await Promise.all([yaml.end(), code.end()]), [0, 0])

  const written = readFileSync(join(folder, 'order-bot.yaml'), 'utf8')
  const { steps } = await readYaml(written)
  const example = await readYaml(readFileSync(EXAMPLE, 'utf8'))
  assert.deepEqual(steps.slice(0, 10), example.steps)
  assert.deepEqual(steps[10], { phone: MEI, reads: true })
  assert.match(
    readFileSync(join(folder, 'chat.ts'), 'utf8'),
    /taps: 'Yes, please' \},\n {4}\{ phone: '85268411234', sees: 'Soup of the day: order \{number\}/,
  )
  assert.equal((await rerun(join(folder, 'order-bot.yaml'))).exit, 0)
})

test('a wrong file is refused, with the step that is wrong', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-record-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'chat.yaml')
  const cases: [string, RegExp][] = [
    ['steps: [', /is not YAML/],
    ['steps: []', /"steps" must be a list/],
    ['steps: [{ phone: 85268411234, says: hi }]', /Step 1: "phone" must be/],
    ['steps: [{ phone: "85268411234" }]', /Step 1: must have one of says/],
    [
      'steps: [{ phone: "85268411234", says: hi }, { phone: "85268411234", replies: ho, to: 2 }]',
      /Step 2: "to" must be/,
    ],
    ['steps: [{ phone: "85268411234", taps: hi, on: me }]', /Step 1: "on" is not known/],
  ]
  for (const [text, words] of cases) {
    writeFileSync(path, text)
    const { exit, err } = await rerun(path)
    assert.equal(exit, 1)
    assert.match(err, words)
  }
  assert.match((await postern_('record', path)).err, /exists already/)
  assert.match((await postern_('record', join(folder, 'chat.txt'))).err, /must end in \.yaml or \.ts/)
  assert.match((await postern_('replay-test', EXAMPLE, '--sandbox', 'http://127.0.0.1:9')).err, /No sandbox answers/)
})
