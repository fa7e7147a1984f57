import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFairShare } from './fair-share.ts'

const many = (count: number, work: () => () => void): (() => void)[] => Array.from({ length: count }, work)

test('the first key with hanging calls holds half, the next a quarter, and one place stays free', () => {
  const share = createFairShare(16)
  const held = (key: string): number => {
    let got = 0
    many(100, () => share.enter(key, () => got++))
    return got
  }
  assert.deepEqual([held('a'), held('b'), held('c'), held('d')], [8, 4, 2, 1])
  assert.equal(share.inUse, 15)
  assert.equal(held('e'), 1)
})

test('free places go to the keys in turns, and to the calls of each key in order', () => {
  const share = createFairShare(4)
  const order: string[] = []
  const leaves = new Map<string, () => void>()
  const enter = (name: string) =>
    leaves.set(
      name,
      share.enter(name[0]!, () => order.push(name)),
    )
  for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'b3', 'c1']) enter(name)
  assert.deepEqual(order, ['a1', 'a2', 'b1', 'c1'])
  leaves.get('a1')!()
  assert.equal(order.length, 4, 'the last free place is not for one that holds others')
  leaves.get('b1')!()
  assert.deepEqual(order.slice(4), ['a3', 'b2'])
  leaves.get('c1')!()
  leaves.get('a2')!()
  assert.deepEqual(order.slice(6), ['a4'])
  leaves.get('a3')!()
  leaves.get('b2')!()
  assert.deepEqual(order.slice(7), ['b3'])
  assert.deepEqual(
    order.filter((name) => name.startsWith('a')),
    ['a1', 'a2', 'a3', 'a4'],
  )
  for (const leave of leaves.values()) leave()
  assert.deepEqual([share.inUse, share.waiting], [0, 0])
})

test('a call that stops waiting gets no place, and a place returned twice counts once', () => {
  const share = createFairShare(2)
  let went = 0
  const first = share.enter('a', () => went++)
  const second = share.enter('a', () => went++)
  assert.deepEqual([went, share.waiting], [1, 1])
  second()
  first()
  first()
  assert.deepEqual([went, share.inUse, share.waiting], [1, 0, 0])
})
