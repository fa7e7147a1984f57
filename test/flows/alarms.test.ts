import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'
import { Webhook } from 'standardwebhooks'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { post, text, webhook } from '../support/meta.ts'
import { startWorld, type World } from '../support/world.ts'

/* Alarms: an incident opens, stays open and closes, and the people hear of it, also after a restart. */

type Got = { path: string; headers: Record<string, string>; raw: string; body: Record<string, unknown> }

/** The other side of all HTTP targets. */
const got: Got[] = []
let answers = 200
const hooks = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const raw = Buffer.concat(chunks).toString()
    const path = request.url!
    if (answers === 200)
      got.push({ path, headers: request.headers as never, raw, body: JSON.parse(raw) as Record<string, unknown> })
    response.writeHead(answers).end('ok')
  })
})
await new Promise<void>((resolve) => hooks.listen(0, '127.0.0.1', resolve))
const hook = (path: string): string => `http://127.0.0.1:${(hooks.address() as AddressInfo).port}${path}`

const mails: { from: string; to: string[]; text: string; user: string | undefined }[] = []
const smtp = new SMTPServer({
  authOptional: true,
  allowInsecureAuth: true,
  disabledCommands: ['STARTTLS'],
  onAuth: ({ username, password }, _session, done) =>
    password === 'right word' ? done(null, { user: username }) : done(new Error('no')),
  onData(stream, session, done) {
    const chunks: Buffer[] = []
    stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    stream.on('end', () => {
      const { mailFrom, rcptTo } = session.envelope
      mails.push({
        from: mailFrom ? mailFrom.address : '',
        to: rcptTo.map(({ address }) => address),
        text: Buffer.concat(chunks).toString(),
        user: session.user,
      })
      done()
    })
  },
})
await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
const smtpUrl = (password = 'right%20word') =>
  `smtp://gateway:${password}@127.0.0.1:${(smtp.server.address() as AddressInfo).port}?tls=off`

const dataDir = mkdtempSync(join(tmpdir(), 'postern-alarms-'))
const clock = new ShiftedClock()
const start = (): Promise<World> =>
  startWorld({ dataDir, gateway: { clock, sandbox: { statusDelayMs: 1, clock }, incidents: { everyMs: 5_000 } } })
let world = await start()

after(async () => {
  await world.stop()
  hooks.closeAllConnections()
  await new Promise((resolve) => hooks.close(resolve))
  await new Promise<void>((resolve) => smtp.close(() => resolve()))
  rmSync(dataDir, { recursive: true, force: true })
})

/** Virtual time passes until it is so. */
async function passes(until: () => boolean, seconds: number, what: string): Promise<void> {
  for (let n = 0; n <= seconds / 5 + 2; n++) {
    if (until()) return
    clock.advance(5_000)
    await sleep(25)
  }
  const open = await world.admin('GET', '/admin/incidents')
  const alarms = await world.admin('GET', '/admin/alarms')
  assert.fail(`${what}: not within ${seconds} s; ${JSON.stringify([open.data, alarms.data, got.length])}`)
}

const of = (path: string): Got[] => got.filter((one) => one.path === path)
const add = async (body: Record<string, unknown>): Promise<{ alarm_id: string; secret?: string }> => {
  const answer = await world.admin('POST', '/admin/alarms', body)
  assert.equal(answer.http, 201, JSON.stringify(answer))
  return answer.data
}

let signed: { alarm_id: string; secret?: string }

test('targets are added, tested, changed, listed without their secrets, and refused where they must not be reached', async () => {
  signed = await add({ url: hook('/json?key=hush'), reminder_minutes: 15 })
  assert.match(signed.secret!, /^whsec_/)
  await add({ type: 'slack', url: hook('/slack'), name: 'Team' })
  await add({ type: 'teams', url: hook('/teams'), min_severity: 'critical' })
  await add({ type: 'email', smtp_url: smtpUrl(), from: 'gateway@shop.example', to: ['night@shop.example'] })
  const { data } = await world.admin('GET', '/admin/alarms')
  const listed = data as Record<string, unknown>[]
  assert.equal(listed.length, 4)
  assert.doesNotMatch(JSON.stringify(listed), /hush|right|whsec|\/slack/)
  assert.match(JSON.stringify(listed), /night@shop\.example by 127\.0\.0\.1/)
  for (const { alarm_id } of listed) {
    const tested = await world.admin('POST', `/admin/alarms/${String(alarm_id)}/test`)
    assert.equal((tested.data as { delivered: boolean }).delivered, true, JSON.stringify(tested))
  }
  const [test] = of('/json?key=hush')
  new Webhook(signed.secret!).verify(test!.raw, test!.headers)
  assert.equal(test!.body.type, 'alarm')
  assert.equal(mails[0]?.user, 'gateway')
  assert.match(mails[0]!.text, /Subject: Postern: test of an alarm/)

  for (const [body, field] of [
    [{}, 'url'],
    [{ url: 'http://10.0.0.7/' }, 'url'],
    [{ type: 'email', smtp_url: 'smtp://10.0.0.7', from: 'a@b.example', to: ['a@b.example'] }, 'smtp_url'],
    [{ type: 'email', smtp_url: smtpUrl(), from: 'a@b.example' }, 'to'],
    [{ url: hook('/'), quiet_hours: { from: '25:00', to: '07:00' } }, 'quiet_hours.from'],
    [{ url: hook('/'), quiet_hours: { from: '22:00', to: '07:00', timezone: 'Mars/One' } }, 'quiet_hours.timezone'],
  ] as const) {
    const refused = await world.admin('POST', '/admin/alarms', body)
    assert.equal(refused.http, 422, JSON.stringify(body))
    assert.match(refused.message, new RegExp(field.replace('.', '\\.')), field)
  }
  assert.equal((await world.admin('PATCH', '/admin/alarms/alm_none', { name: 'x' })).http, 404)
})

test('a wrong password and a target that fails are told in a few words, and never in the server’s', async () => {
  const wrong = await add({ type: 'email', smtp_url: smtpUrl('wrong'), from: 'a@b.example', to: ['a@b.example'] })
  const { data } = await world.admin('POST', `/admin/alarms/${wrong.alarm_id}/test`)
  assert.deepEqual(data, { delivered: false, answer: 'SMTP 535' })
  assert.equal((await world.admin('DELETE', `/admin/alarms/${wrong.alarm_id}`)).http, 200)
  answers = 500
  const failed = await world.admin('POST', `/admin/alarms/${signed.alarm_id}/test`)
  assert.deepEqual(failed.data, { delivered: false, answer: 'HTTP 500' })
  const kept = (await world.admin('GET', '/admin/alarms')).data as { alarm_id: string; last_problem: string | null }[]
  assert.equal(kept.find(({ alarm_id }) => alarm_id === signed.alarm_id)?.last_problem, 'HTTP 500')
  answers = 200
})

test('what opens is told to every target in its form, over a restart and a target that was away, without anything personal', async () => {
  got.length = mails.length = 0
  answers = 503
  world.receiver.behaviour = 500
  for (let n = 0; n < 6; n++)
    await post(world, webhook(text(`1650555000${n}`, `wamid.${n}`, 'private words', clock.now())))
  let shown: { last_problem: string | null }[] = []
  await passes(
    () => {
      void world.admin('GET', '/admin/alarms').then(({ data }) => (shown = data))
      return shown.some(({ last_problem }) => last_problem === 'HTTP 503')
    },
    200,
    'the first attempt',
  )
  await world.stop()
  answers = 200
  world = await start()
  world.receiver.behaviour = 500
  await passes(() => of('/json?key=hush').length > 0 && of('/slack').length > 0 && mails.length > 0, 300, 'the alarms')
  const [json] = of('/json?key=hush')
  new Webhook(signed.secret!).sign(json!.headers['webhook-id']!, new Date(), json!.raw)
  const [incident] = json!.body.opened as { kind: string; channel_id: number }[]
  assert.equal(incident?.kind, 'endpoint_failing')
  assert.equal(incident?.channel_id, 1)
  assert.match(
    String(of('/slack')[0]!.body.text),
    /^\*Postern: endpoint_failing opened\*\nOPENED warning \(channel 1\): Deliveries/,
  )
  assert.match(mails[0]!.text, /OPENED warning/)
  assert.doesNotMatch(JSON.stringify([got, mails]), /1650555000|private words/)
})

test('what stays open is told again after the interval; what is critical goes to Teams; what closes is told', async () => {
  await passes(() => of('/teams').length > 0, 600, 'critical after five minutes')
  assert.match(JSON.stringify(of('/teams')[0]!.body), /AdaptiveCard.+STILL OPEN critical|OPENED critical/)
  const before = of('/json?key=hush').length
  await passes(() => of('/json?key=hush').slice(before).some(({ body }) => (body.still_open as []).length > 0), 1_200, 'the reminder') // prettier-ignore
  world.receiver.behaviour = 200
  world.receiver.anyTime = true
  const { data } = await world.admin('PUT', '/admin/channels/1/webhook', { url: world.receiver.url })
  world.receiver.secret = (data as { webhook_secret?: string }).webhook_secret ?? world.receiver.secret
  await passes(() => of('/json?key=hush').some(({ body }) => (body.closed as []).length > 0), 1_200, 'the end')
})
