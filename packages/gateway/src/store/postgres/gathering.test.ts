import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGathering } from './gathering.ts'

function gatheringAt() {
  const time = { now: 0 }
  const gathering = createGathering(() => time.now)
  const commit = (places: number[], more: { ms?: number; writes?: number } = {}) =>
    gathering.committed({ ms: 4, writes: 10, ...more, places })
  return { time, gathering, commit }
}

test('a node that writes alone never waits', () => {
  const { gathering, commit } = gatheringAt()
  assert.equal(gathering.pause(), 0, 'nothing is known yet')
  commit([])
  commit([5, 6, 7])
  commit([])
  commit([8])
  assert.equal(gathering.pause(), 0)
})

test('a node whose places are not its own alone waits as long as its last commit took', () => {
  for (const taken of [[10], [8, 10]]) {
    const { gathering, commit } = gatheringAt()
    commit([7])
    commit(taken)
    assert.equal(gathering.pause(), 4)
    commit([11], { ms: 6 })
    assert.equal(gathering.pause(), 6)
    commit([], { ms: 500 })
    assert.equal(gathering.pause(), 20, 'and no longer than that')
  }
})

test('a node does not wait when there are no writes to gather: after a commit of one write, or when the other nodes have stopped', () => {
  const { time, gathering, commit } = gatheringAt()
  commit([7])
  commit([9], { writes: 1 })
  assert.equal(gathering.pause(), 0)
  commit([10])
  assert.equal(gathering.pause(), 4)
  time.now += 1_000
  assert.equal(gathering.pause(), 0)
})
