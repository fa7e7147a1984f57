import { Readable } from 'node:stream'
import type { BroadcastIntake } from '../../flows/send/broadcast-intake.ts'
import { resultsAsCsv } from '../../flows/send/broadcast-results.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'

/** The results of a broadcast as a file for a spreadsheet. */
export function broadcastResultRoutes({ store, intake }: { store: Store; intake: BroadcastIntake }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/external/broadcasts/{id}/results.csv',
      tag: 'broadcasts',
      summary: 'Results of a broadcast as CSV, at any time',
      description:
        'One row for each recipient: result, status of the message, times (ISO 8601, UTC), and the error. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
      auth: 'code',
      data: null,
      streams: 'text/csv',
      async handle({ reply, channel, params }) {
        const { broadcast } = await intake.progress(channel.id, params.id!)
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', `attachment; filename="${broadcast.id}.csv"`)
          .header('cache-control', 'no-store')
        reply.send(Readable.from(resultsAsCsv(store.sql, channel.id, broadcast.id), { objectMode: false }))
        return undefined
      },
    }),
  ]
}
