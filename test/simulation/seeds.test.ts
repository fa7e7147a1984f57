import assert from 'node:assert/strict'
import { test } from 'node:test'
import { planOf } from './plan.ts'
import { simulate } from './world.ts'

/** Histories that found a bug once. The bug has a test of its own, which does not change with the simulator. */
const SEEDS: [seed: number, was: string][] = [
  [9, 'an answer joined two contacts and left a lane behind (PostgreSQL)'],
  [33, 'an event in two hands: both contacts of a merge were in hand'],
  [43, 'an operator hastened a lane that waited for a lease'],
  [235, 'a record that shared its commit with the merge of its contact was not counted'],
  [513, 'a contact was joined to another while its lock was awaited, and got an event all the same'],
  [852, 'the same, of a contact known by its id alone'],
  [5112, 'a send to a contact that was joined meanwhile stayed with it, and its status joined the other one back'],
  [281, 'the record of an event that a merge brought along came twice, and moved the cursor'],
  [3826, 'a changed number was taken from the same person, whom a status had named with an id already'],
  [4975, 'a webhook that came while the store closed ended as a bug of ours, instead of store_unavailable'],
  [1914, 'a record handed out the next event of a contact that was joined to another later in the same commit'],
]

for (const [seed, was] of SEEDS)
  test(`seed ${seed}: ${was}`, async () => assert.deepEqual((await simulate(planOf(seed))).violations, []))
