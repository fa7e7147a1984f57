import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryOf, identityOf, type ProviderRules } from './provider.ts'
import type { User } from './user.ts'

const rules: ProviderRules = {
  issuer: 'https://id.example.com',
  roleClaim: 'groups',
  roles: new Map([
    ['support', 'agent'],
    ['managers', 'admin'],
  ]),
  defaultRole: undefined,
}

test('groups are a list or one value, under a name or a path; the highest role counts', () => {
  const roleOf = (claims: object, roleClaim = 'groups') =>
    identityOf({ sub: 'a', ...claims }, { ...rules, roleClaim })!.role
  assert.equal(roleOf({ groups: ['support', 'managers'] }), 'admin')
  assert.equal(roleOf({ groups: 'support' }), 'agent')
  assert.equal(roleOf({ realm_access: { roles: ['support'] } }, 'realm_access.roles'), 'agent')
  assert.equal(roleOf({ 'https://shop.example/roles': ['support'] }, 'https://shop.example/roles'), 'agent')
  for (const groups of [undefined, null, 7, {}, [7, null], ['toString', '__proto__'], 'supporters'])
    assert.equal(roleOf({ groups }), undefined)
  assert.equal(identityOf({ sub: 'a' }, { ...rules, defaultRole: 'viewer' })!.role, 'viewer')
})

test('an address counts only when it was verified, and names are one line', () => {
  const emailOf = (claims: object) => identityOf({ sub: 'a', ...claims }, rules)!.email
  assert.equal(emailOf({ email: 'Ann@Shop.example', email_verified: true }), 'ann@shop.example')
  assert.equal(emailOf({ email: 'ann@shop.example', email_verified: 'true' }), 'ann@shop.example')
  for (const email_verified of [false, undefined, 1, 'false', {}])
    assert.equal(emailOf({ email: 'ann@shop.example', email_verified }), undefined)
  assert.equal(emailOf({ email: 'no address', email_verified: true }), undefined)
  assert.equal(identityOf({ sub: 'a', name: 'Ann\n\u202Eevil' }, rules)!.name, 'Ann  evil')
  for (const sub of [undefined, '', 7, 'x'.repeat(256)]) assert.equal(identityOf({ sub }, rules), undefined)
})

test('an account that the provider made is refused without a group; an invited one keeps the role that it was given', () => {
  const user: User = {
    ...{ id: 'usr_1', email: 'ann@shop.example', name: 'Ann', role: 'agent', channels: null, disabledAt: null },
    ...{ hasPassword: false, isLinked: true, roleFrom: 'provider', invitationEndsAt: null, createdAt: 1 },
    signedInAt: null,
  }
  const entry = (claims: object, known: { bySubject?: User; byEmail?: User }) =>
    entryOf(
      identityOf({ sub: 'a', ...claims }, rules)!,
      { bySubject: known.bySubject, byEmail: known.byEmail },
      1_000,
      'made@up.invalid',
    )
  assert.deepEqual(entry({}, { bySubject: user }), { kind: 'refused', why: 'no_role' })
  assert.deepEqual(entry({ groups: 'managers' }, { bySubject: user }), { kind: 'known', user, role: 'admin' })
  const invited: User = { ...user, roleFrom: 'postern' }
  assert.deepEqual(entry({ groups: 'managers' }, { bySubject: invited }), {
    ...{ kind: 'known', user: invited, role: undefined },
  })
  // A user with a password is linked by a new invitation only.
  const verified = { email: 'ann@shop.example', email_verified: true }
  const withPassword: User = { ...user, isLinked: false, hasPassword: true }
  assert.deepEqual(entry({ ...verified, groups: 'managers' }, { byEmail: withPassword }), {
    ...{ kind: 'refused', why: 'not_invited' },
  })
  const waiting: User = { ...user, isLinked: false, invitationEndsAt: 1_001 }
  assert.deepEqual(entry(verified, { byEmail: waiting }), { kind: 'invited', user: waiting })
  assert.deepEqual(entry(verified, { byEmail: { ...waiting, invitationEndsAt: 1_000 } }), {
    ...{ kind: 'refused', why: 'not_invited' },
  })
})
