import { type Endpoint, EVERYTHING, kindOf } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import { newHealth } from '../../packages/gateway/src/domain/channels/endpoint-health.ts'

/** An endpoint that wants everything, as the directory has it. */
export function testEndpoint(
  fields: Pick<Endpoint, 'id' | 'channelId' | 'url'> & Partial<Endpoint>,
  now: number,
): Endpoint {
  return {
    publicId: `ep_${String(fields.id).padStart(26, '0')}`,
    name: `endpoint ${fields.id}`,
    password: null,
    kind: kindOf(fields.url),
    format: 'postern',
    filter: EVERYTHING,
    headers: {},
    slot: 0,
    secrets: [{ value: 'whsec_AAAA', until: null }],
    health: newHealth(now),
    filling: false,
    createdAt: now,
    ...fields,
  }
}
