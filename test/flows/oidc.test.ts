import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { CLIENT, TestProvider, walk } from '../support/oidc.ts'
import { startWorld, type World } from '../support/world.ts'

const own = { 'content-type': 'application/json', 'x-postern-console': '1' }

let provider: TestProvider
let world: World
before(async () => {
  provider = await TestProvider.start()
  world = await startWorld({
    webhook: false,
    env: {
      // Each sign-in comes from another address, so that refused ones do not slow the others down.
      TRUSTED_PROXIES: '127.0.0.1/32',
      OIDC_ISSUER: provider.issuer,
      OIDC_CLIENT_ID: CLIENT.client_id,
      OIDC_CLIENT_SECRET: CLIENT.client_secret,
      OIDC_SCOPES: 'openid email profile groups',
      OIDC_ROLES: 'managers=admin, support=agent',
      OIDC_BUTTON: 'Sign in with Shop ID',
    },
  })
})
after(async () => {
  await world.stop()
  await provider.close()
})
beforeEach(() => (provider.idToken = undefined))

let calls = 0
const get = (path: string, cookie?: string, address = `203.0.113.${++calls % 250}`): Promise<Response> =>
  fetch(new URL(path, world.gateway.url), {
    redirect: 'manual',
    headers: { ...own, 'x-forwarded-for': address, ...(cookie !== undefined && { cookie }) },
  })
const cookieOf = (answer: Response, name: string): string | undefined =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .find((cookie) => cookie.startsWith(`${name}=`) && !cookie.endsWith('='))

async function begin(): Promise<{ url: URL; cookie: string }> {
  const answer = await get('/console/oidc/start')
  assert.equal(answer.status, 302)
  return { url: new URL(answer.headers.get('location')!), cookie: cookieOf(answer, 'postern_oidc')! }
}

/** A whole sign-in. Returns where it ends, and the session's cookie. */
async function signIn(
  login: string,
): Promise<{ end: string; session: string | undefined; back: string; cookie: string }> {
  const { url, cookie } = await begin()
  const back = await walk(url.href, login)
  const answer = await get(back, cookie)
  return { end: answer.headers.get('location')!, session: cookieOf(answer, 'postern_session'), back, cookie }
}

type Shown = {
  user_id: string
  email: string
  name: string
  role: string
  state: string
  linked: boolean
  role_from: string
}
const users = async (): Promise<Shown[]> => (await world.admin('GET', '/admin/users')).data as Shown[]
const userOf = async (name: string): Promise<Shown | undefined> => (await users()).find((user) => user.name === name)
const invite = async (email: string, role = 'operator'): Promise<string> => {
  const { data } = await world.admin('POST', '/admin/users', { email, name: email.split('@')[0], role })
  return (data as { user_id: string }).user_id
}
type Row = { action: string; outcome: string; actor: { kind: string; name: string }; before: unknown; after: unknown }
const newest = async (): Promise<Row> => ((await world.admin('GET', '/admin/audit?count=1')).data as Row[])[0]!
const who = async (session: string): Promise<unknown> =>
  ((await (await get('/console/session', session)).json()) as { data: { user?: unknown } }).data.user

test('a provider that is down at the start stops nothing, and is found when it is there', async () => {
  const { data } = (await (await get('/console/session')).json()) as { data: unknown }
  const host = new URL(provider.issuer).host
  assert.deepEqual(data, { signed_in: false, oidc: { button: 'Sign in with Shop ID', host } })
  assert.deepEqual(provider.asked, [], 'not before somebody signs in')
  const answer = await get('/console/oidc/start')
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/#/sign-in/away'])
  provider.open(`${world.gateway.url}/console/oidc/callback`)
  let location = ''
  while (!location.startsWith(provider.issuer)) {
    await new Promise((done) => setTimeout(done, 200))
    location = (await get('/console/oidc/start')).headers.get('location')!
  }
  const params = new URL(location).searchParams
  assert.equal(params.get('code_challenge_method'), 'S256')
  assert.equal(params.get('response_type'), 'code')
  for (const name of ['state', 'nonce', 'code_challenge']) assert.match(params.get(name)!, /^[\w-]{43}$/)
})

test('who was invited gets in with a verified address, and is known by the subject from then on', async () => {
  const id = await invite('Ann@shop.example')
  provider.people.set('ann-1', { sub: 'ann-1', name: 'Ann A.', email: 'ann@SHOP.example', email_verified: true })
  const first = await signIn('ann-1')
  assert.equal(first.end, '/')
  assert.deepEqual(await who(first.session!), { kind: 'user', id, name: 'Ann', role: 'operator', channels: null })
  const { state, linked, role_from } = (await userOf('Ann'))!
  assert.deepEqual([state, linked, role_from], ['active', true, 'postern'])
  const row = await newest()
  assert.deepEqual([row.action, row.outcome, row.actor.name], ['signIn', 'ok', 'Ann'])
  provider.people.set('ann-1', {
    sub: 'ann-1',
    email: 'other@shop.example',
    email_verified: false,
    groups: ['managers'],
  })
  assert.equal(((await who((await signIn('ann-1')).session!)) as { role: string }).role, 'operator')
  // The sign-out ends our session.
  const out = await fetch(`${world.gateway.url}/console/session`, {
    method: 'DELETE',
    headers: { ...own, cookie: first.session! },
  })
  assert.equal(out.status, 200)
  assert.equal(await who(first.session!), undefined)
})

test('an address that the provider did not verify uses no invitation up, nor does a used or expired one count again', async () => {
  await invite('bob@shop.example')
  provider.people.set('mallory', { sub: 'mallory', name: 'Mallory', email: 'bob@shop.example', email_verified: false })
  const { end, session } = await signIn('mallory')
  assert.deepEqual([end, session], ['/#/sign-in/email_unverified', undefined])
  const row = await newest()
  assert.deepEqual([row.action, row.outcome, row.actor.kind], ['signIn', 'email_unverified', 'unknown'])
  assert.equal((await userOf('bob'))!.state, 'invited')
  // Ann's invitation was used by another subject.
  provider.people.set('ann-2', { sub: 'ann-2', email: 'ann@shop.example', email_verified: true })
  assert.equal((await signIn('ann-2')).end, '/#/sign-in/not_invited')
  provider.people.set('nobody', { sub: 'nobody', email: 'nobody@shop.example', email_verified: true })
  assert.equal((await signIn('nobody')).end, '/#/sign-in/not_invited')
})

test('groups give roles: the highest counts, a change ends old sessions, and without a group the door is closed', async () => {
  const carl = { sub: 'carl', name: 'Carl', email: 'carl@shop.example', email_verified: true }
  provider.people.set('carl', { ...carl, groups: ['support', 'managers', 'others'] })
  const first = await signIn('carl')
  assert.equal(((await who(first.session!)) as { role: string }).role, 'admin')
  const user = (await userOf('Carl'))!
  assert.deepEqual([user.email, user.role_from, user.state], ['carl@shop.example', 'provider', 'active'])
  const byHand = await world.admin('PATCH', `/admin/users/${user.user_id}`, { role: 'viewer' })
  assert.equal(byHand.http, 409, byHand.message)
  provider.people.set('carl', { ...carl, groups: ['support'] })
  const second = await signIn('carl')
  assert.equal(((await who(second.session!)) as { role: string }).role, 'agent')
  assert.equal(await who(first.session!), undefined, 'the session of the admin has ended')
  provider.people.set('carl', carl)
  assert.equal((await signIn('carl')).end, '/#/sign-in/no_role')
  // Without a verified address nobody takes the address of another.
  provider.people.set('dora', { sub: 'dora', name: 'Dora', email: 'boss@shop.example', groups: ['support'] })
  assert.equal((await signIn('dora')).end, '/')
  assert.match((await userOf('Dora'))!.email, /^[0-9a-f]{16}@127\.0\.0\.1\.invalid$/)
})

test('a disabled user stays out', async () => {
  const ann = (await userOf('Ann'))!
  await world.admin('PATCH', `/admin/users/${ann.user_id}`, { disabled: true })
  const { end, session } = await signIn('ann-1')
  assert.deepEqual([end, session], ['/#/sign-in/disabled', undefined])
  const row = await newest()
  assert.deepEqual([row.action, row.outcome, row.actor.name], ['signIn', 'disabled', 'Ann'])
  await world.admin('PATCH', `/admin/users/${ann.user_id}`, { disabled: false })
  assert.equal((await signIn('ann-1')).end, '/')
})

test('a wrong state, a wrong nonce, a missing or foreign cookie, and a code that was used open no session', async () => {
  const ends = async (path: string, cookie?: string): Promise<string> => {
    const answer = await get(path, cookie)
    assert.equal(cookieOf(answer, 'postern_session'), undefined)
    return answer.headers.get('location')!
  }
  const { url, cookie } = await begin()
  const back = new URL(await walk(url.href, 'ann-1'))
  const asked = provider.asked.length
  const other = new URL(back)
  other.searchParams.set('state', 'another')
  assert.equal(await ends(other.href, cookie), '/#/sign-in/expired')
  assert.equal(await ends(back.href), '/#/sign-in/expired')
  assert.equal(await ends(back.href, `${cookie.slice(0, -4)}AAAA`), '/#/sign-in/expired')
  const foreign = await begin()
  assert.equal(await ends(back.href, foreign.cookie), '/#/sign-in/expired')
  assert.equal(provider.asked.length, asked, 'the provider was not even asked')

  // The verifier of another sign-in, with its state: PKCE.
  const mixed = new URL(back)
  mixed.searchParams.set('state', foreign.url.searchParams.get('state')!)
  assert.equal(await ends(mixed.href, foreign.cookie), '/#/sign-in/untrusted')

  const nonce = await begin()
  nonce.url.searchParams.set('nonce', 'another')
  assert.equal(await ends(await walk(nonce.url.href, 'ann-1'), nonce.cookie), '/#/sign-in/untrusted')

  const once = await signIn('ann-1')
  assert.equal(once.end, '/')
  assert.equal(await ends(once.back, once.cookie), '/#/sign-in/untrusted')
  const row = await newest()
  assert.deepEqual([row.outcome, row.actor.kind], ['untrusted', 'unknown'])
})

/** A real ID token of this person for another client of the provider. */
async function tokenForAnother(redirectUri: string, nonce: string): Promise<string> {
  const verifier = 'a'.repeat(43)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  const asked = new URLSearchParams({
    ...{ client_id: 'another', redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'x', nonce },
    ...{ code_challenge: challenge, code_challenge_method: 'S256' },
  })
  const back = await walk(`${provider.issuer}/auth?${asked.toString()}`, 'ann-1')
  const code = new URL(back).searchParams.get('code')!
  const answer = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`another:${CLIENT.client_secret}`).toString('base64')}` },
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri },
    }),
  })
  return ((await answer.json()) as { id_token: string }).id_token
}

test('an ID token for another client, or with a wrong signature, opens no session', async () => {
  const swapped = async (change: (token: string) => string): Promise<{ end: string | null; token: string }> => {
    const { url, cookie } = await begin()
    const back = await walk(url.href, 'ann-1')
    const { redirect_uri: redirectUri, nonce } = Object.fromEntries(url.searchParams)
    const token = change(await tokenForAnother(redirectUri!, nonce!))
    provider.idToken = token
    const answer = await get(back, cookie)
    provider.idToken = undefined
    assert.equal(cookieOf(answer, 'postern_session'), undefined)
    return { end: answer.headers.get('location'), token }
  }
  const foreign = await swapped((token) => token)
  assert.equal(foreign.end, '/#/sign-in/untrusted')
  assert.match(foreign.token, /^[\w-]+\.[\w-]+\.[\w-]+$/)
  const forged = await swapped((token) => {
    const [head, body, signature] = token.split('.')
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>
    const mine = Buffer.from(JSON.stringify({ ...claims, aud: CLIENT.client_id })).toString('base64url')
    return [head, mine, signature].join('.')
  })
  assert.equal(forged.end, '/#/sign-in/untrusted')
  assert.equal((await signIn('ann-1')).end, '/', 'nothing else was wrong')
})

test('a refusal at the provider is said, failures from one address are limited, and a provider that went down is named', async () => {
  const { url, cookie } = await begin()
  const answer = await get(await walk(url.href, 'ann-1', true), cookie)
  assert.equal(answer.headers.get('location'), '/#/sign-in/denied')
  const ends: (string | null)[] = []
  for (let i = 0; i < 7; i++)
    ends.push((await get('/console/oidc/callback?code=x&state=y', undefined, '198.51.100.9')).headers.get('location'))
  assert.deepEqual(ends, [
    ...Array<string>(5).fill('/#/sign-in/expired'),
    ...Array<string>(2).fill('/#/sign-in/too_many'),
  ])
  const begun = await begin()
  const back = await walk(begun.url.href, 'ann-1')
  provider.away()
  assert.equal((await get(back, begun.cookie)).headers.get('location'), '/#/sign-in/away')
})
