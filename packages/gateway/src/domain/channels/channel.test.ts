import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchChannelSchema } from './channel.ts'

test('a token that no header can contain is refused when it is set, and not with every send', () => {
  const takes = (token: string): boolean => patchChannelSchema.safeParse({ access_token: token }).success
  for (const token of ['EAAB', 'sandbox-token', 'EAAG|x_1.2-3=', 'x'.repeat(4096)]) assert.ok(takes(token), token)
  for (const token of ['', 'EAAB\n', 'EA AB', 'EAAB\u202e', 'é', '\u0000', 'x'.repeat(4097)]) {
    assert.ok(!takes(token), JSON.stringify(token.slice(0, 10)))
  }
})
