import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { codeOf, stepAt } from '../../packages/gateway/src/domain/people/totp.ts'
import { ROLES, type Role } from '../../packages/gateway/src/domain/people/role.ts'
import { allRoutes } from '../../scripts/client-types/routes.ts'
import { ADMIN_TOKEN, startWorld, type Answer, type World } from '../support/world.ts'

const own = { 'content-type': 'application/json', 'x-postern-console': '1' }
const PASSWORD = 'correct horse battery'

let world: World
before(async () => {
  // Each call comes from another address, so that wrong ones do not slow the others down.
  world = await startWorld({ env: { TRUSTED_PROXIES: '127.0.0.1/32' } })
})
after(() => world.stop())

type Enrolled = { id: string; cookie: string; secret: Buffer; recovery: string[]; email: string }

let calls = 0
async function post(
  path: string,
  body: unknown,
  address = `203.0.113.${++calls % 250}`,
): Promise<Answer & { cookie: string | undefined }> {
  const response = await fetch(`${world.gateway.url}${path}`, {
    method: 'POST',
    headers: { ...own, 'x-forwarded-for': address },
    body: JSON.stringify(body),
  })
  const envelope = (await response.json()) as Answer
  return { ...envelope, http: response.status, cookie: response.headers.get('set-cookie')?.split(';')[0] }
}

const ask = (cookie: string, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${world.gateway.url}${path}`, {
    method,
    headers: { ...own, cookie },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })

const reasonOf = ({ error }: Answer): unknown => (error as { reason?: string }).reason

const decode = (text: string): Buffer => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...text].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
}
const present = (secret: Buffer, later = 0): string => codeOf(secret, stepAt(Date.now()) + later)

let people = 0
async function enrol(role: Role, more: Record<string, unknown> = {}): Promise<Enrolled> {
  const email = `${role}${++people}@shop.example`
  const invited = await world.admin('POST', '/admin/users', { email, name: `The ${role}`, role, ...more })
  assert.equal(invited.http, 201, invited.message)
  const { user_id: id, invitation } = invited.data as { user_id: string; invitation: { token: string } }
  const looked = await post('/console/invitation', { token: invitation.token })
  assert.equal(looked.http, 200, looked.message)
  const { totp } = looked.data as { totp: { secret: string } }
  const secret = decode(totp.secret)
  const accepted = await post('/console/invitation/accept', {
    token: invitation.token,
    password: PASSWORD,
    // The step before: the present one is left for a sign-in.
    code: present(secret, -1),
  })
  assert.equal(accepted.http, 200, accepted.message)
  const { recovery_codes: recovery } = accepted.data as { recovery_codes: string[] }
  return { id, cookie: accepted.cookie!, secret, recovery, email }
}

test('an invitation is used once, asks for a long password and a right code, and opens a session', async () => {
  const invited = await world.admin('POST', '/admin/users', { email: 'Ann@Shop.example', name: 'Ann', role: 'agent' })
  const { user_id: id, invitation } = invited.data as { user_id: string; invitation: { token: string; path: string } }
  assert.equal(invitation.path, `/#/invitation/${invitation.token}`)
  const { token } = invitation
  const { totp, email } = (await post('/console/invitation', { token })).data as {
    totp: { secret: string; uri: string }
    email: string
  }
  assert.equal(email, 'ann@shop.example')
  assert.match(totp.uri, /^otpauth:\/\/totp\/Postern:ann%40shop\.example\?secret=[A-Z2-7]{32}&issuer=Postern$/)
  const secret = decode(totp.secret)
  const accept = (body: object) => post('/console/invitation/accept', { token, password: PASSWORD, ...body })
  const short = await accept({ password: 'short', code: present(secret) })
  assert.deepEqual([short.http, short.message], [422, 'password: at least 12 characters, got 5'])
  assert.equal((await accept({ code: codeOf(secret, 5) })).http, 422)
  const accepted = await accept({ code: present(secret) })
  assert.equal(accepted.http, 200)
  assert.equal((accepted.data as { recovery_codes: string[] }).recovery_codes.length, 10)
  assert.equal((await ask(accepted.cookie!, 'GET', '/admin/channels')).status, 200)
  for (const path of ['/console/invitation', '/console/invitation/accept']) {
    const again = await post(path, { token, password: PASSWORD, code: present(secret, 1) })
    assert.deepEqual([again.http, reasonOf(again)], [401, 'invitation_invalid'])
  }
  const shown = (await world.admin('GET', `/admin/users/${id}`)).data as Record<string, unknown>
  assert.deepEqual([shown.state, shown.role, shown.channels], ['active', 'agent', null])
  const text = JSON.stringify(await world.admin('GET', '/admin/users'))
  assert.doesNotMatch(text, /scrypt|inv_|recovery|totp/)
  assert.equal(
    (await world.admin('POST', '/admin/users', { email: 'ANN@shop.example', name: 'A', role: 'admin' })).http,
    409,
  )
})

test('a sign-in needs the password and a code that was not used; a recovery code counts once', async () => {
  const { email, secret, recovery } = await enrol('viewer')
  const signIn = (body: object) => post('/console/session', { email, password: PASSWORD, ...body })
  const code = present(secret)
  const wrong = await signIn({ password: 'wrong horse battery', code })
  assert.deepEqual([wrong.http, reasonOf(wrong)], [401, 'sign_in_failed'])
  const nobody = await post('/console/session', { email: 'nobody@shop.example', password: PASSWORD, code })
  assert.equal(nobody.message, wrong.message)
  const right = await signIn({ email: email.toUpperCase(), code })
  assert.equal(right.http, 200, right.message)
  assert.deepEqual((right.data as { user: { role: string } }).user.role, 'viewer')
  assert.equal((await signIn({ code })).http, 401, 'the same code again')
  assert.equal((await signIn({ code: recovery[0] })).http, 200)
  assert.equal((await signIn({ code: recovery[0] })).http, 401, 'the same recovery code again')
})

test('another role, disabling, a new invitation and removal end the sessions', async () => {
  const ends: Record<string, (id: string) => Promise<Answer>> = {
    role: (id) => world.admin('PATCH', `/admin/users/${id}`, { role: 'viewer' }),
    disabled: (id) => world.admin('PATCH', `/admin/users/${id}`, { disabled: true }),
    invitation: (id) => world.admin('POST', `/admin/users/${id}/invitation`),
    removal: (id) => world.admin('DELETE', `/admin/users/${id}`),
  }
  for (const [name, end] of Object.entries(ends)) {
    const { id, cookie, email, recovery } = await enrol('operator')
    assert.equal((await ask(cookie, 'GET', '/admin/channels')).status, 200)
    assert.ok((await end(id)).http < 300, name)
    assert.equal((await ask(cookie, 'GET', '/admin/channels')).status, 401, name)
    if (name === 'role') continue
    const again = await post('/console/session', { email, password: PASSWORD, code: recovery[0] })
    assert.equal(again.http, 401, name)
  }
  const { id, cookie } = await enrol('operator')
  await world.admin('PATCH', `/admin/users/${id}`, { name: 'Renamed' })
  assert.equal((await ask(cookie, 'GET', '/admin/channels')).status, 200, 'a new name ends nothing')
})

test('every admin route refuses each role that is too low, by name, and lets the others through', async () => {
  const routes = allRoutes().filter((route) => route.auth === 'admin')
  assert.ok(routes.length > 60)
  const least = { read: 'viewer', converse: 'agent', operate: 'operator', administer: 'admin' } as const
  for (const role of ROLES) {
    const { cookie } = await enrol(role)
    for (const route of routes) {
      const needed = least[route.right!]
      const mayCall = ROLES.indexOf(role) <= ROLES.indexOf(needed)
      // A channel that does not exist: whoever is let through changes nothing.
      const path = route.path.replaceAll(/\{\w+\}/g, '987654321')
      if (route.streams !== undefined && mayCall) continue
      const body = route.body || route.bodyDocument ? { no_such_key: 1 } : undefined
      const answer = await ask(cookie, route.method, `${path}?no_such_filter=1`, body)
      const name = `${role} ${route.method} ${route.path}`
      const told = (await answer.json()) as { error: { reason?: string; needed?: string; role?: string } }
      if (mayCall) assert.notEqual(answer.status, 403, name)
      else
        assert.deepEqual(
          [answer.status, told.error.reason, told.error.needed, told.error.role],
          [403, 'role_needed', needed, role],
          name,
        )
      assert.notEqual(answer.status, 401, name)
    }
  }
})

test('an operator changes a channel’s settings, and its token not', async () => {
  const { cookie } = await enrol('operator')
  assert.equal((await ask(cookie, 'PATCH', '/admin/channels/1', { name: 'Ours' })).status, 200)
  assert.equal((await ask(cookie, 'PATCH', '/admin/channels/1', { access_token: 'EAAB' })).status, 403)
})

test('a user with some channels sees those alone', async () => {
  const other = await world.admin('POST', '/admin/channels', {
    ...{ name: 'Other', business_phone: '14155550199', phone_number_id: '301234567890199', waba_id: '215589313241599' },
    access_token: 'EAAB',
  })
  const { channel_id: id } = other.data as { channel_id: number }
  const wamid = await world.send({ to: '16505551234', type: 'text', text: 'for the other' })
  const { cookie } = await enrol('operator', { channels: [id] })
  const get = async (path: string) => {
    const answer = await ask(cookie, 'GET', path)
    return { http: answer.status, data: ((await answer.json()) as { data: unknown }).data }
  }
  const seen = (await get('/admin/channels')).data as { channel_id: number }[]
  assert.deepEqual(
    seen.map((one) => one.channel_id),
    [id],
  )
  assert.equal((await get('/admin/channels/1')).http, 403)
  assert.equal((await get('/admin/messages?channel_id=1')).http, 403)
  assert.deepEqual((await get('/admin/messages')).data, [], 'its only channel is meant')
  assert.equal((await get(`/admin/messages/${wamid}`)).http, 404)
  assert.equal((await get('/admin/alarms')).http, 403)
  assert.equal(((await get('/admin/stats')).data as { channels: number }).channels, 1)
  assert.equal((await ask(cookie, 'POST', '/admin/channels/1/messages', { to: '1', type: 'text' })).status, 403)
})

test('after five wrong passwords an address waits; after five wrong codes the user does, from wherever they come', async () => {
  const { email, recovery } = await enrol('viewer')
  const wrong = (code: string, password: string, address?: string) =>
    post('/console/session', { email, password, code }, address)
  for (let i = 0; i < 5; i++) assert.equal((await wrong('000000', 'wrong horse battery', '198.51.100.1')).http, 401)
  assert.equal((await wrong(recovery[0]!, PASSWORD, '198.51.100.1')).http, 429)
  for (let i = 0; i < 5; i++) assert.equal((await wrong('wrong', PASSWORD)).http, 401)
  assert.equal((await wrong(recovery[0]!, PASSWORD)).http, 429)
})

test('the admin token still does everything', async () => {
  const session = await post('/console/session', { token: ADMIN_TOKEN })
  assert.equal((session.data as { user: { role: string } }).user.role, 'admin')
  assert.equal((await ask(session.cookie!, 'GET', '/admin/users')).status, 200)
})
