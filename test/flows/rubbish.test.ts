import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwRubbish, told } from '../faults/rubbish/throw.ts'

test(
  'random and mutated requests at each public route: refused by name, never a 500',
  { timeout: 240_000 },
  async (t) => {
    const { tallies } = await throwRubbish(200, 20260901)
    for (const [route, tally] of tallies) t.diagnostic(`${route}: ${told(tally)}`)
    const send = tallies.get('POST /external/messages/whatsapp')!
    assert.ok((send.get(422) ?? 0) > 50, 'most are refused by our own rules')
    assert.ok((tallies.get('POST /webhooks/meta')!.get(200) ?? 0) > 100, 'what Meta signs is taken, whatever it says')
    const right = [...tallies.values()].filter((tally) => tally.has(200) || tally.has(201)).length
    assert.ok(right > tallies.size / 2, 'some were still right: the seeds are')
  },
)
