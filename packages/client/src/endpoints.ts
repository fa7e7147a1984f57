import { createRequester, type CallOptions, type GatewayOptions } from './request.ts'
import type { CreateEndpoint, Endpoint, EndpointTest, PatchEndpoint, ReplayEndpoint } from './types.ts'

export type AdminOptions = GatewayOptions & {
  /** The operator's secret: `ADMIN_TOKEN` of the gateway. */
  adminToken: string
}

/** The endpoints of one channel: each gets the channel's events by itself. */
export type Endpoints = {
  /** Returns all endpoints, oldest first. */
  list(options?: CallOptions): Promise<Endpoint[]>
  get(id: string, options?: CallOptions): Promise<Endpoint>
  /** Resolves with the id and the signing secret, which is shown only once. */
  add(endpoint: CreateEndpoint, options?: CallOptions): Promise<{ endpoint_id: string; secret: string }>
  /** Changes what is given, and leaves the rest. */
  change(id: string, changes: PatchEndpoint, options?: CallOptions): Promise<Endpoint>
  /** Stops deliveries until `resume`. Events wait meanwhile. */
  pause(id: string, options?: CallOptions): Promise<Endpoint>
  /** Ends a pause or a rest. When events wait, it is `resting` until the first of them is acknowledged. */
  resume(id: string, options?: CallOptions): Promise<Endpoint>
  /** What waits for it is not delivered. */
  remove(id: string, options?: CallOptions): Promise<void>
  /** For 24 hours, requests have a signature of the old secret too. */
  rotateSecret(id: string, options?: CallOptions): Promise<{ secret: string }>
  /** Sends a test event at once, and resolves with the endpoint's answer. */
  test(id: string, options?: CallOptions): Promise<EndpointTest>
  /** Ends the wait of a resting endpoint. */
  retry(id: string, options?: CallOptions): Promise<Endpoint>
  /** Delivers stored events again, in order. Resolves with their number when all are queued. */
  replay(id: string, events: ReplayEndpoint, options?: CallOptions): Promise<{ replayed: number }>
}

/**
 * Creates an administrator's client for the endpoints of a channel. Every method throws a `PosternError` when the call
 * fails.
 */
export function createEndpoints(given: AdminOptions, channelId: number): Endpoints {
  const { data } = createRequester(given, { authorization: `Bearer ${given.adminToken}` })
  const all = `/admin/channels/${channelId}/endpoints`
  const one = (id: string, verb = ''): string => `${all}/${encodeURIComponent(id)}${verb}`
  const change: Endpoints['change'] = (id, changes, options) =>
    data({ method: 'PATCH', path: one(id), json: changes, options })

  return {
    list: (options) => data({ method: 'GET', path: all, options }),
    get: (id, options) => data({ method: 'GET', path: one(id), options }),
    add: (endpoint, options) => data({ method: 'POST', path: all, json: endpoint, options }),
    change,
    pause: (id, options) => change(id, { state: 'paused' }, options),
    resume: (id, options) => change(id, { state: 'active' }, options),
    async remove(id, options) {
      await data({ method: 'DELETE', path: one(id), options })
    },
    rotateSecret: (id, options) => data({ method: 'POST', path: one(id, '/rotate-secret'), options }),
    test: (id, options) => data({ method: 'POST', path: one(id, '/test'), options }),
    retry: (id, options) => data({ method: 'POST', path: one(id, '/retry'), options }),
    replay: (id, events, options) => data({ method: 'POST', path: one(id, '/replay'), json: events, options }),
  }
}
