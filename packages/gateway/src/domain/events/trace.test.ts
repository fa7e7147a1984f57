import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newMessageBody, otherBody, statusBody, toldStatusBody } from './bodies.ts'
import { metaBody } from './meta-format.ts'
import { pageBody } from './page-form.ts'
import { bodyInTrace, statusInTrace, traceIn, withoutTrace } from './trace.ts'

const CHANNEL = { id: 7, businessPhone: '6281519236680' }
const META = { wabaId: '1', phoneNumberId: '2', businessPhone: CHANNEL.businessPhone }
const PLACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' }
const TEXT = '","traceparent":"00-00000000000000000000000000000001-0000000000000001-01"'

const BODIES: Record<string, string> = {
  'a message': newMessageBody(CHANNEL, { messages: [{ id: 'wamid.1', text: { body: TEXT } }] } as never),
  'a message on standby': newMessageBody(CHANNEL, { messages: [{ id: 'wamid.1' }] } as never, true),
  'another field': otherBody(CHANNEL, 'x'.repeat(100), { title: TEXT }, 5),
  'a status': toldStatusBody(statusOf(), { reference: 'msg_1', callbackData: TEXT }),
}

function statusOf() {
  const told = {
    wamid: 'wamid.1',
    status: 'read',
    errors: [],
    atSeconds: 5,
    recipient: '8',
    more: { pricing: { a: 1 } },
  }
  return statusBody(CHANNEL, told, undefined)
}

for (const [name, body] of Object.entries(BODIES))
  test(`${name}: its trace is read again, and taken out for formats of others`, () => {
    const traced = bodyInTrace(body, PLACE)
    assert.equal((JSON.parse(traced) as { traceparent: string }).traceparent, `00-${PLACE.traceId}-${PLACE.spanId}-01`)
    assert.deepEqual(traceIn(traced), { ...PLACE, sampled: true })
    assert.equal(traceIn(body), undefined)
    assert.equal(withoutTrace(traced), body)
    assert.equal(withoutTrace(body), body)
    assert.equal(pageBody(traced), pageBody(body))
    assert.equal(metaBody(traced, META), metaBody(body, META))
  })

test('a status in a trace gets its reference in the same place', () => {
  const ours = { reference: 'msg_1', callbackData: 'order 7' }
  assert.equal(
    toldStatusBody(statusInTrace(statusOf(), PLACE), ours),
    bodyInTrace(toldStatusBody(statusOf(), ours), PLACE),
  )
})

test('a body without our head has no trace', () => {
  for (const body of ['', '{}', '{"event":"x","channel_id":1}']) {
    assert.equal(bodyInTrace(body, PLACE), body)
    assert.equal(traceIn(body), undefined)
  }
})
