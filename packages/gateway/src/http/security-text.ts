import type { FastifyInstance } from 'fastify'
import { GatewayError } from '../platform/errors.ts'

const PATH = '/.well-known/security.txt'
const VALID_MS = 180 * 24 * 3_600_000

/**
 * Tells finders of security problems whom to write to (RFC 9116), when the operator has set a contact. The file must
 * say until when it is valid: half a year from the question.
 */
export function addSecurityText(
  app: FastifyInstance,
  options: { contact: string | undefined; publicUrl: string | undefined; now: () => number },
): void {
  app.get(PATH, async (_request, reply) => {
    if (options.contact === undefined) throw new GatewayError('route_not_found', { method: 'GET', path: PATH })
    const until = new Date(options.now() + VALID_MS).toISOString().replace(/\.\d+Z$/, 'Z')
    const canonical = options.publicUrl === undefined ? [] : [`Canonical: ${new URL(PATH, options.publicUrl).href}`]
    const lines = [`Contact: ${options.contact}`, `Expires: ${until}`, 'Preferred-Languages: en', ...canonical]
    return reply.type('text/plain; charset=utf-8').send(`${lines.join('\n')}\n`)
  })
}
