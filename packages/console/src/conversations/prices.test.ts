import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pricesOf } from './prices.ts'

test('charged messages are counted by category, free ones are not', () => {
  const priced = (pricing: unknown) => ({ pricing })
  assert.deepEqual(
    pricesOf([
      priced({ billable: true, category: 'marketing', type: 'regular' }),
      priced({ billable: true, category: 'utility' }),
      priced({ billable: true, category: 'marketing' }),
      priced({ billable: true, category: 'utility', type: 'free_customer_service' }),
      priced({ billable: false, category: 'service' }),
      priced(undefined),
    ]),
    [
      { category: 'marketing', messages: 2 },
      { category: 'utility', messages: 1 },
    ],
  )
})
