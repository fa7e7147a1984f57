import type { CallOptions } from './request.ts'
import type { BodyOf, Methods, QueryOf } from './routes.ts'

type Query = QueryOf<'GET /external/resources/{name}'>

/** The number itself, its costs, and what WhatsApp keeps of it. */
export function accountMethods({ method, withQuery, request }: Methods) {
  return {
    /** The channel of the certification code, and the state of its number. */
    channel: method('GET /external/channel'),
    /** What the messages of the channel cost. */
    costs: withQuery('GET /external/costs'),
    /** What WhatsApp keeps of the number: profile, block list, QR codes, analytics. docs/resources.md lists the names. */
    resources: {
      get: withQuery('GET /external/resources/{name}'),
      post: (name: string, body: BodyOf<'POST /external/resources/{name}'>, query: Query = {}, options?: CallOptions) =>
        request('POST /external/resources/{name}', { ids: [name], query, body }, options),
      delete: withQuery('DELETE /external/resources/{name}'),
    },
  }
}
