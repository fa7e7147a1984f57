import { z } from 'zod'
import { callSchema, toCallRequest } from '../../domain/calls/call-request.ts'
import { outcomeOf } from '../../flows/send/outcome.ts'
import { repeatable, toGatewayError } from '../../flows/send/to-gateway-error.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError } from '../../platform/errors.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'

const RING_UNKNOWN =
  'WhatsApp did not answer, so it is unknown whether it calls the contact. Do not connect again before the event call tells, or a minute has passed.'

/** Calls as signalling. The sound goes between WhatsApp and the caller's own program. */
export function callRoutes({ cloudApi }: { cloudApi: CloudApi }): Route[] {
  return [
    route({
      method: 'POST',
      path: '/external/calls',
      tag: 'calls',
      summary: 'Start, take, reject or end a call',
      description:
        'connect calls a contact who has allowed it. pre_accept, accept and reject answer a call of a contact; terminate ends any call. The rest of the call arrives as the event call.',
      auth: 'code',
      body: callSchema,
      data: z.object({
        call_id: z.string().describe('WhatsApp’s id of the call, as in the event call.'),
        success: z.literal(true),
      }),
      fails: ['validation_failed', ...UPSTREAM_FAILS, 'outcome_unknown'],
      async handle({ channel, body }) {
        const { phoneNumberId, accessToken } = channel
        const ask = () => cloudApi.call(phoneNumberId, accessToken, toCallRequest(body))
        // A second connect could ring twice. The other actions are safe to repeat.
        const callId = body.action === 'connect' ? await ask().catch(notRepeatable) : await repeatable(ask)
        return { call_id: callId ?? ('call_id' in body ? body.call_id : ''), success: true }
      },
    }),
  ]
}

function notRepeatable(error: unknown): never {
  const outcome = outcomeOf(error)
  if (outcome.kind === 'unknown') throw new GatewayError('outcome_unknown', {}, { says: RING_UNKNOWN, cause: error })
  throw toGatewayError(outcome)
}
