import assert from 'node:assert/strict'
import { test } from 'node:test'
import fastify from 'fastify'
import { GatewayError } from '../platform/errors.ts'
import { addSecurityText } from './security-text.ts'

const ask = async (contact: string | undefined, publicUrl?: string) => {
  const app = fastify()
  app.setErrorHandler((error, _request, reply) => reply.status(error instanceof GatewayError ? 404 : 500).send(error))
  addSecurityText(app, { contact, publicUrl, now: () => Date.UTC(2026, 0, 1) })
  const answer = await app.inject('/.well-known/security.txt')
  await app.close()
  return answer
}

test('security.txt names the contact, its end and its own address', async () => {
  const { body, headers } = await ask('mailto:security@example.com', 'https://postern.example.com')
  assert.equal(headers['content-type'], 'text/plain; charset=utf-8')
  assert.deepEqual(body.trim().split('\n'), [
    'Contact: mailto:security@example.com',
    'Expires: 2026-06-30T00:00:00Z',
    'Preferred-Languages: en',
    'Canonical: https://postern.example.com/.well-known/security.txt',
  ])
})

test('without a contact there is no security.txt', async () => {
  assert.equal((await ask(undefined)).statusCode, 404)
})
