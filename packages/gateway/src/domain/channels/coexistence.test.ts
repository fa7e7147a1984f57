import assert from 'node:assert/strict'
import { test } from 'node:test'
import { appChanges, askedChange, mayAsk, onAppChange, publicCoexistence } from './coexistence.ts'
import type { StateChange, StatePart } from './state.ts'

const AT = 1_795_600_000_000
const HOUR = 3_600_000

function channelWith(...changes: StateChange[]) {
  const state = new Map<string, StatePart>()
  for (const { part, ...change } of changes) state.set(part, { ...change, since: change.at })
  return { state, createdAt: AT }
}
const onApp = onAppChange(true, AT)
const chunk = (progress: number, more: object = {}) => ({
  history: [{ metadata: { phase: 1, chunk_order: 1, progress }, ...more }],
})

test('an echo, a contact or a chat says that the number is in the app, once', () => {
  const [change] = appChanges('smb_message_echoes', {}, AT, new Map())
  assert.deepEqual([change?.part, change?.value, change?.reason], ['coexistence', true, 'smb_message_echoes'])
  assert.deepEqual(appChanges('smb_message_echoes', {}, AT, channelWith(change!).state), [])
})

test('what is missing, until when; too late after a day', () => {
  const channel = channelWith(...onApp)
  const shown = publicCoexistence(channel, AT + HOUR)
  assert.deepEqual(shown?.missing, ['contacts', 'history'])
  assert.equal(shown.until, AT / 1000 + 24 * 3600)
  const late = publicCoexistence(channel, AT + 25 * HOUR)
  assert.deepEqual([late?.missing, late?.history.state], [[], 'too_late'])
  assert.equal(publicCoexistence(channelWith(), AT), null)
  assert.deepEqual(publicCoexistence(channelWith(...onAppChange(false, AT)), AT)?.missing, [])
})

test('chunks in any order: the progress never falls, and 100 is the end', () => {
  const first = appChanges('history', chunk(80), AT, channelWith(...onApp).state)
  const state = channelWith(...onApp, ...first)
  assert.deepEqual(appChanges('history', chunk(40), AT + 1000, state.state), [])
  const last = appChanges('history', chunk(100), AT + 2000, state.state)
  const done = channelWith(...onApp, ...first, ...last)
  assert.deepEqual(publicCoexistence(done, AT)?.history.state, 'done')
  assert.deepEqual(appChanges('history', chunk(100), AT + 3000, done.state), [])
})

test('a sync is asked for once; a refusal and a business that shares nothing are told', () => {
  assert.equal(mayAsk(channelWith(...onApp), 'history'), true)
  const asked = channelWith(...onApp, askedChange('history', AT, { requestId: 'r1' }))
  assert.equal(mayAsk(asked, 'history'), false)
  assert.equal(publicCoexistence(asked, AT)?.history.request_id, 'r1')
  const refused = channelWith(...onApp, askedChange('history', AT, { refusal: '(#4) used' }))
  assert.deepEqual([mayAsk(refused, 'history'), publicCoexistence(refused, AT)?.history.reason], [true, '(#4) used'])
  const errors = [{ code: 2593109, title: 'History sync is turned off' }]
  const declined = appChanges('history', { history: [{ errors }] }, AT, asked.state)
  assert.deepEqual(
    declined.map(({ value, reason }) => [value, reason]),
    [['declined', 'History sync is turned off']],
  )
})

test('a new connection begins anew', () => {
  const before = [
    ...onApp,
    askedChange('history', AT, {}),
    ...appChanges('history', chunk(100), AT, channelWith(...onApp).state),
  ]
  const added: StateChange = {
    part: 'account',
    value: 'PARTNER_ADDED',
    at: AT + HOUR,
    reason: null,
    until: null,
    details: null,
  }
  const channel = channelWith(...before, added)
  assert.deepEqual(publicCoexistence(channel, AT + HOUR)?.missing, ['contacts', 'history'])
  assert.equal(mayAsk(channel, 'history'), true)
})
