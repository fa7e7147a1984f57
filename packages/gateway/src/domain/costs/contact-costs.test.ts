import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayOfDate } from '../../platform/rates/rate-card.ts'
import { contactMonths } from './contact-costs.ts'

const of = (date: string, category: string, type: string, messages: number) => ({
  day: dayOfDate(date)!,
  pricing: JSON.stringify({ billable: type === 'regular', category, type }),
  recipient: '16505550001',
  messages,
})

test('messages are summed by month and category, the newest month first', () => {
  const sums = [
    of('2026-09-30', 'marketing', 'regular', 2),
    of('2026-10-01', 'utility', 'regular', 1),
    of('2026-10-31', 'utility', 'free_customer_service', 4),
    of('2026-10-31', 'marketing', 'regular', 1),
    { ...of('2026-10-02', '', '', 7), pricing: '{}' },
  ]
  assert.deepEqual(contactMonths(sums, undefined), [
    { month: '2026-10', category: 'marketing', messages: 1, billable: 1, free: 0 },
    { month: '2026-10', category: 'utility', messages: 5, billable: 1, free: 4 },
    { month: '2026-09', category: 'marketing', messages: 2, billable: 2, free: 0 },
  ])
})
