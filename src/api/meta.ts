import { createSecretKey } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { verifySignature } from '../cloud-api/signature.ts'
import { StoreUnavailable } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Receiver } from '../receive/receive.ts'
import { sameSecret } from '../secrets.ts'
import { newRequestId } from './request-id.ts'

export const WEBHOOK_PATH = '/webhooks/meta'

/** Meta sends at most 3 MB; a little more is let in, so that the limit is theirs and not a race of ours. */
const WEBHOOK_LIMIT_BYTES = 4 * 1024 * 1024

export type MetaOptions = {
  appSecret: string
  receiver: Receiver
  log: Log
  /** False when so much waits already that taking more would only make all of it late. */
  hasRoom: () => boolean
  onWebhook?: (answer: number) => void
}

/** `GET /webhooks/meta`: Meta's handshake. Taken at every address at which the POSTs are taken, and at no other. */
export function addHandshake(app: FastifyInstance, verifyToken: () => string): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const query = request.query as Record<string, unknown>
    const challenge = query['hub.challenge'] ?? query['hub_challenge']
    const token = query['hub.verify_token'] ?? query['hub_verify_token']
    const mode = query['hub.mode'] ?? query['hub_mode']
    const known = typeof token === 'string' && sameSecret(token, verifyToken())
    if (mode !== 'subscribe' || !known || typeof challenge !== 'string' || challenge.length > 1024) {
      return reply.status(403).type('text/plain').send('The verify token is not the one of this gateway.\n')
    }
    // Plain text: a challenge that looks like markup must stay harmless.
    return reply.type('text/plain').send(challenge)
  }
  app.get(WEBHOOK_PATH, answer)
  app.get(`${WEBHOOK_PATH}/`, answer)
}

/**
 * `POST /webhooks/meta`, on node:http itself. Webhooks outnumber all other requests three to one and need nothing of
 * a framework: raw bytes in, one word out. Acknowledged only once they are stored.
 */
export function createWebhookHandler(
  options: MetaOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { receiver, log } = options
  const appKey = createSecretKey(Buffer.from(options.appSecret))

  function answer(response: ServerResponse, status: number, text: string): void {
    options.onWebhook?.(status)
    if (response.headersSent || response.destroyed) return
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': text.length,
      'x-request-id': newRequestId(),
    })
    response.end(text)
  }

  async function take(raw: Buffer, header: string | undefined, response: ServerResponse): Promise<void> {
    if (!verifySignature(raw, header, appKey)) {
      log.warn({ bytes: raw.length, signed: header !== undefined }, 'webhook.bad_signature')
      return answer(response, 401, 'The signature does not match.\n')
    }
    if (!options.hasRoom()) return answer(response, 503, 'Too much waits already. Send it again.\n')
    try {
      await receiver.receive(raw)
      answer(response, 200, 'ok\n')
    } catch (error) {
      const status = error instanceof StoreUnavailable ? 503 : 500
      log.error({ err: error }, 'webhook.not_stored')
      answer(response, status, 'It could not be stored. Send it again.\n')
    }
  }

  return (request, response) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= WEBHOOK_LIMIT_BYTES) chunks.push(chunk)
      else if (!response.headersSent) {
        chunks.length = 0
        // The rest is not read: the socket goes with the answer.
        response.setHeader('connection', 'close')
        answer(response, 413, 'The body is larger than 4 MiB.\n')
        response.on('finish', () => request.destroy())
      }
    })
    request.on('end', () => {
      if (size > WEBHOOK_LIMIT_BYTES) return
      const header = request.headers['x-hub-signature-256']
      const raw = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)
      void take(raw, typeof header === 'string' ? header : undefined, response)
    })
    request.on('error', () => {
      // The peer went away before its body was whole; there is nobody to answer.
    })
  }
}
