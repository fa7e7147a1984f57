import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changesOf } from './changes.ts'

for (const [before, after, facts] of [
  [null, null, []],
  [null, { name: 'Ann', channels: [1] }, ['name Ann', 'channels [1]']],
  [{ role: 'agent', name: 'Ann' }, { role: 'admin', name: 'Ann' }, ['role agent → admin']],
  [{ note: 'regular' }, { note: null }, ['note regular → —']],
  [{ limit: 80 }, null, ['limit 80 → —']],
  ['a text', [1], []],
] as const)
  test(`the audit log says of ${JSON.stringify(before)} and ${JSON.stringify(after)}: ${facts.join(', ')}`, () => {
    assert.deepEqual(
      changesOf(before, after).map(({ name, value }) => `${name} ${value}`),
      facts,
    )
  })
