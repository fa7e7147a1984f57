import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Receiver } from '../../../../test/support/receiver.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../../../../test/support/world.ts'
import { pagesOf, recipientsIn } from './broadcast.ts'
import { run } from './run.ts'

type Ran = { exit: number; out: string; err: string; json: unknown }

/** Runs the command line in this process. `json` is the parsed stdout, when the arguments include `--json`. */
async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  let out = ''
  let err = ''
  const exit = await run(args, env, { out: (text) => (out += text), err: (text) => (err += text) })
  return { exit, out, err, json: args.includes('--json') && out !== '' ? JSON.parse(out) : undefined }
}

const NOTHING: Ran = { exit: 0, out: '', err: '', json: undefined }

const at = (world: World): NodeJS.ProcessEnv => ({
  PORT: new URL(world.gateway.url).port,
  ADMIN_TOKEN,
  DATA_DIR: world.dataDir,
})

const NEW_CHANNEL = [
  ...['--name', 'Shop', '--business-phone', '12065550147', '--phone-number-id', '4711'],
  ...['--waba-id', '102290129340398', '--access-token', 'sandbox-token'],
]

test('help lists the arguments of every command, and the settings', async () => {
  const { exit, out } = await cli(['--help'])
  assert.equal(exit, 0)
  for (const word of ['serve', 'channel rotate', 'deliveries replay', 'doctor', 'META_APP_SECRET'])
    assert.ok(out.includes(word), word)
  const names = [...out.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map((match) => match[1]!)
  assert.ok(names.length >= 14)
  for (const name of names) {
    const told = await cli([...name.split(' '), '--help'])
    assert.equal(told.exit, 0, name)
    assert.ok(told.out.startsWith(`Usage: postern ${name}`), name)
    assert.ok(told.out.includes('--json'), name)
  }
})

test('wrong arguments exit with code 2 and name the wrong argument', async () => {
  const cases: [string[], RegExp][] = [
    [[], /Usage/],
    [['dance'], /no command "dance"/],
    [['channel'], /channel add/],
    [['channel', 'add', '--colour', 'red'], /--colour/],
    [['channel', 'add', ...NEW_CHANNEL.slice(2)], /--name is missing/],
    [['channel', 'remove'], /channel_id is missing/],
    [['channel', 'remove', 'one'], /must be a whole number/],
    [['channel', 'rotate', '1', '2'], /is not expected/],
    [['channel', 'rotate', '1', '--revoke', 'x', '--webhook-secret'], /give either --revoke or --webhook-secret/],
    [['send', '--text', 'hi'], /--to is missing/],
    [['send', '--to', '1'], /give one of/],
    [['send', '--to', '1', '--text', 'a', '--template', 'b'], /give one of/],
    [['send', '--body', '-', '--text', 'a'], /remove the other options/],
    [['deliveries', 'replay'], /give ids, or --channel/],
    [['deliveries', 'replay', '--channel', '1', '--from', 'yesterday'], /--from must be/],
    [['deliveries', 'list', '--count', 'many'], /--count must be/],
  ]
  for (const [args, says] of cases) {
    const { exit, out, err } = await cli(args)
    assert.equal(exit, 2, args.join(' '))
    assert.match(out + err, says)
  }
  const { exit, json } = await cli(['channel', 'remove', '--json'])
  assert.equal(exit, 2)
  assert.equal((json as { status: string }).status, 'error')
})

test('a misspelled command or option gets a suggestion', async () => {
  const cases: [string[], RegExp][] = [
    [['chanel', 'add'], /no command "chanel" \(Did you mean channel\?\)/],
    [['channel', 'ad'], /no command "ad" \(Did you mean add\?\). See: postern channel --help/],
    [['channel', 'add', '--nme', 'Shop'], /'--nme' \(Did you mean --name\?\). See: postern channel add --help/],
    [['completion', 'csh'], /must be one of bash, zsh, fish, got "csh"/],
  ]
  for (const [args, says] of cases) {
    const { exit, err } = await cli(args)
    assert.equal(exit, 2, args.join(' '))
    assert.match(err, says)
  }
})

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    version: string
  }
  for (const option of ['--version', '-V']) assert.deepEqual(await cli([option]), { ...NOTHING, out: `${version}\n` })
})

test('completion: bash completes commands, options and their values', async () => {
  const { exit, out, json } = await cli(['completion', 'bash', '--json'])
  assert.equal(exit, 0, out)
  const { script } = json as { script: string }
  const complete = (...words: string[]): string[] => {
    const set = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`
    const asked = `${script}\n${set}; _postern; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' }).split('\n').slice(0, -1)
  }
  assert.deepEqual(complete('postern', 'cha'), ['channel'])
  assert.deepEqual(complete('postern', 'channel', 'r'), ['rotate', 'remove'])
  assert.deepEqual(complete('postern', 'channel', 'rotate', '--re'), ['--revoke'])
  assert.deepEqual(complete('postern', 'channel', 'add', '--window-policy', ''), ['enforce', 'observe'])
  assert.deepEqual(complete('postern', 'channel', 'add', '--name', 'send', '--js'), ['--json'])
  // For a value without fixed choices, bash offers files.
  assert.deepEqual(complete('postern', 'send', '--body', ''), [''])
  assert.deepEqual(complete('postern', 'completion', 'z'), ['zsh'])
})

test('completion: the script of every shell has every command and every option', async () => {
  const { out: help } = await cli(['--help'])
  const names = [...help.matchAll(/^ {2}([a-z]+(?: [a-z]+)?) {2,}\S/gm)].map((match) => match[1]!)
  const scripts = await Promise.all(
    ['bash', 'zsh', 'fish'].map(async (shell) => (await cli(['completion', shell])).out),
  )
  for (const name of names) {
    const options = [...(await cli([...name.split(' '), '--help'])).out.matchAll(/^ {2}(?:-h, )?--([a-z-]+)/gm)]
    assert.ok(options.length >= 2, name)
    for (const script of scripts)
      for (const word of [...name.split(' '), ...options.map((match) => match[1]!)])
        assert.match(script, new RegExp(`[ '-]${word}[ ':]`), `${name}: ${word}`)
  }
})

test('channels: add, list, rotate, revoke, webhook and remove through a running gateway', async () => {
  await using world = await startWorld({ webhook: false })
  const env = at(world)
  const added = await cli(['channel', 'add', ...NEW_CHANNEL, '--no-check', '--json'], env)
  assert.equal(added.exit, 0, added.err)
  const { channel_id: id, certification_code: code } = added.json as { channel_id: number; certification_code: string }
  const ask = async (certificationCode: string): Promise<number> =>
    (await world.customer('GET', '/external/messages', undefined, { 'certification-code': certificationCode })).http
  assert.equal(await ask(code), 200)

  const again = await cli(['channel', 'add', ...NEW_CHANNEL, '--no-check', '--json'], env)
  assert.equal(again.exit, 1)
  assert.match((again.json as { message: string }).message, /another channel has 4711/)

  const listed = await cli(['channel', 'list'], env)
  assert.match(listed.out, /^ID +NAME/)
  assert.match(listed.out, new RegExp(`^${id} +Shop +12065550147`, 'm'))
  assert.ok(!(listed.out + listed.err).includes(code))

  const rotated = await cli(['channel', 'rotate', String(id), '--json'], env)
  const { certification_code: second, older_code_ids: older } = rotated.json as {
    certification_code: string
    older_code_ids: string[]
  }
  assert.deepEqual([await ask(code), await ask(second)], [200, 200])
  const revoked = await cli(['channel', 'rotate', String(id), '--revoke', older[0]!], env)
  assert.equal(revoked.exit, 0, revoked.err)
  assert.deepEqual([await ask(code), await ask(second)], [401, 200])

  const hooked = await cli(['channel', 'webhook', String(id), world.receiver.url, '--json'], env)
  world.receiver.secret = (hooked.json as { webhook_secret: string }).webhook_secret
  assert.equal((await cli(['channel', 'webhook', String(id), '--test'], env)).exit, 0)
  await world.receiver.gets({ event: 'test', channel_id: id })
  assert.equal(world.receiver.badSignatures, 0)

  assert.equal((await cli(['channel', 'remove', String(id), '--yes'], env)).exit, 0)
  assert.equal(await ask(second), 401)
  assert.equal((await cli(['channel', 'remove', String(id), '--yes'], env)).exit, 1)
})

test('the access token may come from a file', async () => {
  await using world = await startWorld({ webhook: false })
  const path = join(world.dataDir, 'token')
  writeFileSync(path, 'sandbox-token\n')
  const args = [...NEW_CHANNEL.slice(0, -2), '--access-token-file', path, '--no-check', '--json']
  const added = await cli(['channel', 'add', ...args], at(world))
  assert.equal(added.exit, 0, added.err)
  const { channel_id: id } = added.json as { channel_id: number }
  // The sandbox knows the token and not the number. So the token arrived whole, without the line break.
  const { data } = await world.admin('POST', `/admin/channels/${id}/check`)
  assert.equal(
    (data as { steps: { step: string; state: string }[] }).steps.find((one) => one.step === 'token')?.state,
    'ok',
  )
})

test('templates: sync and list', async () => {
  await using world = await startWorld({ webhook: false })
  const synced = await cli(['template', 'sync', '--json'], at(world))
  const [first] = synced.json as { channel_id: number; templates: number }[]
  assert.equal(first!.channel_id, 1)
  assert.ok(first!.templates >= 5)
  const listed = await cli(['template', 'list', '1'], at(world))
  assert.match(listed.out, /test_button_reply_1 +\w+ +APPROVED/)
})

test('send: a template, a text, a body from a file, with a certification code; a refusal lists all problems', async () => {
  await using world = await startWorld()
  const env = at(world)
  const phone = world.sandbox.phone('85268411234')
  const sent = await cli(['send', '--to', '85268411234', '--template', 'test_button_reply_1', '--json'], env)
  assert.equal(sent.exit, 0, sent.err)
  const { msg_id: wamid } = sent.json as { msg_id: string }
  await phone.sees((message) => message.id === wamid)
  await cli(['send', '--to', '85268411234', '--text', 'from the shell'], env)
  await phone.sees('from the shell')

  const path = join(world.dataDir, 'body.json')
  writeFileSync(path, JSON.stringify({ type: 'text', text: 'from a file' }))
  await cli(['send', '--to', '85268411234', '--body', path], env)
  await phone.sees('from a file')

  const code = ['--certification-code', 'postern-demo-certification-code']
  await cli(['send', '--to', '85268411234', '--text', 'as a customer', ...code], { ...env, ADMIN_TOKEN: undefined })
  await phone.sees('as a customer')

  writeFileSync(path, JSON.stringify({ type: 'text', text: '', tpye: 1 }))
  const refused = await cli(['send', '--to', '85268411234', '--body', path], env)
  assert.equal(refused.exit, 1)
  assert.match(refused.err, /tpye/)
  assert.match(refused.err, /text: /)
  writeFileSync(path, '[]')
  assert.equal((await cli(['send', '--body', path], env)).exit, 1)
})

test('deliveries: list and replay', async () => {
  await using world = await startWorld()
  const env = at(world)
  await world.sandbox.phone('85268411234').says('hello')
  const first = await world.receiver.gets({ event: 'new_message' })
  await world.receiver.until(() => world.gateway.store.backlog === 0, 'the attempt is kept', 5000)
  const listed = await cli(['deliveries', 'list', '--json'], env)
  const [delivery] = listed.json as { id: string; event: string }[]
  assert.equal(delivery!.id, first.id)
  const before = world.receiver.received.length
  const replayed = await cli(['deliveries', 'replay', delivery!.id], env)
  assert.equal(replayed.exit, 0, replayed.err)
  await world.receiver.until(() => world.receiver.received.length > before, 'the replay', 5000)
  assert.equal(world.receiver.received.at(-1)!.id, first.id)
  const many = await cli(
    ['deliveries', 'replay', '--channel', '1', '--state', 'delivered', '--from', '2020-01-01', '--json'],
    env,
  )
  assert.deepEqual(many.json, { replayed: 1 })
})

test('deliveries: list and replay those of one endpoint', async (t) => {
  await using world = await startWorld()
  const env = at(world)
  const bot = await Receiver.start()
  t.after(() => bot.close())
  const { data } = await world.admin('POST', '/admin/channels/1/endpoints', { name: 'bot', url: bot.url })
  const { endpoint_id: endpoint } = data as { endpoint_id: string }
  await world.sandbox.phone('85268411234').says('hello')
  const { id } = await world.receiver.gets({ event: 'new_message' })
  await bot.gets({ event: 'new_message' })
  await world.receiver.until(() => world.gateway.store.backlog === 0, 'the attempts are kept', 5000)

  const listed = await cli(['deliveries', 'list', '--endpoint', endpoint, '--json'], env)
  assert.deepEqual(
    (listed.json as { id: string; endpoint_id: string }[]).map((one) => [one.id, one.endpoint_id]),
    [[id, endpoint]],
  )
  for (const words of [[id], ['--channel', '1', '--state', 'delivered']]) {
    const before = bot.received.length
    const replayed = await cli(['deliveries', 'replay', ...words, '--endpoint', endpoint, '--json'], env)
    assert.deepEqual(replayed.json, { replayed: 1 }, replayed.err)
    await bot.until(() => bot.received.length > before, 'the event again')
  }
  assert.equal(world.receiver.received.length, 1, 'the other endpoint gets nothing again')
  const wrong = await cli(['deliveries', 'replay', id, '--endpoint', 'ep_of_nobody'], env)
  assert.match(wrong.err, /No endpoint has the id ep_of_nobody/)
})

test('doctor finds nothing wrong in a healthy gateway, and names each problem of a broken one', async () => {
  await using world = await startWorld()
  const env = at(world)
  const healthy = await cli(['doctor', '--json'], env)
  const { ok, checks } = healthy.json as { ok: boolean; checks: { check: string; state: string; says: string }[] }
  assert.equal(healthy.exit, 0, healthy.out)
  assert.equal(ok, true)
  for (const check of ['settings', 'gateway', 'store', 'channel 1 token', 'channel 1 callback', 'channel 1 webhook'])
    assert.equal(checks.find((one) => one.check === check)?.state, 'ok', check)

  world.receiver.behaviour = 500
  await world.sandbox.phone('85268411234').says('nobody takes this')
  const findingOf = async (): Promise<{ state: string; says: string }> => {
    const told = (await cli(['doctor', '--json'], env)).json as { checks: typeof checks }
    return told.checks.find((one) => one.check === 'channel 1 webhook')!
  }
  let failing = await findingOf()
  for (let tries = 0; failing.state === 'ok' && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    failing = await findingOf()
  }
  assert.equal(failing.state, 'failed')
  assert.match(failing.says, /did not acknowledge a test event .*answered 500.*answers 2xx/)

  await world.admin('PATCH', '/admin/channels/1', { access_token: 'expired', webhook_state: 'paused' })
  const sick = await cli(['doctor', '--json'], env)
  const failed = (sick.json as { checks: typeof checks }).checks.filter((one) => one.state === 'failed')
  assert.equal(sick.exit, 1)
  assert.deepEqual(
    failed.map((one) => one.check),
    ['channel 1 token', 'channel 1 webhook'],
  )
  const wrong = await cli(['doctor'], { ...env, META_VERIFY_TOKEN: 'not the one' })
  assert.match(wrong.out, /failed +handshake +.*META_VERIFY_TOKEN/)
  assert.match((await cli(['doctor'], { PORT: 'seven' })).out, /failed +settings +PORT must be/)
})

test('without a running gateway a command starts one in its process; with one at another address it says so', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  const env = {
    DATA_DIR: dataDir,
    PORT: '9',
    CLOUD_API_URL: 'http://127.0.0.1:9',
    META_APP_SECRET: 's',
    META_VERIFY_TOKEN: 'v',
  }
  try {
    assert.match((await cli(['migrate', '--json'], env)).out, /"store":"sqlite"/)
    const unseen = await cli(['channel', 'add', ...NEW_CHANNEL], env)
    assert.equal(unseen.exit, 1)
    assert.match(unseen.err, /nothing was added.*--no-check/s)
    const added = await cli(['channel', 'add', ...NEW_CHANNEL, '--no-check'], env)
    assert.equal(added.exit, 0, added.err)
    assert.match(added.err, /No gateway answers/)
    const listed = await cli(['channel', 'list', '--json'], env)
    assert.deepEqual(
      (listed.json as { name: string }[]).map((one) => one.name),
      ['Shop'],
    )
    const nobody = await cli(['channel', 'list', '--url', 'http://127.0.0.1:9', '--token', 'x'], env)
    assert.equal(nobody.exit, 1)
    assert.match(nobody.err, /No gateway answers/)
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  await using world = await startWorld({ webhook: false })
  const elsewhere = await cli(['channel', 'list'], { ...at(world), PORT: '9' })
  assert.equal(elsewhere.exit, 1)
  assert.match(elsewhere.err, /--url/)
  const found = await cli(['channel', 'list', '--url', world.gateway.url, '--token', ADMIN_TOKEN])
  assert.equal(found.exit, 0, found.err)
  const migrated = await cli(['migrate', '--json'], at(world))
  assert.equal(migrated.exit, 0, migrated.err)
})

test('a command that starts a gateway in its process sends no callbacks and continues no broadcast', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-cli-'))
  const receiver = await Receiver.start()
  try {
    const first = await startWorld({ dataDir, receiver })
    receiver.behaviour = 500
    await first.sandbox.phone('85268411234').says('for later')
    await receiver.until(() => receiver.calls > 0, 'the first try')
    const made = await first.customer('POST', '/external/broadcasts', {
      message: { type: 'template', template: { name: 'test_button_reply_1' } },
      start: false,
    })
    const { id } = made.data as { id: string }
    await first.customer('POST', `/external/broadcasts/${id}/recipients`, { recipients: ['85268411234'] })
    await receiver.until(() => first.gateway.store.backlog === 0, 'the try is kept')
    await first.stop()
    // Not before: the gateway itself would send it.
    const file = new DatabaseSync(join(dataDir, 'postern.db'))
    file.prepare(`update broadcasts set state = 'running' where id = ?`).run(id)
    file.close()

    receiver.behaviour = 200
    const env = { DATA_DIR: dataDir, ADMIN_TOKEN, PORT: '9' }
    const calls = receiver.calls
    const listed = await cli(['deliveries', 'list', '--json'], env)
    assert.equal(listed.exit, 0, listed.err)
    const [waiting] = listed.json as { id: string; state: string }[]
    const replayed = await cli(['deliveries', 'replay', waiting!.id], env)
    assert.match(replayed.err, /No gateway answers/)
    const later = await cli(['deliveries', 'list', '--json'], env)
    assert.equal((later.json as { state: string }[])[0]!.state, 'pending')
    assert.equal(receiver.calls, calls, 'nothing went out')

    await using second = await startWorld({ dataDir, receiver })
    await receiver.gets({ event: 'new_message' })
    await second.sandbox.phone('85268411234').sees((message) => message.type === 'template')
  } finally {
    await receiver.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
})

test('broadcasts: created from a file, watched to the end, listed, shown, and not cancelled after their end', async () => {
  await using world = await startWorld()
  const env = at(world)
  const path = join(world.dataDir, 'people')
  writeFileSync(path, '85268411234\n16505551234\n\n85268411234\n')
  const words = ['--recipients', path, '--template', 'test_button_reply_1', '--name', 'News', '--wait', '--json']
  const sent = await cli(['broadcast', 'send', ...words], env)
  assert.equal(sent.exit, 0, sent.out + sent.err)
  const { id, state, counts } = sent.json as { id: string; state: string; counts: Record<string, number> }
  assert.equal(state, 'done')
  assert.deepEqual([counts.total, counts.waiting, counts.accepted, counts.duplicates], [2, 0, 2, 1])
  for (const number of ['85268411234', '16505551234'])
    await world.sandbox.phone(number).sees((message) => message.type === 'template')
  assert.match((await cli(['broadcast', 'list'], env)).out, new RegExp(`^${id} +News +done +2`, 'm'))
  assert.match((await cli(['broadcast', 'show', id], env)).out, /accepted +2/)
  const results = await cli(['broadcast', 'results', id], env)
  assert.match(results.out, /^n,line,recipient,/)
  assert.equal(results.out.trimEnd().split('\r\n').length, 3)
  const watched = await cli(['broadcast', 'show', id, '--watch'], env)
  assert.match(watched.out, /state +done/, 'nothing is left to watch')
  const retried = await cli(['broadcast', 'retry-failed', id], env)
  assert.deepEqual([retried.exit, retried.err], [1, 'postern: No recipient has failed.\n'])
  const late = await cli(['broadcast', 'cancel', id, '--json'], env)
  assert.equal(late.exit, 1)
  assert.match((late.json as { message: string }).message, /is done/)
})

test('a broadcast with invalid rows is refused as a whole with every invalid row, before it is created', async () => {
  await using world = await startWorld()
  const env = at(world)
  const path = join(world.dataDir, 'people')
  // More than one page, with the invalid rows far apart.
  const people = Array.from({ length: 20_000 }, (_, i) => String(15_550_000_000 + i))
  people[10_713] = 'not-a-number!'
  people[19_998] = '+1 (555'
  writeFileSync(path, people.join('\n'))
  const words = ['broadcast', 'send', '--recipients', path, '--template', 'test_button_reply_1']
  const refused = await cli(words, env)
  assert.equal(refused.exit, 1)
  assert.match(refused.err, /2 problems were found, so no broadcast was created/)
  assert.match(refused.err, /people line 10714/)
  assert.match(refused.err, /people line 19999/)
  assert.deepEqual((await cli(['broadcast', 'list', '--json'], env)).json, [])
  const message = await cli(['broadcast', 'send', '--recipients', path, '--text', ''], env)
  assert.match(message.err, /message\.text/)
  assert.deepEqual((await cli(['broadcast', 'list', '--json'], env)).json, [])
})

test('the same file is the same broadcast: no contact gets it twice, except with --again', async () => {
  await using world = await startWorld()
  const env = at(world)
  const path = join(world.dataDir, 'people')
  writeFileSync(path, '85268411234\n16505551234\n')
  const words = ['--recipients', path, '--template', 'test_button_reply_1', '--name', 'News', '--wait', '--json']
  const send = async (...more: string[]) => {
    const ran = await cli(['broadcast', 'send', ...words, ...more], env)
    assert.equal(ran.exit, 0, ran.err)
    return { ...(ran.json as { id: string; counts: { accepted: number; duplicates: number } }), err: ran.err }
  }
  const written = async (): Promise<number> => {
    const { data } = await world.customer('GET', '/external/messages?count=100')
    return (data as { type: string }[]).filter(({ type }) => type === 'template').length
  }
  const first = await send()
  assert.match(first.err, new RegExp(`See the progress with: postern broadcast show ${first.id}`))
  const second = await send()
  assert.equal(second.id, first.id)
  assert.match(second.err, /sent as .* already.*--again/)
  assert.deepEqual([second.counts, await written()], [first.counts, 2])
  const forced = await send('--again')
  assert.notEqual(forced.id, first.id)
  assert.equal(await written(), 4)
  writeFileSync(path, '85268411234\n')
  assert.notEqual((await send()).id, first.id, 'another file is another broadcast')
})

test('the same command continues a broadcast whose recipients were added in part', async () => {
  await using world = await startWorld()
  const path = join(world.dataDir, 'people')
  writeFileSync(path, Array.from({ length: 12_000 }, (_, i) => String(15_550_000_000 + i)).join('\n'))
  // A proxy that fails at the second page.
  let pages = 0
  const way = createServer(async (request, response) => {
    if (request.url!.endsWith('/recipients') && ++pages === 2) return void request.socket.destroy()
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers as Record<string, string>
    const answer = await fetch(`${world.gateway.url}${request.url!}`, {
      method: request.method!,
      headers,
      ...(chunks.length > 0 && { body: Buffer.concat(chunks) }),
    })
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(way.address() as AddressInfo).port}`
  try {
    const words = ['broadcast', 'send', '--recipients', path, '--template', 'test_button_reply_1', '--json']
    const code = ['--certification-code', 'postern-demo-certification-code']
    const cut = await cli([...words, ...code, '--url', url])
    assert.equal(cut.exit, 1)
    assert.match(cut.err, /No message was sent yet: run the same command again/)
    const again = await cli([...words, ...code, '--url', url])
    assert.equal(again.exit, 0, again.err)
    const { id, counts } = again.json as { id: string; counts: { total: number } }
    assert.equal(counts.total, 12_000)
    assert.match(again.err, new RegExp(`Continuing ${id}`))
    assert.equal(((await cli(['broadcast', 'list', '--json'], at(world))).json as unknown[]).length, 1)
    await cli(['broadcast', 'cancel', id], at(world))
  } finally {
    way.closeAllConnections()
    way.close()
  }
})

test('send shows the problem, also when there is only one', async () => {
  await using world = await startWorld()
  const env = at(world)
  const refused = async (...words: string[]): Promise<string> => {
    const ran = await cli(['send', '--to', '85268411234', ...words], env)
    assert.equal(ran.exit, 1)
    return ran.err
  }
  assert.match(await refused('--text', ''), /text: /)
  const path = join(world.dataDir, 'body.json')
  writeFileSync(
    path,
    JSON.stringify({
      type: 'template',
      template: {
        name: 'test_header_text_2',
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'one too many' }] }],
      },
    }),
  )
  const { error } = await world.customer('POST', '/external/messages/whatsapp', {
    to: '85268411234',
    ...(JSON.parse(readFileSync(path, 'utf8')) as object),
  })
  const { fields } = error as unknown as { fields: { path: string; message: string }[] }
  assert.ok(fields.length > 0)
  const told = await refused('--body', path)
  for (const field of fields) assert.ok(told.includes(field.message), `${field.message}\n${told}`)
})

test('recipients: lines or a JSON array, in pages below the body limit', () => {
  const ones = (text: string): unknown[] => recipientsIn(text, 'f').map(({ one }) => one)
  assert.deepEqual(ones('\uFEFF1\r\n 2 \n'), ['1', '2'])
  assert.deepEqual(
    recipientsIn('1\n\n2', 'f').map(({ place }) => place),
    ['line 1', 'line 3'],
  )
  assert.deepEqual(ones(' [{"to":"1"}]'), [{ to: '1' }])
  assert.throws(() => recipientsIn('[1', 'f'), /begins like a JSON array/)
  assert.throws(() => recipientsIn('\n', 'f'), /no recipients/)
  const people = Array.from({ length: 1000 }, (_, i) => String(10_000_000 + i))
  const pages = pagesOf(people, 1100)
  assert.equal(pages.length, 10)
  assert.deepEqual(pages.flat(), people)
})
