import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planCall } from './plan-call.ts'
import { RESOURCES } from './resources.ts'

const planned = (name: string, method: 'GET' | 'POST' | 'DELETE', query = {}, body?: unknown) => {
  const plan = planCall(RESOURCES[name]!.methods[method]!, query, body)
  return plan.ok ? plan.call : plan.problems.map(({ path, rule }) => `${path} ${rule}`)
}

test('a resource becomes one call to Meta', () => {
  assert.deepEqual(planned('business_profile', 'GET'), {
    node: 'number',
    path: ['whatsapp_business_profile'],
    query: { fields: 'about,address,description,email,profile_picture_url,websites,vertical' },
  })
  assert.deepEqual(planned('business_profile', 'POST', {}, { about: 'Open' }), {
    node: 'number',
    path: ['whatsapp_business_profile'],
    query: {},
    json: { messaging_product: 'whatsapp', about: 'Open' },
  })
  assert.deepEqual(planned('qr_codes', 'DELETE', { code: '4O4YGZEG3RIVE1' }), {
    node: 'number',
    path: ['message_qrdls', '4O4YGZEG3RIVE1'],
    query: {},
  })
  assert.deepEqual(planned('two_step_pin', 'POST', {}, { pin: '123456' }), {
    node: 'number',
    path: [],
    query: {},
    json: { pin: '123456' },
  })
  assert.deepEqual(
    planned('pricing_analytics', 'GET', {
      start: '1793491200',
      end: '1796083200',
      granularity: 'MONTHLY',
      dimensions: 'PRICING_CATEGORY,PRICING_TYPE,COUNTRY,TIER',
    }),
    {
      node: 'account',
      path: [],
      query: {
        fields:
          'pricing_analytics.start(1793491200).end(1796083200).granularity(MONTHLY).dimensions(PRICING_CATEGORY,PRICING_TYPE,COUNTRY,TIER)',
      },
    },
  )
})

test('a key outside of the table is refused by name', () => {
  assert.deepEqual(planned('business_profile', 'GET', { access_token: 'x' }), ['access_token unknownKey'])
  assert.deepEqual(planned('business_profile', 'GET', { date_format: 'U' }), ['date_format unknownKey'])
  assert.deepEqual(planned('two_step_pin', 'POST', {}, { pin: '123456', webhook_configuration: {} }), [
    'webhook_configuration unknownKey',
  ])
  assert.deepEqual(planned('calling_settings', 'GET', { include_sip_credentials: 'true' }), [
    'include_sip_credentials unknownKey',
  ])
  assert.deepEqual(planned('calling_settings', 'POST', {}, { calling: {}, payload_encryption: {} }), [
    'payload_encryption unknownKey',
  ])
  assert.deepEqual(planned('username', 'DELETE', {}, { username: 'x' }), [' unknownKey'])
})

test('a missing required key, and a value that could change the path, are refused', () => {
  assert.deepEqual(planned('qr_codes', 'DELETE'), ['code required'])
  assert.deepEqual(planned('pricing_analytics', 'GET', { start: '1' }), ['end required', 'granularity required'])
  assert.deepEqual(planned('pricing_analytics', 'GET', { start: '1', end: '2', granularity: 'DAILY),id,name.x(' }), [
    'granularity pattern',
    'granularity required',
  ])
  assert.deepEqual(planned('business_profile', 'GET', { fields: 'about&access_token=x' }), ['fields pattern'])
  assert.deepEqual(planned('business_profile', 'GET', { fields: ['a', 'b'] }), ['fields type'])
  for (const body of [undefined, null, {}, [], 'x'])
    assert.deepEqual(planned('username', 'POST', {}, body), [' required'])
})

test('a body with thousands of unknown keys has a hundred problems, and one that cannot be stored has one', () => {
  const rule = RESOURCES.qr_codes!.methods.POST!
  const many = Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`key${i}`, i]))
  const planned = planCall(rule, {}, many)
  assert.ok(!planned.ok)
  assert.equal(planned.problems.length, 100)
  const more = planCall(rule, {}, Object.fromEntries(Array.from({ length: 30_000 }, (_, i) => [`key${i}`, i])))
  assert.ok(!more.ok)
  assert.match(more.problems[0]!.message, /at most 20000 values/)
})
