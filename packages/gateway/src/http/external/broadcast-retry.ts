import { z } from 'zod'
import type { RetryFailed } from '../../flows/send/broadcast-retry.ts'
import { route, type Route } from '../route.ts'
import { broadcastOf, broadcastShape } from './broadcast-shapes.ts'

const retryShape = broadcastShape.extend({
  left_out: z
    .array(
      z.object({
        reason: z
          .enum(['unknown', 'opted_out', 'not_on_whatsapp', 'marketing_limited', 'experiment', 'not_failed'])
          .describe(
            'unknown: it may have arrived. opted_out: the person stopped marketing. not_on_whatsapp: the number cannot get messages. marketing_limited: WhatsApp limits marketing to this person, for 24 hours. experiment: WhatsApp leaves the person out.',
          ),
        recipients: z.int(),
      }),
    )
    .describe('Recipients who did not get the message, and must not get it again.'),
})

/** The failed recipients of a broadcast as a new draft. */
export function broadcastRetryRoutes(deps: { retryFailed: RetryFailed; currency: string | undefined }): Route[] {
  return [
    route({
      method: 'POST',
      path: '/external/broadcasts/{id}/retry-failed',
      tag: 'broadcasts',
      summary: 'Make a draft of the recipients who did not get the message',
      description:
        'The draft has the same message, with what is each recipient’s alone. Start it when it is right. As long as it is a draft, another call returns the same one.',
      auth: 'code',
      created: true,
      data: retryShape,
      fails: ['resource_not_found', 'conflict'],
      async handle({ channel, params }) {
        const { broadcast, leftOut } = await deps.retryFailed(channel.id, params.id!)
        return { ...broadcastOf(broadcast, deps.currency), left_out: leftOut }
      },
    }),
  ]
}
