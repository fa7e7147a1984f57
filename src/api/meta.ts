import { createSecretKey } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { verifySignature } from '../cloud-api/signature.ts'
import { StoreUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Receiver } from '../receive/receive.ts'
import { sameSecret } from '../secrets.ts'

/** Meta sends at most 3 MB; a little more is let in, so that the limit is theirs and not a race of ours. */
const WEBHOOK_LIMIT_BYTES = 4 * 1024 * 1024

export type MetaOptions = {
  appSecret: string
  verifyToken: string
  receiver: Receiver
  log: Log
  /** False when so much waits already that taking more would only make all of it late. */
  hasRoom: () => boolean
  onWebhook?: (answer: number) => void
}

/** Meta's side: the handshake, and webhooks acknowledged only once they are stored. */
export function addMetaRoutes(app: FastifyInstance, options: MetaOptions): void {
  const { receiver, log } = options
  const appKey = createSecretKey(Buffer.from(options.appSecret))
  void app.register(async (meta) => {
    meta.removeAllContentTypeParsers()
    // The signature covers the bytes as they came, so they are never parsed on the way in.
    meta.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: WEBHOOK_LIMIT_BYTES }, (_request, body, done) =>
      done(null, body),
    )

    meta.get('/webhooks/meta', async (request, reply) => {
      const query = request.query as Record<string, unknown>
      const challenge = query['hub.challenge'] ?? query['hub_challenge']
      const token = query['hub.verify_token'] ?? query['hub_verify_token']
      const mode = query['hub.mode'] ?? query['hub_mode']
      const known = typeof token === 'string' && sameSecret(token, options.verifyToken)
      if (mode !== 'subscribe' || !known || typeof challenge !== 'string' || challenge.length > 1024) {
        return reply.status(403).type('text/plain').send('The verify token is not the one of this gateway.\n')
      }
      // Plain text: a challenge that looks like markup must stay harmless.
      return reply.type('text/plain').send(challenge)
    })

    meta.post('/webhooks/meta', { bodyLimit: WEBHOOK_LIMIT_BYTES }, async (request, reply) => {
      const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const header = request.headers['x-hub-signature-256']
      const answer = (status: number, text: string) => {
        options.onWebhook?.(status)
        return reply.status(status).type('text/plain').send(text)
      }
      if (!verifySignature(raw, typeof header === 'string' ? header : undefined, appKey)) {
        log.warn({ bytes: raw.length, signed: header !== undefined }, 'webhook.bad_signature')
        return answer(401, 'The signature does not match.\n')
      }
      if (!options.hasRoom()) return answer(503, 'Too much waits already. Send it again.\n')
      try {
        await receiver.receive(raw)
        return answer(200, 'ok\n')
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        log.error({ err: error }, 'webhook.not_stored')
        return answer(503, 'It could not be stored. Send it again.\n')
      }
    })
  })
}
