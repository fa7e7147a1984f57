import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createReadiness } from './readiness.ts'

test('however many clients ask, the store is checked at most once a second', async () => {
  let now = 0
  let looks = 0
  let trouble: Error | undefined
  const ready = createReadiness(
    {
      ping: async () => {
        looks++
        await Promise.resolve()
        if (trouble) throw trouble
      },
    },
    () => now,
  )
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 1_000 }, ready))), new Set([undefined]))
  assert.equal(looks, 1)
  now = 999
  trouble = new Error('the disk is full')
  assert.equal(await ready(), undefined)
  assert.equal(looks, 1)
  now = 1_000
  assert.deepEqual(new Set(await Promise.all(Array.from({ length: 1_000 }, ready))), new Set(['the disk is full']))
  assert.equal(looks, 2)
  trouble = undefined
  now = 2_000
  assert.equal(await ready(), undefined)
  assert.equal(looks, 3)
})

test('a store that does not answer is asked once, however long it takes', async () => {
  let now = 0
  let looks = 0
  let answer = (): void => {}
  const ready = createReadiness(
    {
      ping: () => {
        looks++
        return new Promise((resolve) => (answer = resolve))
      },
    },
    () => now,
  )
  const first = ready()
  now = 60_000
  const second = ready()
  assert.equal(looks, 1)
  answer()
  assert.deepEqual(await Promise.all([first, second]), [undefined, undefined])
})
