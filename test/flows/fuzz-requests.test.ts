import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFuzz, summaryOf } from '../faults/fuzz/run-fuzz.ts'

test(
  'random and mutated requests to each public route are refused by name, without a 500 and without blocking the event loop',
  { timeout: 240_000 },
  async (t) => {
    const { tallies, longestHoldMs } = await runFuzz(200, 20260901)
    for (const [route, tally] of tallies) t.diagnostic(`${route}: ${summaryOf(tally)}`)
    t.diagnostic(`one request held the event loop for ${longestHoldMs.toFixed(0)} ms at most`)
    const send = tallies.get('POST /external/messages/whatsapp')!
    assert.ok((send.get(422) ?? 0) > 50, 'most are refused by our own rules')
    assert.ok((tallies.get('POST /webhooks/meta')!.get(200) ?? 0) > 100, 'what Meta signs is taken, whatever it says')
    const right = [...tallies.values()].filter((tally) => tally.has(200) || tally.has(201)).length
    assert.ok(right > tallies.size / 2, 'some were still right: the seeds are')
  },
)
