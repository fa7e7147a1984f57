import assert from 'node:assert/strict'
import { test } from 'node:test'
import { verifySignature } from './signature.ts'

const SECRET = '0123456789abcdef0123456789abcdef'
const BODY = Buffer.from(
  String.raw`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"text":"caf\u00e9 \/ ok"},"field":"messages"}]}]}`,
)
const DIGEST = 'd6b980233f25c7a4624a67d1cde4557b339dd2da93b0ab3fad635170382f6054'

test('verifySignature accepts a known signature of known bytes', () => {
  assert.equal(BODY.length, 127)
  assert(verifySignature(BODY, `sha256=${DIGEST}`, SECRET))
})

const REFUSED: [why: string, header: string | undefined][] = [
  ['no header', undefined],
  ['empty', ''],
  ['digest alone', DIGEST],
  ['another algorithm', 'sha1=cdbe317916009fc646b1977e62a697de3f42a2e0'],
  ['SHA-1 named as SHA-256', 'sha256=cdbe317916009fc646b1977e62a697de3f42a2e0'],
  ['one digit short', `sha256=${DIGEST.slice(1)}`],
  ['one digit more', `sha256=${DIGEST}0`],
  ['one digit changed', `sha256=e${DIGEST.slice(1)}`],
  ['not hex', `sha256=${'g'.repeat(64)}`],
  ['capitals', `sha256=${DIGEST.toUpperCase()}`],
  ['a newline at the end', `sha256=${DIGEST}\n`],
  ['two values', `sha256=${DIGEST}, sha256=${DIGEST}`],
]
for (const [why, header] of REFUSED) {
  test(`refused: ${why}`, () => assert.equal(verifySignature(BODY, header, SECRET), false))
}

test('verifySignature refuses the same JSON in different bytes', () => {
  const again = Buffer.from(JSON.stringify(JSON.parse(BODY.toString())))
  assert.equal(verifySignature(again, `sha256=${DIGEST}`, SECRET), false)
})

test('verifySignature refuses another secret', () => {
  assert.equal(verifySignature(BODY, `sha256=${DIGEST}`, SECRET.replace('0', '1')), false)
})
