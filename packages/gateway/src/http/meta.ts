import { createSecretKey } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mayBeSignature, verifySignature } from '@postern/cloud-api/signature'
import { StoreUnavailable } from '../platform/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Receiver } from '../flows/receive/receive.ts'
import { sameSecret } from '../platform/secrets.ts'
import { newRequestId } from './request-id.ts'
import { createUnverifiedBodies, type BodyLimits, type Cut } from './unverified-bodies.ts'

export const WEBHOOK_PATH = '/webhooks/meta'

/** Meta sends at most 3 MB. The limit is slightly higher, so that Meta's own applies first. */
const WEBHOOK_LIMIT_BYTES = 4 * 1024 * 1024

/**
 * Anybody can reach this address, and only a whole body shows whether Meta sent it. All unverified bodies together may
 * hold a few of the largest. A body has seconds to arrive: Meta's connections are fast, and Meta repeats a lost
 * webhook.
 */
const UNVERIFIED: BodyLimits = { bodyBytes: WEBHOOK_LIMIT_BYTES, budgetBytes: 32 * 1024 * 1024, deadlineMs: 10_000 }

/** Verified bytes that are being stored. Meta repeats a webhook that is refused here. */
const MOST_IN_HAND_BYTES = 64 * 1024 * 1024

const CUT: Record<Cut, [status: number, text: string]> = {
  too_large: [413, 'The body is larger than 4 MiB.\n'],
  too_slow: [408, 'The body did not end in time. Send it again.\n'],
  no_room: [503, 'Too many bodies arrive at once. Send it again.\n'],
}

export type MetaOptions = {
  appSecret: string
  receiver: Receiver
  log: Log
  /** False when so much waits already that accepting more would only delay all of it. */
  hasRoom: () => boolean
  /** For tests. */
  limits?: Partial<BodyLimits>
  onWebhook?: (answer: number) => void
}

/** `GET /webhooks/meta`: Meta's challenge. Answered at the same addresses as the POSTs. */
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
 * `POST /webhooks/meta`, on node:http itself. Webhooks outnumber all other requests three to one and need no framework:
 * raw bytes in, one word out. Acknowledged only once they are stored.
 */
export function createWebhookHandler(
  options: MetaOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const { receiver, log } = options
  const appKey = createSecretKey(Buffer.from(options.appSecret))
  const bodies = createUnverifiedBodies({ ...UNVERIFIED, ...options.limits })
  let inHand = 0

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
    if (!options.hasRoom() || inHand > MOST_IN_HAND_BYTES)
      return answer(response, 503, 'Too much waits already. Send it again.\n')
    inHand += raw.length
    try {
      await receiver.receive(raw)
      answer(response, 200, 'ok\n')
    } catch (error) {
      const status = error instanceof StoreUnavailable ? 503 : 500
      log.error({ err: error }, 'webhook.not_stored')
      answer(response, status, 'It could not be stored. Send it again.\n')
    } finally {
      inHand -= raw.length
    }
  }

  return (request, response) => {
    const given = request.headers['x-hub-signature-256']
    const header = typeof given === 'string' ? given : undefined
    bodies.read(
      request,
      mayBeSignature(header), // a body that cannot be valid is not read
      (raw) => void take(raw, header, response),
      (why) => {
        log.warn({ reason: why }, 'webhook.cut')
        // The rest is not read: the connection closes with the answer.
        response.setHeader('connection', 'close')
        response.on('finish', () => request.destroy())
        answer(response, ...CUT[why])
      },
    )
  }
}
