import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CALLBACKS } from '../../http/callbacks.ts'
import { isKnownEvent } from './known-fields.ts'

const FIXTURES = new URL('../../../../../test/fixtures/', import.meta.url)

test('every event that is documented is known, and so is every field of the fixtures', () => {
  for (const { event } of CALLBACKS) assert.ok(isKnownEvent(event) || event === 'message_scheduled_update', event)
  const fields = new Set<string>()
  for (const name of readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.json')) continue
    for (const [, field] of readFileSync(new URL(name, FIXTURES), 'utf8').matchAll(/"field":\s*"(\w+)"/g))
      fields.add(field!)
  }
  assert.ok(fields.size > 5)
  for (const field of fields) assert.ok(isKnownEvent(field) || /unknown|new_field|something/.test(field), field)
  assert.ok(!isKnownEvent('brand_new_field'))
})
