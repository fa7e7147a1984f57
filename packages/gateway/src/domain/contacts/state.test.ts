import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinedState, type Owner, readState, stateAfter, stateText, type ContactState } from './state.ts'

const owner = (owner: Owner['owner'], at: number, more: Partial<Owner> = {}): ContactState => ({
  owner: { owner, role: null, since: at, at, ...more },
})
const calls = (permission: 'temporary' | 'none', at: number): ContactState => ({
  calls: { permission, until: null, at },
})

test('an older fact never replaces a newer one, part by part', () => {
  const known = { ...owner('other', 5_000), ...calls('none', 1_000) }
  assert.equal(stateAfter(known, owner('us', 4_000)), known)
  assert.deepEqual(stateAfter(known, { ...owner('us', 4_000), ...calls('temporary', 2_000) }), {
    ...owner('other', 5_000),
    ...calls('temporary', 2_000),
  })
})

test('of two facts of one second the later arrival is right, but a conversation that was taken stays taken', () => {
  assert.deepEqual(stateAfter(calls('none', 1_000), calls('temporary', 1_000)), calls('temporary', 1_000))
  assert.equal(stateAfter(owner('other', 1_000), owner('us', 1_000)).owner!.owner, 'us')
  const taken = owner('other', 1_000, { taken: true })
  assert.equal(stateAfter(taken, owner('us', 1_000)), taken)
  assert.deepEqual(stateAfter(owner('us', 1_000), taken), taken)
  assert.equal(stateAfter(taken, owner('us', 2_000)).owner!.owner, 'us')
})

test('an owner who is seen again has held the conversation since the first time, in the role that was told', () => {
  const known = owner('us', 1_000, { role: 'escalation' })
  assert.deepEqual(stateAfter(known, owner('us', 9_000)), owner('us', 9_000, { role: 'escalation', since: 1_000 }))
  assert.deepEqual(stateAfter(known, owner('us', 9_000, { role: 'utility' })), owner('us', 9_000, { role: 'utility' }))
  assert.deepEqual(stateAfter(known, owner('other', 9_000)), owner('other', 9_000))
  // An older fact after that is still older.
  assert.equal(stateAfter(stateAfter(known, owner('us', 9_000)), owner('other', 5_000)).owner!.owner, 'us')
})

test('two contacts that are one person keep the newer part of each', () => {
  const into = { ...owner('us', 5_000), ...calls('none', 1_000) }
  const from = { ...owner('other', 4_000), ...calls('temporary', 2_000) }
  const one = { ...owner('us', 5_000), ...calls('temporary', 2_000) }
  assert.deepEqual(joinedState(into, from), one)
  assert.deepEqual(joinedState(from, into), one)
  assert.equal(joinedState(into, {}), into)
})

test('the text of a state is null while nothing is known, and a text that is not ours says nothing', () => {
  assert.equal(stateText({}), null)
  for (const text of [null, '', '{', '[]', '7', 'null']) assert.deepEqual(readState(text), {})
  assert.deepEqual(readState(stateText(owner('idle', 7))), owner('idle', 7))
})
