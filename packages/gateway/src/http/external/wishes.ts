import { Readable } from 'node:stream'
import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { importWishes, MOST_ROWS } from '../../flows/contacts/import-wishes.ts'
import { wishesAsCsv } from '../../flows/contacts/export-wishes.ts'
import type { Notice, Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { filePart } from './file-part.ts'

const importShape = z
  .object({
    rows: z.int(),
    changed: z.int().describe('Contacts whose wish is another one now.'),
    unchanged: z.int().describe('Rows that said what was known, or less than what was said later.'),
    wrong: z.int().describe('Rows that were left out.'),
    problems: z
      .array(z.object({ line: z.int(), message: z.string() }))
      .describe('What is wrong with the first 100 of them.'),
  })
  .meta({ id: 'PreferencesImport' })

/** Files that say which contacts want marketing. */
export function wishRoutes(deps: {
  store: Store
  clock: Clock
  /** Stores events of ours and what they change, and has them delivered. */
  tell: (notices: readonly Notice[]) => Promise<unknown>
}): Route[] {
  const { store, clock, tell } = deps
  return [
    route({
      method: 'POST',
      path: '/external/contacts/preferences/import',
      tag: 'contacts',
      summary: 'Record from a CSV file who wants no marketing',
      description: `A column to (number or user id), and if you like marketing (stopped or allowed; without it: stopped) and since. At most ${MOST_ROWS} rows. Wrong rows are reported by their line, the others are recorded. The same file again changes nothing. Each change is the event contact_update.`,
      auth: 'code',
      multipart: true,
      data: importShape,
      fails: ['validation_failed', 'bad_request'],
      async handle({ request, channel }) {
        const part = await filePart(request)
        return importWishes({ store, tell, now: () => clock.now() }, channel, part.file)
      },
    }),
    route({
      method: 'GET',
      path: '/external/contacts/preferences.csv',
      tag: 'contacts',
      summary: 'Who said something about marketing, as CSV',
      description:
        'One row for each contact: to, marketing, since (ISO 8601, UTC), by, name. It can be imported again. Cells that a spreadsheet would take for a formula begin with an apostrophe.',
      auth: 'code',
      query: z.strictObject({ marketing: z.enum(['stopped', 'allowed']).optional() }),
      data: null,
      streams: 'text/csv',
      async handle({ reply, channel, query }) {
        reply
          .header('content-type', 'text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="preferences.csv"')
          .header('cache-control', 'no-store')
        reply.send(Readable.from(wishesAsCsv(store.sql, channel.id, query.marketing), { objectMode: false }))
        return undefined
      },
    }),
  ]
}
