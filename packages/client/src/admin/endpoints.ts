import type { SignalOptions } from '../request.ts'
import type { Methods } from '../routes.ts'

const ONE = '/admin/channels/{channel_id}/endpoints/{endpoint_id}'

/** The endpoints of a channel: each gets the channel's events by itself. Each method takes the channel's id first. */
export function endpointMethods({ method, withBody, request }: Methods<SignalOptions>) {
  const state = (of: 'paused' | 'active') => (channelId: number, id: string, options?: SignalOptions) =>
    request(`PATCH ${ONE}`, { ids: [channelId, id], body: { state: of } }, options)
  return {
    /** Returns all endpoints, oldest first. */
    list: method('GET /admin/channels/{channel_id}/endpoints'),
    get: method(`GET ${ONE}`),
    /** Resolves with the endpoint's id and the signing secret, which is shown only once. */
    add: withBody('POST /admin/channels/{channel_id}/endpoints'),
    /** Changes what is given, and leaves the rest. */
    change: withBody(`PATCH ${ONE}`),
    /** Stops deliveries until `resume`. Events wait meanwhile. */
    pause: state('paused'),
    /** Ends a pause or a rest. When events wait, it is `resting` until the first of them is acknowledged. */
    resume: state('active'),
    /** What waits for it is not delivered. */
    remove: method(`DELETE ${ONE}`),
    /** For 24 hours, requests have a signature of the old secret too. */
    rotateSecret: method(`POST ${ONE}/rotate-secret`),
    /** Sends a test event at once, and resolves with the endpoint's answer. */
    test: method(`POST ${ONE}/test`),
    /** Ends the wait of a resting endpoint. */
    retry: method(`POST ${ONE}/retry`),
    /** Delivers stored events again, in order. Resolves with their number when all are queued. */
    replay: withBody(`POST ${ONE}/replay`),
  }
}
