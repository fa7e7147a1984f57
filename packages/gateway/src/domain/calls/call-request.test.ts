import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readBy } from '../fields/read.ts'
import { callSchema, toCallRequest } from './call-request.ts'

const ROOT = new URL('../../../../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')

for (const name of ['connect', 'connect_recording', 'pre_accept', 'accept', 'reject', 'terminate']) {
  test(`${name}: Meta’s own body is accepted, and sent as it is`, () => {
    const { request } = JSON.parse(read(`test/fixtures/cloud-api/calls/call_${name}.json`)) as {
      request: { body: object }
    }
    const result = readBy(callSchema, request.body)
    assert.ok(result.ok, JSON.stringify(result))
    assert.deepEqual(toCallRequest(result.data), request.body)
  })
}

test('only connect tells Meta the contact', () => {
  const result = readBy(callSchema, { action: 'reject', call_id: 'wacid.A', to: '12065550147' })
  assert.ok(result.ok)
  const sent = { messaging_product: 'whatsapp', action: 'reject', call_id: 'wacid.A' }
  assert.deepEqual(toCallRequest(result.data), sent)
})

test('the samples of the docs are accepted', () => {
  const samples = [...read('docs/calls.md').matchAll(/```json call\n([\s\S]*?)```/g)].map(([, sample]) => sample!)
  assert.equal(samples.length, 3)
  for (const sample of samples) assert.ok(readBy(callSchema, JSON.parse(sample)).ok, sample)
})
