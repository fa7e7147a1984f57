import assert from 'node:assert/strict'
import { test } from 'node:test'
import { throwRubbish } from '../faults/rubbish/throw.ts'

test(
  'random and mutated bodies at each public route: refused by name, never a 500',
  { timeout: 180_000 },
  async (t) => {
    const { tallies } = await throwRubbish(400, 20260901)
    for (const [route, tally] of tallies)
      t.diagnostic(
        `${route}: ${[...tally]
          .sort()
          .map(([http, n]) => `${http}×${n}`)
          .join(' ')}`,
      )
    assert.ok((tallies.get('send')!.get(422) ?? 0) > 100, 'most are refused by our own rules')
    assert.ok((tallies.get('send')!.get(200) ?? 0) > 0, 'some were still right: the seeds are')
  },
)
