import assert from 'node:assert/strict'
import { test } from 'node:test'
import { spanOf } from './report.ts'

test('a period has both of its days, also at the ends of months and years', () => {
  const at = (text: string): Date => new Date(text)
  assert.deepEqual(spanOf('month', at('2026-11-26T22:00:00Z')), { from: '2026-11-01', to: '2026-11-26' })
  assert.deepEqual(spanOf('before', at('2026-01-31T00:00:00Z')), { from: '2025-12-01', to: '2025-12-31' })
  assert.deepEqual(spanOf('before', at('2028-03-31T23:59:59Z')), { from: '2028-02-01', to: '2028-02-29' })
  assert.deepEqual(spanOf('quarter', at('2026-11-26T00:00:00Z')), { from: '2026-08-29', to: '2026-11-26' })
  assert.deepEqual(spanOf('year', at('2026-11-26T00:00:00Z')), { from: '2025-11-27', to: '2026-11-26' })
})
