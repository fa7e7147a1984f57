import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import type { Endpoint } from '../../domain/channels/endpoint.ts'
import type { EndpointHealth, HealthEvent } from '../../domain/channels/endpoint-health.ts'
import { testBody } from '../../domain/events/bodies.ts'
import { verdictOf } from '../../flows/deliver/attempt.ts'
import type { Deliverer } from '../../flows/deliver/deliverer.ts'
import { GatewayError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import type { Store } from '../../store/store.ts'

export const testShape = z
  .object({
    delivered: z.boolean().describe('Whether the endpoint acknowledged it with a 2xx.'),
    event_id: z.string().describe('Its webhook-id.'),
    status: z.int().nullable().describe('The HTTP status it answered; null when no answer came.'),
    ms: z.int(),
    answer: z.string().describe('The first KiB of the answer, or why there is no answer.'),
  })
  .meta({ id: 'WebhookTest' })

/** Applies an event to an endpoint's row, here and for all nodes. */
export type ChangeHealth = (
  endpointId: number,
  event: HealthEvent,
) => Promise<{ health: EndpointHealth; changed: boolean } | undefined>

/** Posts a test event at once, outside the queue and in any state of the endpoint. */
export type TestEndpoint = (channel: Channel, endpoint: Endpoint) => Promise<z.infer<typeof testShape>>

export function createEndpointTest(deps: {
  store: Pick<Store, 'now'>
  clock: Clock
  deliverer: Pick<Deliverer, 'nudge' | 'post'>
  changeHealth: ChangeHealth
}): TestEndpoint {
  const { store, clock, deliverer, changeHealth } = deps
  return async (channel, { id: endpointId, health: { epoch } }) => {
    const at = clock.now()
    const id = newId('test', at)
    const answer = await deliverer.post(endpointId, id, testBody(channel, Math.floor(at / 1000)))
    if (!answer) throw new GatewayError('webhook_not_set')
    const delivered = verdictOf(answer) === 'delivered'
    if (delivered) {
      const tested = await changeHealth(endpointId, { actor: 'operator', kind: 'tested', at: await store.now(), epoch })
      if (tested?.changed) deliverer.nudge(endpointId)
    }
    return { delivered, event_id: id, status: answer.status, ms: answer.ms, answer: answer.text }
  }
}
